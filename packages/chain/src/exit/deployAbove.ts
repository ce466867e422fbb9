import { type Address, assert, type Hex, type NetworkPlan, parseAddress } from "@cortensor/protocol";
import { encodeDeployData, encodeFunctionData, type PublicClient, stringToHex } from "viem";
import { chainCall } from "../chainError.js";
import { createRpcClient } from "../chainReader.js";
import { type ChainWriter, createSender } from "../chainWriter.js";
import type { DeployRequest } from "../deployNetwork.js";
import { deployPrivate } from "../deployPrivate.js";
import { bridgedCorAbi, bridgedCorBytecode } from "../generated/BridgedCor.js";
import { exitVaultAbi, exitVaultBytecode } from "../generated/ExitVault.js";
import { layerMakerAbi, layerMakerBytecode } from "../generated/LayerMaker.js";
import { noComplianceAbi, noComplianceBytecode } from "../generated/NoCompliance.js";
import { noPauseAbi, noPauseBytecode } from "../generated/NoPause.js";
import { opMessengerAbi, opMessengerBytecode } from "../generated/OpMessenger.js";
import { homeOf } from "../homeOf.js";
import type { LayerContract } from "../layerModules.js";
import { madeAddress } from "../madeAddress.js";
import type { NetworkProfile } from "../profile.js";
import type { ExitPlace } from "./exitPlace.js";

/** The OP Stack's own messenger on a chain. */
const L2_MESSENGER: Address = "0x4200000000000000000000000000000000000007";

/** The chain above, as far as a network below joins it. */
export type ParentChain = {
  readonly chainId: number;
  readonly rpcUrls: readonly string[];
  /** What is COR there. */
  readonly cor: Address;
  /** Of the chain's own contracts there. */
  readonly lastState: Address;
  readonly l1CrossDomainMessenger: Address;
  readonly portal: Address;
  readonly oracle: Address;
  /** Asked where COR goes down; nobody is asked unless said. */
  readonly compliance?: Address;
  readonly pause?: Address;
};

/** What an earlier run made, each under its name. */
export type AboveJournal = Readonly<Partial<Record<AboveStep, Address>>>;
type AboveStep = "parentMaker" | "childMaker" | "pause" | "compliance" | "childMessenger" | "messenger" | "corVault";

export type DeployAboveRequest = Omit<DeployRequest, "name" | "chainId" | "dataOf"> & {
  readonly plan: NetworkPlan;
  readonly parent: ParentChain;
  readonly above?: AboveJournal;
  readonly saveAbove: (journal: AboveJournal) => void | Promise<void>;
};

type End = { readonly client: PublicClient; readonly sender: Pick<ChainWriter, "send"> };

/**
 * Deploys a private network to an OP Stack chain of ours, and above it what brings COR there and back: whose members can leave it when its operator is
 * gone. Goes on where an earlier run ended.
 */
export async function deployPrivateAbove(
  request: DeployAboveRequest,
): Promise<{ readonly profile: NetworkProfile; readonly exit: ExitPlace }> {
  const { plan, parent, privateKey } = request;
  const above = endOf({ rpcUrls: parent.rpcUrls, chainId: parent.chainId, privateKey });
  const below = endOf({ rpcUrls: request.rpcUrls, chainId: plan.chainId, privateKey });
  const made = new Steps(request.above ?? {}, request.saveAbove);
  const maker = encodeDeployData({ abi: layerMakerAbi, bytecode: layerMakerBytecode });
  const parentMaker = await made.create("parentMaker", above, maker);
  const childMaker = await made.create("childMaker", below, maker);
  // Known before: the token below names its vault from birth, and each end of the link the other.
  const vault = madeAddress(parentMaker, "corVault");
  const messenger = madeAddress(parentMaker, "childMessenger");
  const childMessenger = madeAddress(childMaker, "messenger");
  const corArgs = [childMessenger, BigInt(parent.chainId), vault] as const;
  const cor = encodeDeployData({ abi: bridgedCorAbi, bytecode: bridgedCorBytecode, args: corArgs });
  const profile = await deployPrivate({ ...request, cor });
  const { pause: pauseBelow } = profile.addresses;
  const linkBelow = { remoteChainId: BigInt(parent.chainId), remote: messenger, pause: pauseBelow };
  await made.make("messenger", below, {
    maker: childMaker,
    name: "messenger",
    data: linkData(linkBelow, L2_MESSENGER),
  });
  const pause =
    parent.pause ??
    (await made.create("pause", above, encodeDeployData({ abi: noPauseAbi, bytecode: noPauseBytecode })));
  const noCompliance = encodeDeployData({ abi: noComplianceAbi, bytecode: noComplianceBytecode });
  const compliance = parent.compliance ?? (await made.create("compliance", above, noCompliance));
  const linkAbove = { remoteChainId: BigInt(plan.chainId), remote: childMessenger, pause };
  const carrier = parent.l1CrossDomainMessenger;
  const from = { maker: parentMaker, name: "childMessenger", data: linkData(linkAbove, carrier) } as const;
  await made.make("childMessenger", above, from);
  const data = vaultData({ plan, parent, profile, messenger, childMessenger, compliance, pause });
  await made.make("corVault", above, { maker: parentMaker, name: "corVault", data });
  const fromBlock = await chainCall("deployPrivateAbove", above.client.getBlockNumber());
  const { lastState, portal, oracle } = parent;
  const ids = { version: 1, chainId: plan.chainId, parentChainId: parent.chainId } as const;
  return { profile, exit: { ...ids, lastState, vault, messenger, childMessenger, portal, oracle, fromBlock } };
}

