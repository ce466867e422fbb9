import type { Clock } from "./clock.js";

export type RetryParts = {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Longest pause before the second try; doubles with each one after. */
  readonly baseMs: number;
  /** No pause is longer than this. */
  readonly capMs: number;
  readonly clock: Clock;
  /** 0 ≤ x < 1: each pause is this share of its bound ("full jitter"), so that many callers spread out. */
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Default: errors that say so themselves (`isRetryable: true`). */
  readonly isRetryable?: (error: unknown) => boolean;
};

/** Runs the work until it succeeds, its error can't be retried, or the tries are used up; then throws the last error. */
export async function retry<Value>(parts: RetryParts, work: (attempt: number) => Promise<Value>): Promise<Value> {
  const { isRetryable = saysRetryable } = parts;
  for (let attempt = 1; ; attempt++) {
    parts.signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= parts.attempts || !isRetryable(error)) throw error;
    }
    await parts.clock.sleep(backoffMs(parts, attempt), parts.signal);
  }
}

/** Pause after the given failed try: `random × min(cap, base × 2^(attempt − 1))`. */
export function backoffMs(parts: Pick<RetryParts, "baseMs" | "capMs" | "random">, attempt: number): number {
  return Math.floor(parts.random() * Math.min(parts.capMs, parts.baseMs * 2 ** (attempt - 1)));
}

function saysRetryable(error: unknown): boolean {
  return typeof error === "object" && error !== null && "isRetryable" in error && error.isRetryable === true;
}
