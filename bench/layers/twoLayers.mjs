import { readFileSync } from "node:fs";
import { deployLayers, openTrialChain, parseLayerProfile } from "@cortensor/chain";
import { rootPath } from "../../scripts/runners.mjs";
import { anvilKey } from "../../tools/anvil/startAnvil.mjs";

/** Deploys, has all COR, and is whoever sends something. */
const USER_KEY = anvilKey(9);
const GUARD_KEY = anvilKey(6);
const RELAYER_KEY = anvilKey(7);
/** As in the reference profile. */
const EPOCH_SECONDS = 600;

/** A chain as each who pays for something there has it. */
export function openAccounts({ url: rpcUrl, chainId }) {
  const open = (privateKey) => openTrialChain({ rpcUrl, chainId, privateKey });
  return { user: open(USER_KEY), guard: open(GUARD_KEY), relayer: open(RELAYER_KEY) };
}

/**
 * The first two layers of `local` as it is shipped, joined by another link.
 * @returns {Promise<{ at: (chain: "l1" | "l2", name: string) => string, times: { t0: number, epochSeconds: number } }>}
 */
export async function deployTwoLayers({ urls, chainIds, link }) {
  const local = JSON.parse(readFileSync(rootPath("networks", "local.json"), "utf8"));
  const chainOf = (name) => ({ ...local.chains[name], chainId: chainIds[name], rpcUrls: [urls[name]] });
  const profile = parseLayerProfile({
    ...local,
    chains: { l1: chainOf("l1"), l2: chainOf("l2") },
    layers: { l1: "l1", l2: "l2", onboarding: [] },
    links: [{ from: "l1", to: "l2", ...link }],
    modules: { l1: local.modules.l1, l2: local.modules.l2 },
    parameters: { ...local.parameters, epochSeconds: EPOCH_SECONDS, guardStakeMinWei: (10n ** 18n).toString() },
  });
  const parts = { profile, env: {}, privateKey: USER_KEY, isPartial: false };
  const done = await deployLayers({ ...parts, save: () => Promise.resolve(), onStep: () => undefined });
  const deployedOn = (chain) => {
    const deployed = done.profile.deployed?.[chain];
    if (deployed === undefined) throw new Error(`nothing stands on ${chain}`);
    return deployed;
  };
  return {
    at: (chain, name) => {
      const address = deployedOn(chain).addresses[name];
      if (address === undefined) throw new Error(`${name} isn't on ${chain}`);
      return address;
    },
    times: { t0: deployedOn("l2").t0, epochSeconds: EPOCH_SECONDS },
  };
}
