import { type Address, assert, type DrandNetwork, type Hex } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import { ChainError, chainCall } from "./chainError.js";
import { createRpcClient } from "./chainReader.js";
import { createSender } from "./chainWriter.js";
import { deployContracts, readCodeHash } from "./deployContracts.js";
import { deployFacts } from "./deployFacts.js";
import type { Deployment, PartialDeployment } from "./deployment.js";
import { type ContractName, DEPLOY_ORDER, deployData } from "./deploySteps.js";
import { joinNetwork } from "./joinNetwork.js";
import { isLinkContract } from "./layerModules.js";
import type { NetworkAddresses } from "./profile.js";

export type DeployRequest = {
  /** The profile's name. */
  readonly name: string;
  readonly chainId: number;
  readonly rpcUrls: readonly string[];
  /** Deploys, receives the whole supply of COR, and owns what has an owner. Needs native coin for gas. */
  readonly privateKey: Hex;
  /** 600 in production, 30 on local profiles. */
  readonly epochSeconds: number;
  /** Least stake of a guard; 1,000 COR unless said. */
  readonly guardStakeMinWei?: bigint;
  /** How long from the network's beginning only guards that its owner lists count; 0, anyone from the start, unless said. */
  readonly hostedSeconds?: number;
  /** The drand network whose rounds go into beacons, for good (`parseDrandKey`); none unless said. The chain needs EIP-2537 to take them. */
  readonly drand?: DrandNetwork;
  /** What its contracts are made with: that of every network unless said. */
  readonly dataOf?: typeof deployData;
  /** What an earlier run saved. Steps that the chain confirms are kept, the rest is done again. */
  readonly saved?: PartialDeployment;
  /** Called before each transaction with what is about to be sent: persisted, a crash right behind it costs nothing. */
  readonly begin?: (partial: PartialDeployment) => void | Promise<void>;
  /** Called after each step, before the next one: persist it. */
  readonly save: (partial: PartialDeployment) => void | Promise<void>;
};

/**
 * Deploys every contract of a network to one chain. Idempotent and resumable: whatever `saved` names is looked up on the
 * chain first, so that a run on a finished deployment only reads, and a run on a chain that was reset starts again.
 */
export async function deployNetwork(request: DeployRequest): Promise<Deployment> {
  const { chainId, epochSeconds } = request;
  const { client } = createRpcClient(request);
  const sender = createSender({ client, chainId, privateKey: request.privateKey });

  const from = await confirmSaved(client, request);
  const facts = deployFacts(sender.account, from.t0, request);
  const partial = await deployContracts({
    client,
    sender,
    dataOf(name, at) {
      assert(!isLinkContract(name), "a network on one chain has no other to join");
      return (request.dataOf ?? deployData)(name, facts, at);
    },
    order: DEPLOY_ORDER,
    from,
    begin: request.begin ?? (() => undefined),
    save: request.save,
    onStep: () => undefined,
  });
  const addresses = completeAddresses(partial);
  await joinNetwork({ client, sender, chainId, addresses });
  return {
    name: request.name,
    chainId,
    rpcUrls: request.rpcUrls,
    addresses,
    epochSeconds,
    t0: partial.t0,
    deployBlock: BigInt(partial.deployBlock),
  };
}

/** The saved steps up to the first one that the chain doesn't know: later ones were built on it. */
async function confirmSaved(client: PublicClient, request: DeployRequest): Promise<PartialDeployment> {
  const { saved, chainId, epochSeconds } = request;
  const block = await chainCall("deployNetwork", client.getBlock({ blockTag: "latest" }));
  const fresh: PartialDeployment = {
    chainId,
    epochSeconds,
    t0: Number(block.timestamp),
    deployBlock: block.number.toString(),
    addresses: {},
  };
  if (saved === undefined || saved.chainId !== chainId || saved.epochSeconds !== epochSeconds) return fresh;
  const kept: Partial<Record<ContractName, Address>> = {};
  for (const name of DEPLOY_ORDER) {
    const address = saved.addresses[name];
    const actual = address && (await readCodeHash(client, address));
    if (address === undefined || actual === undefined) break;
    const expected = saved.codeHashes?.[name];
    if (expected !== undefined && expected !== actual)
      throw new ChainError({ code: "CHAIN_WRONG_CODE", contract: name, address, expected, actual });
    kept[name] = address;
  }
  const isEmpty = Object.keys(kept).length === 0 && saved.pending?.name !== DEPLOY_ORDER[0];
  if (isEmpty) return fresh;
  const { pending, ...rest } = saved;
  const isWhole = Object.keys(kept).length === Object.keys(saved.addresses).length;
  return { ...rest, addresses: kept, ...(isWhole && pending && { pending }) };
}

function requireAddress(partial: PartialDeployment, name: ContractName): Address {
  const address = partial.addresses[name];
  assert(address !== undefined, `${name} is deployed before what needs it`);
  return address;
}

/** Throws where one is missing. */
export function completeAddresses(partial: PartialDeployment): NetworkAddresses {
  const at = (name: ContractName) => requireAddress(partial, name);
  return {
    modules: at("modules"),
    cor: at("cor"),
    messenger: at("messenger"),
    stakeVault: at("stakeVault"),
    stakeView: at("stakeView"),
    registry: at("registry"),
    sessions: at("sessions"),
    royalty: at("royalty"),
    setChallenges: at("setChallenges"),
    sessionPayment: at("sessionPayment"),
    routerBond: at("routerBond"),
    bondClaims: at("bondClaims"),
    rates: at("rates"),
    nodeLevels: at("nodeLevels"),
    guardSets: at("guardSets"),
    attestations: at("attestations"),
    beacons: at("beacons"),
    workRecords: at("workRecords"),
    duties: at("duties"),
    dutyPay: at("dutyPay"),
    nodeWeights: at("nodeWeights"),
    nodePool: at("nodePool"),
    networkTasks: at("networkTasks"),
    juries: at("juries"),
    stakeSlasher: at("stakeSlasher"),
    sessionQueue: at("sessionQueue"),
    inferenceOracle: at("inferenceOracle"),
    prekeys: at("prekeys"),
    onboarding: at("onboarding"),
    grants: at("grants"),
    compliance: at("compliance"),
    pause: at("pause"),
    verifiers: at("verifiers"),
  };
}
