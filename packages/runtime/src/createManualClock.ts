import type { Clock } from "./clock.js";

/** A clock that stands still until told. For tests and simulations. */
export type ManualClock = Clock & {
  /** Moves time forward, waking sleepers in order of their due time, each with the time it asked for. */
  advance(ms: number): Promise<void>;
  /** Sleepers waiting now. */
  sleepers(): number;
};

type Sleeper = { readonly dueMs: number; readonly order: number; readonly wake: () => void };

export function createManualClock(startMs = 0): ManualClock {
  let nowMs = startMs;
  let order = 0;
  const sleepers = new Set<Sleeper>();

  const nextDue = (untilMs: number): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.dueMs > untilMs) continue;
      if (!first || sleeper.dueMs < first.dueMs || (sleeper.dueMs === first.dueMs && sleeper.order < first.order))
        first = sleeper;
    }
    return first;
  };

  return {
    nowMs: () => nowMs,
    sleepers: () => sleepers.size,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          dueMs: nowMs + ms,
          order: order++,
          wake: () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let next = nextDue(untilMs); next; next = nextDue(untilMs)) {
        nowMs = Math.max(nowMs, next.dueMs);
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

/** Lets everything that is already resolved run, so that a woken loop reaches its next sleep. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
