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

const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}`;

type Found = { level: number; sinceSeconds: UnixSeconds; assessor: Address; assessedAt: UnixSeconds; assessed: number };

/**
 * Every node's level at a time, from NodeLevels' logs in the order of the chain: what an assessor said or the network's tasks found last, while it is
 * heard and for as long as an assessment counts; else 0. Pure.
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
  #tasks: Address | undefined;

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
        this.#find(node, { level, assessor, assessedAt: atSeconds, atSeconds });
        break;
      }
      case "tasksNamed":
        this.#tasks = event.tasks;
        break;
      case "outcomeCounted": {
        const { node, isSeen, level, previous } = event;
        const before = this.found.get(node);
        const where = `node ${node} at ${atSeconds} s`;
        this.differences.compare("levelBefore", { where, expected: before?.level ?? 0, found: previous });
        const isKept = before !== undefined && this.#counts(before, atSeconds) && level <= previous;
        const assessor = isKept ? before.assessor : (this.#tasks ?? ZERO_ADDRESS);
        // Who wasn't there was not looked at.
        const assessedAt = isSeen ? atSeconds : (before?.assessedAt ?? 0);
        this.#find(node, { level, assessor, assessedAt, atSeconds });
        break;
      }
    }
    this.pass(atSeconds);
  }

  #find(
    node: Address,
    found: Pick<Found, "level" | "assessor" | "assessedAt"> & { readonly atSeconds: UnixSeconds },
  ): void {
    const { level, assessor, assessedAt, atSeconds } = found;
    const before = this.found.get(node);
    const sinceSeconds = before?.level === level ? before.sinceSeconds : atSeconds;
    this.found.set(node, { level, sinceSeconds, assessor, assessedAt, assessed: level });
  }

  #isHeard({ assessor }: Found): boolean {
    return assessor === this.#tasks || this.#assessors.has(assessor);
  }

  #counts(one: Found, atSeconds: UnixSeconds): boolean {
    return this.#isHeard(one) && atSeconds < one.assessedAt + LEVEL_SECONDS;
  }

  /** Lets time and the list of assessors take what they take, and give back. */
  pass(atSeconds: UnixSeconds): void {
    for (const one of this.found.values()) {
      const endsAt = one.assessedAt + LEVEL_SECONDS;
      const level = this.#counts(one, atSeconds) ? one.assessed : 0;
      if (level === one.level) continue;
      one.level = level;
      one.sinceSeconds = this.#isHeard(one) ? Math.min(atSeconds, endsAt) : atSeconds;
    }
  }
}
