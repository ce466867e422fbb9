import { type Difference, SettlementAudit } from "@cortensor/books";
import type { NetworkProfile } from "@cortensor/chain";
import { recordEpochAt, type SetEntry, type UnixSeconds } from "@cortensor/protocol";
import type { ReadSet } from "./readSets.js";
import { type ReplayedChain, replayChain } from "./replayChain.js";

/** A task of a published set, and the settlement that paid it. */
export type SettledTask = {
  readonly entry: SetEntry;
  readonly settlement: ReplayedChain["settlements"][number];
  /** Whose records have it. */
  readonly epoch: number;
};

export type SettledTasks = {
  readonly tasks: readonly SettledTask[];
  /** What is wrong with the settlements and their sets. */
  readonly differences: readonly Difference[];
};

/** Reads every task that was settled before a time, each once, as its set came first: again and again, the chain once, and each set once. */
export function createReadSettledTasks(
  profile: NetworkProfile,
  readSet: ReadSet,
): (beforeSeconds: UnixSeconds) => Promise<SettledTasks> {
  let replaying: Promise<ReplayedChain> | undefined;
  const audit = new SettlementAudit();
  const seen = new Set<string>();
  const read: { readonly atSeconds: UnixSeconds; readonly found: SettledTasks }[] = [];
  return async (beforeSeconds) => {
    replaying ??= replayChain(profile);
    const chain = await replaying;
    for (;;) {
      const settlement = chain.settlements[read.length];
      if (settlement === undefined || settlement.atSeconds >= beforeSeconds) break;
      const { atSeconds, settled } = settlement;
      const before = audit.differences.length;
      const set = audit.take(settlement, await readSet(settled.setCid));
      const epoch = recordEpochAt(profile, atSeconds);
      const entries = (set?.entries ?? []).filter(({ id }) => !seen.has(id));
      for (const { id } of entries) seen.add(id);
      const tasks = entries.map((entry) => ({ entry, settlement, epoch }));
      read.push({ atSeconds, found: { tasks, differences: audit.differences.slice(before) } });
    }
    const own = read.filter(({ atSeconds }) => atSeconds < beforeSeconds).map(({ found }) => found);
    const differences = own.flatMap((one) => one.differences);
    return { tasks: own.flatMap(({ tasks }) => tasks), differences: [...chain.differences, ...differences] };
  };
}
