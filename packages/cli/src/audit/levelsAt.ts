import { type Difference, Differences } from "@cortensor/books";
import type { LevelEvent } from "@cortensor/chain";
import { type Address, LEVEL_SECONDS, type UnixSeconds } from "@cortensor/protocol";

/** A node's level, and since when it has it. */
export type KnownLevel = { readonly level: number; readonly sinceSeconds: UnixSeconds };

export type ReplayedLevels = {
  /** Of every node that was ever assessed. */
  readonly levels: ReadonlyMap<Address, KnownLevel>;
  /** Where the logs contradict each other. */
  readonly differences: readonly Difference[];
};

type Found = { level: number; sinceSeconds: UnixSeconds; assessor: Address; assessedAt: UnixSeconds; assessed: number };

/**
 * Every node's level at a time, from NodeLevels' logs in the order of the chain: what was found last, while its assessor counts and for as long as
 * an assessment does; else 0. Pure.
 */
export function levelsAt(events: Iterable<LevelEvent>, atSeconds: UnixSeconds): ReplayedLevels {
  const ledger = new LevelLedger();
  for (const event of events) {
    if (event.atSeconds <= atSeconds) ledger.take(event);
  }
  ledger.pass(atSeconds);
  return { levels: ledger.found, differences: ledger.differences.all };
}

class LevelLedger {
  readonly found = new Map<Address, Found>();
  readonly differences = new Differences();
  readonly #assessors = new Set<Address>();

  take(event: LevelEvent): void {
    const { atSeconds } = event;
    this.pass(atSeconds);
    switch (event.kind) {
      case "assessorAdded":
        this.#assessors.add(event.assessor);
        break;
      case "assessorRemoved":
        this.#assessors.delete(event.assessor);
        break;
      case "assessed": {
        const { node, assessor, level, previous } = event;
        const before = this.found.get(node);
        const where = `node ${node} at ${atSeconds} s`;
        this.differences.compare("levelBefore", { where, expected: before?.level ?? 0, found: previous });
        const isSame = before?.level === level;
        const sinceSeconds = isSame ? before.sinceSeconds : atSeconds;
        this.found.set(node, { level, sinceSeconds, assessor, assessedAt: atSeconds, assessed: level });
        return;
      }
    }
    this.pass(atSeconds);
  }

  /** Lets time and the list of assessors take what they take, and give back. */
  pass(atSeconds: UnixSeconds): void {
    for (const one of this.found.values()) {
      const endsAt = one.assessedAt + LEVEL_SECONDS;
      const isCounted = this.#assessors.has(one.assessor);
      const level = isCounted && atSeconds < endsAt ? one.assessed : 0;
      if (level === one.level) continue;
      one.level = level;
      one.sinceSeconds = isCounted ? Math.min(atSeconds, endsAt) : atSeconds;
    }
  }
}
