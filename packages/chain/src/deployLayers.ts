import type { Hex } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import { ChainError, chainCall } from "./chainError.js";
import { createRpcClient } from "./chainReader.js";
import { createSender } from "./chainWriter.js";
import { type DeployStep, deployContracts, readCodeHash } from "./deployContracts.js";
import { deployFacts } from "./deployFacts.js";
import { type DeployJournal, planHashOf } from "./deployJournal.js";
import type { PartialDeployment } from "./deployment.js";
import { completeAddresses } from "./deployNetwork.js";
import { type ContractName, DEPLOY_ORDER } from "./deploySteps.js";
import { addModules, joinNetwork } from "./joinNetwork.js";
import { type ChainPlan, missingOf, planLayers } from "./layerPlan.js";
import { type LayerProfile, resolveRpcUrls } from "./layerProfile.js";

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

/**
 * Deploys a profile, chain by chain. Each step that a journal or the profile calls done is looked up on its chain by the hash of its
 * code; other code, or none, is refused by the contract's name. Throws CHAIN_INCOMPLETE for a profile that can't be deployed whole.
 */
export async function deployLayers(request: DeployLayersRequest): Promise<DeployedLayers> {
  const { profile } = request;
  const missing = missingOf(profile);
  if (missing.length > 0 && !request.isPartial)
    throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing });
  const chains: Record<string, PartialDeployment> = { ...request.journal?.chains };
  const planHash = planHashOf(profile);
  for (const plan of planLayers(profile).filter(({ order }) => order.length > 0)) {
    chains[plan.chain] = await deployChain(request, plan, async (partial) => {
      chains[plan.chain] = partial;
      await request.save({ planHash, chains });
    });
  }
  const deployed = Object.entries(chains).map(([chain, { t0, deployBlock, addresses, codeHashes = {} }]) => [
    chain,
    { t0, deployBlock, addresses, codeHashes },
  ]);
  return { profile: { ...profile, deployed: Object.fromEntries(deployed) }, missing };
}

async function deployChain(
  request: DeployLayersRequest,
  plan: ChainPlan,
  save: (partial: PartialDeployment) => Promise<void>,
): Promise<PartialDeployment> {
  const { profile, env, privateKey } = request;
  const chain = profile.chains[plan.chain];
  if (chain === undefined)
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues: [`chains: ${plan.chain} is missing`] });
  const { chainId } = chain;
  const { client, checkRpcs } = createRpcClient({ rpcUrls: resolveRpcUrls(chain, env), chainId });
  for (const { rpc, verdict } of await checkRpcs())
    if (verdict.kind === "wrongChain")
      throw new ChainError({ code: "CHAIN_WRONG_ID", rpc, expected: chainId, actual: verdict.actual });
  const sender = createSender({ client, chainId, privateKey });
  const saved = request.journal?.chains[plan.chain] ?? standing(profile, plan.chain);
  const from = saved ?? (await beginning(client, chainId, profile.parameters.epochSeconds));
  await confirm(client, plan, from);
  // Before the first step too: when it began is in the contracts.
  if (saved === undefined) await save(from);
  const { guardStakeMinWei, hostedSeconds, epochSeconds } = profile.parameters;
  const choices = {
    chainId,
    epochSeconds,
    ...(guardStakeMinWei === undefined ? {} : { guardStakeMinWei }),
    ...(hostedSeconds === undefined ? {} : { hostedSeconds }),
  };
  const facts = deployFacts(sender.account, from.t0, choices);
  const onStep = (step: DeployStep) => request.onStep({ ...step, chain: plan.chain });
  const done = await deployContracts({ client, sender, facts, order: plan.order, from, begin: save, save, onStep });
  if (plan.order.length === DEPLOY_ORDER.length) {
    await joinNetwork({ client, sender, chainId, addresses: completeAddresses(done) });
  } else if (done.addresses.modules !== undefined) {
    await addModules({ client, sender, modules: done.addresses.modules, addresses: done.addresses });
  }
  return done;
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

async function confirm(client: PublicClient, { order }: ChainPlan, from: PartialDeployment): Promise<void> {
  for (const contract of order) await confirmOne(client, contract, from);
}

async function confirmOne(client: PublicClient, contract: ContractName, from: PartialDeployment): Promise<void> {
  const [address, expected] = [from.addresses[contract], from.codeHashes?.[contract]];
  if (address === undefined) return;
  const actual = await readCodeHash(client, address);
  if (actual === undefined) throw new ChainError({ code: "CHAIN_NO_CONTRACT", contract, address });
  if (actual !== expected)
    throw new ChainError({ code: "CHAIN_WRONG_CODE", contract, address, expected: expected ?? "0x", actual });
}
