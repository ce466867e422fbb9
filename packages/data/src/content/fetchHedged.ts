import type { Clock } from "@cortensor/runtime";
import { type Cid, isNamed } from "./contentCid.js";
import type { SourceFailure } from "./contentError.js";
import { BLOCK_MS, HEDGE_MS } from "./contentLimits.js";

/** Somewhere a block may be had. Its word is never believed: whoever asks checks the bytes. */
export type BlockSource = {
  /** Said in failures. */
  readonly name: string;
  /** Undefined where it hasn't the block. Throws when it can't be asked; stops when the signal does. */
  fetch(cid: Cid, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** It sent other bytes. */
  accuse?(cid: Cid): void;
};

export type HedgedBlock =
  | {
      readonly kind: "block";
      readonly block: Uint8Array;
      readonly source: string;
      readonly failures: readonly SourceFailure[];
    }
  | { readonly kind: "none"; readonly failures: readonly SourceFailure[] };

export type HedgeParts = {
  readonly sources: readonly BlockSource[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly hedgeMs?: number;
  readonly timeoutMs?: number;
};

type Attempt = { readonly block: Uint8Array } | { readonly failure: SourceFailure };

/**
 * Asks sources in their order: the next one when one fails, and also when one is slow. The first that gives what the CID names wins; the
 * others are stopped. Each failure is named. Throws the signal's reason when it aborts.
 */
export async function fetchHedged(cid: Cid, parts: HedgeParts): Promise<HedgedBlock> {
  const { sources, clock, signal, hedgeMs = HEDGE_MS, timeoutMs = BLOCK_MS } = parts;
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  const failures: SourceFailure[] = [];
  const running = new Map<BlockSource, Promise<{ readonly from: BlockSource; readonly attempt: Attempt }>>();
  const waiting = [...sources];
  try {
    while (waiting.length > 0 || running.size > 0) {
      signal.throwIfAborted();
      const next = waiting.shift();
      if (next !== undefined) {
        const attempt = attemptOne(next, { cid, clock, signal: within, timeoutMs });
        running.set(
          next,
          attempt.then((result) => ({ from: next, attempt: result })),
        );
      }
      const done = await firstOf(
        [...running.values()],
        waiting.length > 0 ? { clock, hedgeMs, signal: within } : undefined,
      );
      if (done === undefined) continue;
      running.delete(done.from);
      if ("block" in done.attempt) {
        return { kind: "block", block: done.attempt.block, source: done.from.name, failures };
      }
      failures.push(done.attempt.failure);
    }
    signal.throwIfAborted();
    return { kind: "none", failures };
  } finally {
    over.abort();
  }
}

/** The first that is done; undefined when none is before the next source should be asked too. */
async function firstOf<Done>(
  running: readonly Promise<Done>[],
  hedge: { readonly clock: Clock; readonly hedgeMs: number; readonly signal: AbortSignal } | undefined,
): Promise<Done | undefined> {
  if (hedge === undefined) return Promise.race(running);
  const woken = new AbortController();
  const slow = hedge.clock
    .sleep(hedge.hedgeMs, AbortSignal.any([hedge.signal, woken.signal]))
    .then(() => undefined)
    .catch(() => undefined);
  try {
    return await Promise.race([...running, slow]);
  } finally {
    woken.abort();
  }
}

/** Never rejects: a failure is a result. */
async function attemptOne(
  source: BlockSource,
  of: { readonly cid: Cid; readonly clock: Clock; readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Attempt> {
  const { cid, clock, timeoutMs } = of;
  const fail = (why: string): Attempt => ({ failure: { source: source.name, why } });
  const own = new AbortController();
  const signal = AbortSignal.any([of.signal, own.signal]);
  const late = clock
    .sleep(timeoutMs, signal)
    .then(() => fail(`no answer in ${timeoutMs} ms`))
    .catch(() => fail("stopped"));
  try {
    const asked = source.fetch(cid, signal).then((block) => {
      if (block === undefined) return fail("hasn't it");
      if (isNamed(cid, block)) return { block };
      source.accuse?.(cid);
      return fail("sent other bytes");
    });
    return await Promise.race([asked.catch((error: unknown) => fail(describe(error))), late]);
  } finally {
    own.abort();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "failed";
}
