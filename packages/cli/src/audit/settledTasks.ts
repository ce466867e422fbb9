import { type Difference, SettlementAudit } from "@cortensor/books";
import { recordEpochAt, type SetEntry, type UnixSeconds } from "@cortensor/protocol";
import type { ReadSet } from "./readSets.js";
import type { ReplayedChain } from "./replayChain.js";

/** A task of a published set, and the settlement that paid it. */
export type SettledTask = {
  readonly entry: SetEntry;
  readonly settlement: ReplayedChain["settlements"][number];
  /** Whose records have it. */
  readonly epoch: number;
};

/** Every task that was settled before a time, each once, as its set came first. One set in memory at a time; what is wrong with them is told. */
export async function readSettledTasks(
  chain: Pick<ReplayedChain, "settlements" | "differences">,
  parts: {
    readonly readSet: ReadSet;
    readonly times: { readonly t0: number; readonly epochSeconds: number };
    readonly beforeSeconds: UnixSeconds;
    /** Which of them are wanted. */
    readonly take: (task: SettledTask) => void;
  },
): Promise<readonly Difference[]> {
  const { readSet, times, beforeSeconds, take } = parts;
  const audit = new SettlementAudit();
  const seen = new Set<string>();
  for (const settlement of chain.settlements) {
    if (settlement.atSeconds >= beforeSeconds) break;
    const set = audit.take(settlement, await readSet(settlement.settled.setCid));
    const epoch = recordEpochAt(times, settlement.atSeconds);
    for (const entry of set?.entries ?? []) {
      if (seen.has(entry.id)) continue;
      seen.add(entry.id);
      take({ entry, settlement, epoch });
    }
  }
  return [...chain.differences, ...audit.differences];
}
