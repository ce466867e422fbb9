import {
  type Bytes32,
  decodeSettlementSet,
  hasCode,
  type ResultsLeaf,
  type SettlementLeaf,
  type SettlementSet,
} from "@cortensor/protocol";
import type { FetchSet } from "./fetchSet.js";
import type { BlockRange, GuardChain } from "./guardChain.js";

/**
 * The tasks that were settled in a range of blocks, each once, as it came first. Undefined while a set can't be fetched: then nobody knows
 * them all. A set that was condemned for it, bytes that are no set, and a set of another root have no tasks, for everybody alike.
 */
export async function readSettledTasks(
  range: BlockRange,
  parts: {
    readonly chain: Pick<GuardChain, "readSettlements" | "readCondemned">;
    readonly fetchSet: FetchSet;
    readonly signal: AbortSignal;
  },
): Promise<readonly ResultsLeaf[] | undefined> {
  const { chain, fetchSet, signal } = parts;
  const settlements = await chain.readSettlements(range);
  if (settlements.length === 0) return [];
  const condemned = await chain.readCondemned(range.toBlock);
  const tasks = new Map<Bytes32, ResultsLeaf>();
  for (const settlement of settlements) {
    if (condemned.has(settlement.settlementId)) continue;
    const bytes = await fetchSet(settlement, signal);
    if (bytes === undefined) return undefined;
    for (const { id, resultsHash } of decodeOwn(bytes, settlement)?.entries ?? []) {
      if (!tasks.has(id)) tasks.set(id, { id, resultsHash });
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
