import {
  type Address,
  type Bytes32,
  decodeSettlementSet,
  hasCode,
  type ResultsLeaf,
  type SetEntry,
  type SettlementLeaf,
  type SettlementSet,
} from "@cortensor/protocol";
import type { FetchSet } from "./fetchSet.js";
import type { BlockRange, GuardChain } from "./guardChain.js";

/** A task as the lane that settled it tells of it. */
export type SettledEntry = {
  readonly lane: Address;
  readonly settlementId: Bytes32;
  readonly entry: SetEntry;
};

export type SettledParts = {
  readonly chain: Pick<GuardChain, "readSettlements" | "readCondemned">;
  readonly fetchSet: FetchSet;
  readonly signal: AbortSignal;
};

/** What settled tasks made, for their leaves: see `readSettledEntries`. */
export async function readSettledTasks(
  range: BlockRange,
  parts: SettledParts,
): Promise<readonly ResultsLeaf[] | undefined> {
  const entries = await readSettledEntries(range, { ...parts, condemnedTo: range.toBlock });
  return entries?.map(({ entry: { id, resultsHash } }) => ({ id, resultsHash }));
}

/**
 * The tasks that were settled in a range of blocks, each once, as it came first. Undefined while a set can't be fetched: then nobody knows
 * them all. A set that was condemned for it, bytes that are no set, and a set of another root have no tasks, for everybody alike.
 */
export async function readSettledEntries(
  range: BlockRange,
  parts: SettledParts & {
    /** What was condemned after this block is still there. */
    readonly condemnedTo: number;
  },
): Promise<readonly SettledEntry[] | undefined> {
  const { chain, fetchSet, signal, condemnedTo } = parts;
  const settlements = await chain.readSettlements(range);
  if (settlements.length === 0) return [];
  const condemned = await chain.readCondemned(condemnedTo);
  const tasks = new Map<Bytes32, SettledEntry>();
  for (const settlement of settlements) {
    if (condemned.has(settlement.settlementId)) continue;
    const bytes = await fetchSet(settlement, signal);
    if (bytes === undefined) return undefined;
    for (const entry of decodeOwn(bytes, settlement)?.entries ?? []) {
      if (!tasks.has(entry.id))
        tasks.set(entry.id, { lane: settlement.lane, settlementId: settlement.settlementId, entry });
    }
  }
  return [...tasks.values()];
}

function decodeOwn(bytes: Uint8Array, { settlementRoot }: SettlementLeaf): SettlementSet | undefined {
  try {
    const set = decodeSettlementSet(bytes);
    return set.settlementRoot === settlementRoot ? set : undefined;
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SET")) return undefined;
    throw error;
  }
}