function endOf(parts: {
  readonly rpcUrls: readonly string[];
  readonly chainId: number;
  readonly privateKey: Hex;
}): End {
  const { client } = createRpcClient(parts);
  return { client, sender: createSender({ ...parts, client }) };
}

function linkData(
  link: { readonly remoteChainId: bigint; readonly remote: Address; readonly pause: Address },
  carrier: Address,
): Hex {
  return encodeDeployData({ abi: opMessengerAbi, bytecode: opMessengerBytecode, args: [link, carrier] });
}

function vaultData(of: {
  readonly plan: NetworkPlan;
  readonly parent: ParentChain;
  readonly profile: NetworkProfile;
  readonly messenger: Address;
  readonly childMessenger: Address;
  readonly compliance: Address;
  readonly pause: Address;
}): Hex {
  const { plan, parent, profile, messenger, childMessenger, compliance, pause } = of;
  const { cor, sessionPayment, sessions, routerBond } = profile.addresses;
  // A private network is its own home.
  const { stakeVault } = homeOf(profile).addresses;
  const parts = {
    ...{ cor: parent.cor, messenger, childChainId: BigInt(plan.chainId), childCor: cor, compliance, pause },
  };
  const holders = { messenger: childMessenger, payment: sessionPayment, sessions, bond: routerBond, stakeVault };
  const args = [parts, holders, parent.lastState] as const;
  return encodeDeployData({ abi: exitVaultAbi, bytecode: exitVaultBytecode, args });
}

/** Steps that are each done once: what a journal has is looked up on its chain. */
class Steps {
  #journal: AboveJournal;
  readonly #save: DeployAboveRequest["saveAbove"];

  constructor(journal: AboveJournal, save: DeployAboveRequest["saveAbove"]) {
    this.#journal = journal;
    this.#save = save;
  }

  /** Deploys a contract by the deployer's own account. */
  async create(step: AboveStep, { client, sender }: End, data: Hex): Promise<Address> {
    const known = this.#journal[step];
    if (known !== undefined && (await hasCode(client, known))) return known;
    const { contractAddress } = await sender.send({ call: `deploy ${step}`, data });
    assert(contractAddress !== undefined, "a creation makes a contract");
    await this.#keep(step, contractAddress);
    return contractAddress;
  }

  /** Has a chain's maker make a contract, where its name says. */
  async make(
    step: AboveStep,
    { client, sender }: End,
    { maker, name, data }: { readonly maker: Address; readonly name: LayerContract; readonly data: Hex },
  ): Promise<void> {
    const address = madeAddress(maker, name);
    if (await hasCode(client, address)) return;
    const args = [stringToHex(name, { size: 32 }), data] as const;
    const call = encodeFunctionData({ abi: layerMakerAbi, functionName: "make", args });
    await sender.send({ call: `make ${step}`, to: maker, data: call });
    await this.#keep(step, parseAddress(address));
  }

  async #keep(step: AboveStep, address: Address): Promise<void> {
    this.#journal = { ...this.#journal, [step]: address };
    await this.#save(this.#journal);
  }
}

async function hasCode(client: PublicClient, address: Address): Promise<boolean> {
  const code = await chainCall("deployPrivateAbove", client.getCode({ address }));
  return code !== undefined && code !== "0x";
}
