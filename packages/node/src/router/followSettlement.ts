import type { Books } from "@cortensor/books";
import { decodeSettlement, encodeSettlement, type Settlement, type SettlementRecord } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import type { RouterChain } from "./routerChain.js";

/** A settlement of which no block tells is sent again after this long; while its transaction waits, that is raised. */
export const LOST_MS = 60_000;
/** One that the chain refuses when it is sent again is given up after this long: what it rests on may come back until then. */
export const GIVE_UP_MS = 600_000;
/** Blocks below the head of its making in which a settlement may stand: a reorganisation may put it lower than it was. */
const REORG_BLOCKS = 64n;

/** What is known of a settlement that is recorded as prepared. */
export type SettlementFacts = {
  readonly head: bigint;
  readonly finalityBlocks: number;
  /** The block that holds it; undefined when none does. */
  readonly blockNumber: bigint | undefined;
  /** Since it was last on its way, or seen in a block. */
  readonly unseenMs: number;
  /** Whether the account that settles has a transaction that waits for its block. */
  readonly isPending: boolean;
};

/**
 * What comes next for it. What vanished is sent again unchanged, so that it never pays twice; what waits for its block, left there
 * by an earlier process as a rule, is made dearer and never given up.
 */
export function nextStep(facts: SettlementFacts): "wait" | "confirm" | "sendAgain" | "raise" {
  const { head, finalityBlocks, blockNumber, unseenMs, isPending } = facts;
  if (blockNumber !== undefined) return head - blockNumber >= BigInt(finalityBlocks) ? "confirm" : "wait";
  if (unseenMs < LOST_MS) return "wait";
  return isPending ? "raise" : "sendAgain";
}

/** Keeps what is to be sent, before it is recorded and sent. */
export async function keepCall(
  { books, chain }: { readonly books: Pick<Books, "keepSettlementCall">; readonly chain: RouterChain },
  id: Bytes32,
  settlement: Settlement,
): Promise<void> {
  const { blockNumber } = await chain.readHead();
  await books.keepSettlementCall(id, { call: encodeSettlement(settlement), sinceBlock: blockNumber });
}

/** The settlement as it was sent; undefined when nothing was kept of it, and so nothing was sent. */
export async function findCall(books: Pick<Books, "findSettlementCall">, id: Bytes32): Promise<Settlement | undefined> {
  const kept = await books.findSettlementCall(id);
  return kept && decodeSettlement(kept.call);
}

/** Where the chain has a settlement, and the head up to which it was looked for. */
export async function findOnChain(
  parts: { readonly books: Pick<Books, "findSettlementCall">; readonly chain: RouterChain },
  id: Bytes32,
): Promise<{ readonly head: bigint; readonly record: SettlementRecord | undefined }> {
  const { chain, books } = parts;
  const { blockNumber: head } = await chain.readHead();
  const { deployBlock } = chain.profile;
  const kept = await books.findSettlementCall(id);
  const lowest = (kept?.sinceBlock ?? deployBlock) - REORG_BLOCKS;
  const fromBlock = lowest > deployBlock ? lowest : deployBlock;
  const records = await chain.readSettlements({ fromBlock, toBlock: head });
  return { head, record: records.find(({ settlementId }) => settlementId === id) };
}
