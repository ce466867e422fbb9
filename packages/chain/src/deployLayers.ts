import { type Address, assert, type Hex } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import { ChainError, chainCall } from "./chainError.js";
import { createRpcClient } from "./chainReader.js";
import { type ChainWriter, createSender } from "./chainWriter.js";
import { type DeployStep, deployContracts, readCodeHash } from "./deployContracts.js";
import { deployFacts } from "./deployFacts.js";
import { type DeployJournal, planHashOf } from "./deployJournal.js";
import type { LayerAddresses, PartialDeployment } from "./deployment.js";
import { completeAddresses } from "./deployNetwork.js";
import { deployData } from "./deploySteps.js";
import { describeLayers } from "./describeLayers.js";
import { joinLayers, publishState } from "./joinLayers.js";
import { addModules, joinNetwork } from "./joinNetwork.js";
import { layerDeployData } from "./layerDeployData.js";
import { isLinkContract, isMade, type LayerContract, linkContractsOf, placeOf } from "./layerModules.js";
import { type LayerStep, missingOf, planSteps } from "./layerPlan.js";
import { type LayerProfile, resolveRpcUrls } from "./layerProfile.js";
import { madeAddress } from "./madeAddress.js";
import { parameterRootOf, profileHashOf } from "./networkState.js";

export type DeployLayersRequest = {
  readonly profile: LayerProfile;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Deploys, receives the whole supply of COR, and owns what has an owner. Needs native coin on each chain. */
  readonly privateKey: Hex;
  /** Whether what can't be deployed whole is deployed as far as it can be. Otherwise it is refused before anything is sent. */
  readonly isPartial: boolean;
  /** What an earlier run left. */
  readonly journal?: DeployJournal;
  /** Called before each transaction and after it: the next one waits until it is persisted. */
  readonly save: (journal: DeployJournal) => Promise<void>;
  readonly onStep: (step: DeployStep & { readonly chain: string }) => void;
};

export type DeployedLayers = {
  /** The profile with what stands. */
  readonly profile: LayerProfile;
  /** What doesn't, each in a sentence. */
  readonly missing: readonly string[];
};

/** A chain that is deployed to, and what stands there so far. */
type OpenChain = {
  readonly client: PublicClient;
  readonly sender: Pick<ChainWriter, "account" | "send" | "raiseWaiting">;
  deployed: PartialDeployment;
};

/**
 * Deploys a profile over all its chains. Each step that a journal or the profile calls done is looked up on its chain by the hash of its
 * code; other code, or none, is refused by the contract's name. Throws CHAIN_INCOMPLETE for a profile that can't be deployed whole.
 */
export async function deployLayers(request: DeployLayersRequest): Promise<DeployedLayers> {
  const { profile } = request;
  const missing = missingOf(profile);
  if (missing.length > 0 && !request.isPartial)
    throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing });
  const { steps } = planSteps(profile);
  const chains = await openChains(request, steps);
  const kept: Record<string, PartialDeployment> = { ...request.journal?.chains };
  const save = async (chain: string, deployed: PartialDeployment) => {
    kept[chain] = deployed;
    await request.save({ planHash: planHashOf(profile), chains: kept });
  };
  for (const [chain, { deployed }] of chains) {
    // Before the first step too: when it began is in the contracts.
    if (kept[chain] === undefined && profile.deployed?.[chain] === undefined) await save(chain, deployed);
    kept[chain] = deployed;
  }
  for (const run of runsOf(steps)) await deployRun(request, { chains, run, steps, save });
  const isLayered = steps.some(({ module }) => isLinkContract(module));
  if (missing.length > 0) await listModules(chains);
  else if (isLayered) await joinLayers(profile, chains);
  else await joinOne(chains);
  const done = { ...profile, deployed: deployedOf(kept) };
  const root = chains.get(profile.layers.l1);
  if (missing.length === 0 && isLayered && root !== undefined) {
    const parameterRoot = parameterRootOf(await describeLayers(done, request.env));
    await publishState(root, { profileHash: profileHashOf(done), parameterRoot });
  }
  return { profile: done, missing };
}

/** Each chain with something to deploy; all begin at one time, which is in the contracts of each. */
async function openChains(
  { profile, env, privateKey, journal }: DeployLayersRequest,
  steps: readonly LayerStep[],
): Promise<ReadonlyMap<string, OpenChain>> {
  const found: {
    readonly key: string;
    readonly open: Omit<OpenChain, "deployed">;
    readonly fresh: PartialDeployment;
  }[] = [];
  const keys = Object.keys(profile.chains).filter((key) => steps.some(({ chain }) => chain === key));
  for (const key of keys) {
    const chain = profile.chains[key];
    assert(chain !== undefined, "a chain's key is of the profile");
    const { chainId } = chain;
    const { client, checkRpcs } = createRpcClient({ rpcUrls: resolveRpcUrls(chain, env), chainId });
    for (const { rpc, verdict } of await checkRpcs())
      if (verdict.kind === "wrongChain")
        throw new ChainError({ code: "CHAIN_WRONG_ID", rpc, expected: chainId, actual: verdict.actual });
    const sender = createSender({ client, chainId, privateKey });
    const fresh = await beginning(client, chainId, profile.parameters.epochSeconds);
    found.push({ key, open: { client, sender }, fresh });
  }
  const saved = (key: string) => journal?.chains[key] ?? standing(profile, key);
  const begun = keys.flatMap((key) => saved(key)?.t0 ?? []);
  const t0 = Math.min(...(begun.length > 0 ? begun : found.map(({ fresh }) => fresh.t0)));
  const chains = new Map<string, OpenChain>();
  for (const { key, open, fresh } of found) {
    const deployed = saved(key) ?? { ...fresh, t0 };
    for (const { chain, module } of steps) if (chain === key) await confirmOne(open.client, module, deployed);
    chains.set(key, { ...open, deployed });
  }
  return chains;
}

