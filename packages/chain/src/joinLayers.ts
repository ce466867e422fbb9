import { type Address, assert, type Hex } from "@cortensor/protocol";
import { encodeFunctionData, type PublicClient, zeroAddress } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainWriter } from "./chainWriter.js";
import type { PartialDeployment } from "./deployment.js";
import { firstGuardsAbi } from "./generated/FirstGuards.js";
import { networkStateAbi } from "./generated/NetworkState.js";
import {
  addMirror,
  addModules,
  type JoinParts,
  joinChallenges,
  joinLevels,
  nameAttestations,
  nameOpener,
  nameSlasher,
  proposeSlasher,
} from "./joinNetwork.js";
import type { LayerContract } from "./layerModules.js";
import type { LayerProfile } from "./layerProfile.js";

/** A chain that can be asked and sent to, and what stands there. */
export type JoinedChain = {
  readonly client: PublicClient;
  readonly sender: Pick<ChainWriter, "send">;
  readonly deployed: PartialDeployment;
};

/** The calls after the deployment of a network over several chains; each looks first whether it was made. */
export async function joinLayers(profile: LayerProfile, chains: ReadonlyMap<string, JoinedChain>): Promise<void> {
  for (const chain of chains.values()) {
    const parts = { client: chain.client, sender: chain.sender };
    const at = (name: LayerContract) => addressOf(chain, name);
    const has = (...names: readonly LayerContract[]) =>
      names.every((name) => chain.deployed.addresses[name] !== undefined);
    if (has("stakeVault")) await joinVault(profile, chains, chain);
    if (has("setChallenges", "sessionPayment", "bondClaims")) {
      const addresses = {
        setChallenges: at("setChallenges"),
        sessionPayment: at("sessionPayment"),
        bondClaims: at("bondClaims"),
      };
      await joinChallenges({ ...parts, addresses });
    }
    if (has("routerBond", "bondClaims"))
      await proposeSlasher(parts, { held: at("routerBond"), first: at("bondClaims") });
    if (has("guardSets", "attestations"))
      await nameAttestations({ ...parts, addresses: { guardSets: at("guardSets"), attestations: at("attestations") } });
    if (has("sessions", "onboarding"))
      await nameOpener({ ...parts, addresses: { sessions: at("sessions"), onboarding: at("onboarding") } });
    if (has("juries")) await joinJudges(profile, chains, chain);
    if (has("linkGuards", "guardSets")) await succeed(parts, at("linkGuards"), at("guardSets"));
    if (has("modules")) await addModules({ ...parts, modules: at("modules"), addresses: chain.deployed.addresses });
  }
}

async function joinVault(
  profile: LayerProfile,
  chains: ReadonlyMap<string, JoinedChain>,
  chain: JoinedChain,
): Promise<void> {
  const below = chainOf(chains, profile.layers.l2);
  const stakeVault = addressOf(chain, "stakeVault");
  await addMirror(chain, {
    stakeVault,
    messenger: addressOf(chain, "messenger"),
    chainId: below.deployed.chainId,
    stakeView: addressOf(below, "stakeView"),
  });
  await proposeSlasher(chain, { held: stakeVault, first: addressOf(chain, "stakeSlasher") });
}

async function joinJudges(
  profile: LayerProfile,
  chains: ReadonlyMap<string, JoinedChain>,
  chain: JoinedChain,
): Promise<void> {
  const at = (name: LayerContract) => addressOf(chain, name);
  const above = chainOf(chains, profile.layers.l1);
  const addresses = {
    nodeLevels: at("nodeLevels"),
    nodePool: at("nodePool"),
    networkTasks: at("networkTasks"),
    guardSets: at("guardSets"),
    juries: at("juries"),
  };
  const parts = { client: chain.client, sender: chain.sender, addresses };
  await joinLevels(parts);
  await nameSlasher(parts, { chainId: above.deployed.chainId, slasher: addressOf(above, "stakeSlasher") });
}

/** Whoever signs for a chain's links at first is followed by the chain's own guards, once they have a set. */
async function succeed({ client, sender }: JoinParts, linkGuards: Address, guardSets: Address): Promise<void> {
  const first = { address: linkGuards, abi: firstGuardsAbi } as const;
  const named = await chainCall("guardSets", client.readContract({ ...first, functionName: "guardSets" }));
  if (named !== zeroAddress) return;
  const data = encodeFunctionData({ abi: firstGuardsAbi, functionName: "succeed", args: [guardSets] });
  await sender.send({ call: "succeed", to: linkGuards, data });
}

/** Says on the L1 what a network's profile and its parameters hash to; nothing where that is said already. */
export async function publishState(
  { client, sender, deployed }: JoinedChain,
  said: { readonly profileHash: Hex; readonly parameterRoot: Hex },
): Promise<void> {
  const address = deployed.addresses.networkState;
  if (address === undefined) return;
  const state = { address, abi: networkStateAbi } as const;
  const { published } = await chainCall("read", client.readContract({ ...state, functionName: "read", args: [[]] }));
  if (published.profileHash === said.profileHash && published.parameterRoot === said.parameterRoot) return;
  const args = [said.profileHash, said.parameterRoot] as const;
  const data = encodeFunctionData({ abi: networkStateAbi, functionName: "publish", args });
  await sender.send({ call: "publish", to: address, data });
}

function chainOf(chains: ReadonlyMap<string, JoinedChain>, key: string): JoinedChain {
  const chain = chains.get(key);
  assert(chain !== undefined, `the chain ${key} was deployed to`);
  return chain;
}

function addressOf({ deployed }: JoinedChain, name: LayerContract): Address {
  const address = deployed.addresses[name];
  assert(address !== undefined, `${name} is deployed before it is joined`);
  return address;
}
