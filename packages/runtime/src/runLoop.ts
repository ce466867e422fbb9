import type { Clock } from "./clock.js";

export type LoopParts = {
  readonly name: string;
  /** Pause between the end of one round and the start of the next, in milliseconds. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly work: (signal: AbortSignal) => Promise<void> | void;
  readonly onError: (error: unknown) => void;
  /** 0…1: each pause is shortened by up to this share, so that many loops don't march in step. Default 0. */
  readonly jitter?: number;
  /** 0 ≤ x < 1. Needed for jitter only; default `Math.random`. */
  readonly random?: () => number;
};

/**
 * Does the work at once and then again and again until the signal aborts; resolves then. Rounds never overlap, and no
 * error of the work or of `onError` leaves the loop.
 */
export async function runLoop(parts: LoopParts): Promise<void> {
  const { clock, signal, everyMs, jitter = 0, random = Math.random } = parts;
  while (!signal.aborted) {
    try {
      await parts.work(signal);
    } catch (error) {
      if (!signal.aborted) report(parts, error);
    }
    const pauseMs = everyMs * (1 - jitter * random());
    await clock.sleep(pauseMs, signal).catch((reason: unknown) => {
      if (!signal.aborted) report(parts, reason);
    });
  }
}

function report(parts: LoopParts, error: unknown): void {
  try {
    parts.onError(error);
  } catch (second) {
    process.emitWarning(`The error handler of loop ${parts.name} threw: ${String(second)}`);
  }
}
