import {
  type Address,
  type Bytes32,
  bytesToHex,
  type EpochTimes,
  type GuardSet,
  guardSet,
  hexToBytes,
  parseAddress,
} from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { blockRanges } from "../blockRanges.js";
import { ChainError, chainCall } from "../chainError.js";
import type { ChainWriter, SentCall } from "../chainWriter.js";
import { guardSetsAbi } from "../generated/GuardSets.js";
import { quorumMessengerAbi } from "../generated/QuorumMessenger.js";
import type { LinkEnd } from "./link.js";

/** What happened to outboxes at the end that takes them. */
export type OutboxEvent =
  | {
      readonly kind: "posted";
      readonly epoch: number;
      readonly root: Bytes32;
      readonly deliverableAt: number;
      readonly blockNumber: number;
    }
  | { readonly kind: "challenged"; readonly epoch: number; readonly root: Bytes32; readonly blockNumber: number };

/** Outboxes that were posted and challenged in a range of blocks (inclusive), in the chain's order. */
export async function readOutboxEvents(
  end: LinkEnd,
  range: { readonly fromBlock: number; readonly toBlock: number },
): Promise<readonly OutboxEvent[]> {
  const events: OutboxEvent[] = [];
  for (const piece of blockRanges(BigInt(range.fromBlock), BigInt(range.toBlock))) {
    const logs = await chainCall("readOutboxEvents", end.client.getLogs({ address: end.messenger, ...piece }));
    for (const event of parseEventLogs({ abi: quorumMessengerAbi, logs })) {
      if (event.blockNumber === null) continue;
      const blockNumber = Number(event.blockNumber);
      if (event.eventName === "OutboxPosted") {
        const { epoch, root, deliverableAt } = event.args;
        events.push({ kind: "posted", epoch: Number(epoch), root, deliverableAt: Number(deliverableAt), blockNumber });
      }
      if (event.eventName === "OutboxChallenged") {
        const { epoch, root } = event.args;
        events.push({ kind: "challenged", epoch: Number(epoch), root, blockNumber });
      }
    }
  }
  return events;
}

/** Whose quorum a messenger takes, by which clock: as it was made, for good. */
export type LinkGuards = { readonly guardSets: Address; readonly times: EpochTimes };

export async function readLinkGuards({ client, messenger }: LinkEnd): Promise<LinkGuards> {
  const ask = client.readContract({ address: messenger, abi: quorumMessengerAbi, functionName: "guardSets" });
  const guardSets = parseAddress(await chainCall("readLinkGuards", ask));
  const sets = { address: guardSets, abi: guardSetsAbi } as const;
  const [t0, epochSeconds] = await chainCall(
    "readLinkGuards",
    Promise.all([
      client.readContract({ ...sets, functionName: "t0" }),
      client.readContract({ ...sets, functionName: "epochSeconds" }),
    ]),
  );
  return { guardSets, times: { t0: Number(t0), epochSeconds: Number(epochSeconds) } };
}

/** guard 20 ‖ stakeWei u96, each. */
const MEMBER_BYTES = 32;

/** An epoch's guards as a messenger sees them, and who of them counts nothing any more. Throws CHAIN_BAD_LINK for stored bytes that are no set. */
export async function readLinkSet(
  { client }: LinkEnd,
  guardSets: Address,
  epoch: number,
): Promise<{ readonly set: GuardSet; readonly frozen: ReadonlySet<Address> }> {
  const ask = client.readContract({
    address: guardSets,
    abi: guardSetsAbi,
    functionName: "storedSetAt",
    args: [BigInt(epoch)],
  });
  const [stored, frozenBits] = await chainCall("readLinkSet", ask);
  const code = await chainCall("readLinkSet", client.getCode({ address: stored }));
  // The first byte stops whoever calls it.
  const bytes = code === undefined ? new Uint8Array() : hexToBytes(code).slice(1);
  if (bytes.length % MEMBER_BYTES !== 0) {
    throw new ChainError({ code: "CHAIN_BAD_LINK", reason: `guards of epoch ${epoch} in ${bytes.length} bytes` });
  }
  const members = Array.from({ length: bytes.length / MEMBER_BYTES }, (_, place) => {
    const member = bytes.slice(place * MEMBER_BYTES, (place + 1) * MEMBER_BYTES);
    return { guard: bytesToHex(member.slice(0, 20)), stakeWei: BigInt(bytesToHex(member.slice(20))) };
  });
  const set = guardSet(epoch, members);
  const frozen = set.members.filter((_member, place) => Math.floor(frozenBits / 2 ** place) % 2 === 1);
  return { set, frozen: new Set(frozen.map(({ guard }) => guard)) };
}

/** Posts an outbox with its packed quorum (`encodeQuorum`): from its epoch's end until the next one's cut-off, the first of its epoch. By anyone. */
export async function postOutbox(
  sender: Pick<ChainWriter, "send">,
  {
    end,
    epoch,
    root,
    quorum,
  }: { readonly end: LinkEnd; readonly epoch: number; readonly root: Bytes32; readonly quorum: Uint8Array },
): Promise<SentCall> {
  const args = [BigInt(epoch), root, bytesToHex(quorum)] as const;
  const data = encodeFunctionData({ abi: quorumMessengerAbi, functionName: "postOutbox", args });
  return sender.send({ call: "postOutbox", to: end.messenger, data });
}