/** Steps of one chain that follow each other. */
function runsOf(steps: readonly LayerStep[]): readonly (readonly LayerStep[])[] {
  const runs: LayerStep[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last?.[0]?.chain === step.chain) last.push(step);
    else runs.push([step]);
  }
  return runs;
}

type RunParts = {
  readonly chains: ReadonlyMap<string, OpenChain>;
  readonly run: readonly LayerStep[];
  readonly steps: readonly LayerStep[];
  readonly save: (chain: string, deployed: PartialDeployment) => Promise<void>;
};

async function deployRun(request: DeployLayersRequest, { chains, run, steps, save }: RunParts): Promise<void> {
  const { profile } = request;
  const [first] = run;
  const open = first && chains.get(first.chain);
  assert(first !== undefined && open !== undefined, "a run has steps on a chain that is open");
  const { chain } = first;
  const here = steps.filter((step) => step.chain === chain);
  const persist = (deployed: PartialDeployment) => {
    // What follows on this chain may name what stands here by the maker's word alone.
    open.deployed = deployed;
    return save(chain, deployed);
  };
  open.deployed = await deployContracts({
    client: open.client,
    sender: open.sender,
    dataOf: (name, at) => dataOf(request, { chains, chain, name, at }),
    isMade: (name) => linkContractsOf(profile, chain).length > 0 && isMade(profile, chain, name),
    order: run.map(({ module }) => module),
    counted: { before: here.indexOf(first), count: here.length },
    from: open.deployed,
    begin: persist,
    save: persist,
    onStep: (step) => request.onStep({ ...step, chain }),
  });
}

type Asked = {
  readonly chains: ReadonlyMap<string, OpenChain>;
  readonly chain: string;
  readonly name: LayerContract;
  readonly at: (name: LayerContract) => Address;
};

function dataOf({ profile }: DeployLayersRequest, { chains, chain, name, at }: Asked): Hex {
  const open = chains.get(chain);
  assert(open !== undefined, "a step is of a chain that is open");
  const { epochSeconds, guardStakeMinWei, hostedSeconds } = profile.parameters;
  const facts = deployFacts(open.sender.account, open.deployed.t0, {
    chainId: open.deployed.chainId,
    epochSeconds,
    ...(guardStakeMinWei === undefined ? {} : { guardStakeMinWei }),
    ...(hostedSeconds === undefined ? {} : { hostedSeconds }),
  });
  if (linkContractsOf(profile, chain).length === 0) {
    assert(!isLinkContract(name), "a network on one chain has no other to join");
    return deployData(name, facts, at);
  }
  const on = (other: string, wanted: LayerContract): Address => {
    const addresses: LayerAddresses = chains.get(other)?.deployed.addresses ?? {};
    if (!isMade(profile, other, wanted)) {
      const address = addresses[wanted];
      assert(address !== undefined, `${wanted} on ${other} is deployed before what needs it`);
      return address;
    }
    assert(addresses.maker !== undefined, `the maker on ${other} stands before what is named by it`);
    return madeAddress(addresses.maker, wanted);
  };
  return layerDeployData(name, { profile, place: placeOf(profile, chain), facts, places: { at, on } });
}

/** A network on one chain. */
async function joinOne(chains: ReadonlyMap<string, OpenChain>): Promise<void> {
  for (const { client, sender, deployed } of chains.values())
    await joinNetwork({ client, sender, chainId: deployed.chainId, addresses: completeAddresses(deployed) });
}

/** Of what can't be deployed whole, what stands is listed. */
async function listModules(chains: ReadonlyMap<string, OpenChain>): Promise<void> {
  for (const { client, sender, deployed } of chains.values())
    if (deployed.addresses.modules !== undefined)
      await addModules({ client, sender, modules: deployed.addresses.modules, addresses: deployed.addresses });
}

function deployedOf(chains: Readonly<Record<string, PartialDeployment>>): NonNullable<LayerProfile["deployed"]> {
  const entries = Object.entries(chains).map(([chain, { t0, deployBlock, addresses, codeHashes = {} }]) => [
    chain,
    { t0, deployBlock, addresses, codeHashes },
  ]);
  return Object.fromEntries(entries);
}

function standing({ chains, deployed, parameters }: LayerProfile, key: string): PartialDeployment | undefined {
  const [chain, stands] = [chains[key], deployed?.[key]];
  if (chain === undefined || stands === undefined) return undefined;
  return { chainId: chain.chainId, epochSeconds: parameters.epochSeconds, ...stands };
}

async function beginning(client: PublicClient, chainId: number, epochSeconds: number): Promise<PartialDeployment> {
  const block = await chainCall("deployLayers", client.getBlock({ blockTag: "latest" }));
  return { chainId, epochSeconds, t0: Number(block.timestamp), deployBlock: block.number.toString(), addresses: {} };
}

async function confirmOne(client: PublicClient, contract: LayerContract, from: PartialDeployment): Promise<void> {
  const [address, expected] = [from.addresses[contract], from.codeHashes?.[contract]];
  if (address === undefined) return;
  const actual = await readCodeHash(client, address);
  if (actual === undefined) throw new ChainError({ code: "CHAIN_NO_CONTRACT", contract, address });
  if (actual !== expected)
    throw new ChainError({ code: "CHAIN_WRONG_CODE", contract, address, expected: expected ?? "0x", actual });
}
