import {
  type Address,
  type Attestation,
  anchorTree,
  type Bytes32,
  type Hex,
  kindNumber,
  kindOfNumber,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { decodeFunctionData, encodeFunctionData, isAddressEqual, type PublicClient } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainWriter, SentCall } from "./chainWriter.js";
import { anchorSenderAbi } from "./generated/AnchorSender.js";
import { anchorsAbi } from "./generated/Anchors.js";
import { attestationsAbi } from "./generated/Attestations.js";

/** An attested root, by what it is of. */
export type AnchorRef = Omit<Attestation, "root">;

/** Where an attested root stands on the L1. */
export type FoundAnchor = {
  readonly number: number;
  readonly root: Bytes32;
  /** Siblings from the attested root up. */
  readonly anchorPath: readonly Bytes32[];
};

/** An anchor as its sender told it. */
export type SentAnchor = {
  readonly number: number;
  readonly root: Bytes32;
  /** In their order; none of what another contract sent. */
  readonly refs: readonly AnchorRef[];
  readonly blockNumber: number;
};

/** Sends attested roots to the L1 as one. By anyone; CHAIN_REVERTED where one isn't attested. */
export function sendAnchor(
  sender: Pick<ChainWriter, "send">,
  { anchorSender, refs }: { readonly anchorSender: Address; readonly refs: readonly AnchorRef[] },
): Promise<SentCall> {
  const args = [
    refs.map(({ subjectChainId, kind, epoch }) => ({
      chainId: BigInt(subjectChainId),
      kind: kindNumber(kind),
      epoch: BigInt(epoch),
    })),
  ] as const;
  const data = encodeFunctionData({ abi: anchorSenderAbi, functionName: "send", args });
  return sender.send({ call: "sendAnchor", to: anchorSender, data });
}

/**
 * The first anchor that was sent with a root, out of the transactions that sent anchors between two blocks; undefined where none was. What another
 * contract sent is not found: its refs are in no transaction's own data.
 */
export async function findAnchor(
  client: PublicClient,
  at: {
    readonly anchorSender: Address;
    readonly attestations: Address;
    readonly fromBlock: bigint;
    readonly toBlock: bigint;
  },
  wanted: AnchorRef,
): Promise<FoundAnchor | undefined> {
  const isWanted = (one: AnchorRef) =>
    one.subjectChainId === wanted.subjectChainId && one.kind === wanted.kind && one.epoch === wanted.epoch;
  for (const piece of blockRanges(at.fromBlock, at.toBlock)) {
    for (const { number, root, refs } of await readSentAnchors(client, { anchorSender: at.anchorSender, ...piece })) {
      const index = refs.findIndex(isWanted);
      if (index === -1) continue;
      const tree = anchorTree(await Promise.all(refs.map((ref) => withRoot(client, at.attestations, ref))));
      if (tree.root !== root) continue;
      return { number, root: tree.root, anchorPath: tree.pathOf(index) };
    }
  }
  return undefined;
}

/** Anchors that were sent between two blocks (inclusive), in the order of their sending, with their refs. What another contract sent has none. */
export async function readSentAnchors(
  client: PublicClient,
  at: { readonly anchorSender: Address; readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly SentAnchor[]> {
  const anchors: SentAnchor[] = [];
  for (const piece of blockRanges(at.fromBlock, at.toBlock)) {
    const read = client.getContractEvents({
      ...{ address: at.anchorSender, abi: anchorSenderAbi, eventName: "AnchorSent", strict: true },
      ...piece,
    } as const);
    for (const { args, blockNumber, transactionHash: hash } of await chainCall("readSentAnchors", read)) {
      const { to, input } = await chainCall("readSentAnchors", client.getTransaction({ hash }));
      const refs = to !== null && isAddressEqual(to, at.anchorSender) ? refsOf(input) : [];
      anchors.push({ number: Number(args.number), root: args.root, refs, blockNumber: Number(blockNumber) });
    }
  }
  return anchors;
}

function refsOf(data: Hex): readonly AnchorRef[] {
  const sent = decodeFunctionData({ abi: anchorSenderAbi, data });
  return sent.functionName === "send" ? sent.args[0].flatMap(toRef) : [];
}

/** An anchor's root, as the L1 has it. Undefined while there is none. */
export async function readAnchorRoot(
  client: PublicClient,
  { anchors, number }: { readonly anchors: Address; readonly number: number },
): Promise<Bytes32 | undefined> {
  const request = { address: anchors, abi: anchorsAbi, functionName: "rootOf", args: [BigInt(number)] } as const;
  const root = await chainCall("readAnchorRoot", client.readContract(request));
  return root === ZERO_BYTES32 ? undefined : root;
}

function toRef({
  chainId,
  kind: number,
  epoch,
}: {
  readonly chainId: bigint;
  readonly kind: number;
  readonly epoch: bigint;
}): readonly AnchorRef[] {
  const kind = kindOfNumber(number);
  return kind === undefined ? [] : [{ subjectChainId: Number(chainId), kind, epoch: Number(epoch) }];
}

async function withRoot(client: PublicClient, attestations: Address, ref: AnchorRef): Promise<Attestation> {
  const args = [BigInt(ref.subjectChainId), kindNumber(ref.kind), BigInt(ref.epoch)] as const;
  const read = client.readContract({ address: attestations, abi: attestationsAbi, functionName: "rootOf", args });
  return { ...ref, root: await chainCall("rootOf", read) };
}
