import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;

/** Looks until there is something to see. Rejects, with what was last seen, when it takes longer than anything here may. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | Promise<Value | undefined>,
  withinMs = 60_000,
): Promise<Value> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() >= endsAt) throw new Error(`after ${withinMs} ms there was still no ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** The work's outcome, or a rejection when it takes longer than anything here may. */
export async function within<Value>(what: string, work: Promise<Value>, ms = 60_000): Promise<Value> {
  const stop = new AbortController();
  const late = pause(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`after ${ms} ms there was still no ${what}`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    stop.abort();
  }
}
