import { type Address, assert, type DrandNetwork, type Hex } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import { chainCall } from "./chainError.js";
import { createRpcClient } from "./chainReader.js";
import { createSender } from "./chainWriter.js";
import type { Deployment, PartialDeployment } from "./deployment.js";
import { type ContractName, DEPLOY_ORDER, deployData } from "./deploySteps.js";
import { joinNetwork } from "./joinNetwork.js";
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
  /** What an earlier run saved. Steps that the chain confirms are kept, the rest is done again. */
  readonly saved?: PartialDeployment;
  /** Called after each step, before the next one: persist it. */
  readonly save: (partial: PartialDeployment) => void | Promise<void>;
};

const GUARD_STAKE_MIN_WEI = 1_000n * 10n ** 18n;
/** As much as one task's largest penalty at usual prices, many times over: names that cost nothing move no draw. */
const WEI_PER_TICKET = 100n * 10n ** 18n;
/** A day where an epoch is ten minutes; 72 minutes where it is 30 s. */
const PREKEY_EPOCHS = 144;

/**
 * Deploys every contract of a network to one chain. Idempotent and resumable: whatever `saved` names is looked up on the
 * chain first, so that a run on a finished deployment only reads, and a run on a chain that was reset starts again.
 */
export async function deployNetwork(request: DeployRequest): Promise<Deployment> {
  const { chainId, epochSeconds } = request;
  const { client } = createRpcClient(request);
  const sender = createSender({ client, chainId, privateKey: request.privateKey });

  let partial = await confirmSaved(client, request);
  for (const name of DEPLOY_ORDER) {
    if (partial.addresses[name] !== undefined) continue;
    const facts = {
      owner: sender.account,
      chainId,
      t0: partial.t0,
      epochSeconds,
      guardStakeMinWei: request.guardStakeMinWei ?? GUARD_STAKE_MIN_WEI,
      weiPerTicket: WEI_PER_TICKET,
      prekeySeconds: epochSeconds * PREKEY_EPOCHS,
      hostedUntil: partial.t0 + (request.hostedSeconds ?? 0),
      ...(request.drand && { drand: request.drand }),
    };
    const data = deployData(name, facts, (earlier) => requireAddress(partial, earlier));
    const { contractAddress } = await sender.send({ call: `deploy ${name}`, data });
    assert(contractAddress !== undefined, "a deployment's receipt names the contract");
    partial = { ...partial, addresses: { ...partial.addresses, [name]: contractAddress } };
    await request.save(partial);
  }
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
    if (address === undefined || !(await hasCode(client, address))) break;
    kept[name] = address;
  }
  return Object.keys(kept).length === 0 ? fresh : { ...saved, addresses: kept };
}

async function hasCode(client: PublicClient, address: Address): Promise<boolean> {
  const code = await chainCall("deployNetwork", client.getCode({ address }));
  return code !== undefined && code !== "0x";
}

function requireAddress(partial: PartialDeployment, name: ContractName): Address {
  const address = partial.addresses[name];
  assert(address !== undefined, `${name} is deployed before what needs it`);
  return address;
}

function completeAddresses(partial: PartialDeployment): NetworkAddresses {
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
    compliance: at("compliance"),
    pause: at("pause"),
    verifiers: at("verifiers"),
  };
}
