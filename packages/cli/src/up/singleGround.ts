import { openFaucet } from "../faucet.js";
import { startChainChild } from "./chainChild.js";
import type { Ports } from "./choosePorts.js";
import type { LocalParts } from "./localChildren.js";
import { deployLocalNetwork } from "./localDeployment.js";
import type { LocalGround } from "./localGround.js";

/** All layers on one chain: an anvil, and each contract once. */
export async function startSingleGround(parts: LocalParts, ports: Ports): Promise<LocalGround> {
  const { context, options } = parts;
  const { output, paths } = context;
  const { epochSeconds } = options;
  output.progress("chain.starting", "Starting the chain (anvil)");
  const rpcUrl = await startChainChild(parts, { name: "chain", port: ports.rpc, args: [] });
  output.progress("chain.ready", `Chain is ready on ${rpcUrl}`, { rpcUrl });
  output.progress("contracts.deploying", "Deploying the contracts");
  const deployment = await deployLocalNetwork(paths, {
    rpcUrl,
    ...(epochSeconds === undefined ? {} : { epochSeconds }),
  });
  const { profile } = deployment;
  const said = deployment.isNew ? "Contracts are deployed" : "Contracts are there already";
  output.progress("contracts.ready", said, { addresses: profile.addresses });
  const faucet = openFaucet(profile);
  return {
    ...deployment,
    faucet,
    places: [{ layer: "all", chainId: profile.chainId, url: rpcUrl, what: "anvil" }],
    routerEnv: {},
    startRest: async () => ({ places: [], guardEnv: {} }),
    finish: async () => [],
  };
}
