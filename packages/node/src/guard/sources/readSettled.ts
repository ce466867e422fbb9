import type { SettledTasks, UnixSeconds } from "@cortensor/protocol";
import { CutOffs } from "../cutOffs.js";
import type { FetchSet } from "../fetchSet.js";
import type { GuardChain } from "../guardChain.js";
import { readSettledEntries } from "../settledTasks.js";

/**
 * Reads what was settled in a span of chain time, by its tasks' ids. Undefined until the span's last block is final, and while a set can't be fetched: then
 * nobody knows them all.
 */
export function createReadSettled(parts: {
  readonly chain: Pick<
    GuardChain,
    "times" | "firstBlock" | "readHead" | "readBlock" | "readSettlements" | "readCondemned"
  >;
  readonly fetchSet: FetchSet;
  readonly finalityBlocks: number;
  readonly signal: AbortSignal;
}): (span: { readonly after: UnixSeconds; readonly before: UnixSeconds }) => Promise<SettledTasks | undefined> {
  const { chain, fetchSet, finalityBlocks, signal } = parts;
  const cutOffs = new CutOffs(chain);
  return async ({ after, before }) => {
    const head = await chain.readHead();
    const last = await cutOffs.lastBlockBefore(before);
    if (head.time < before || (last !== undefined && head.number - last.number < finalityBlocks)) return undefined;
    if (last === undefined) return new Map();
    const first = await cutOffs.lastBlockBefore(after);
    const range = { fromBlock: first === undefined ? chain.firstBlock : first.number, toBlock: last.number };
    const entries = await readSettledEntries(range, { chain, fetchSet, signal, condemnedTo: range.toBlock });
    return entries && new Map(entries.map(({ entry }) => [entry.id, entry]));
  };
}
