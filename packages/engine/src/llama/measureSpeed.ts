import { performance } from "node:perf_hooks";
import type { TokenSequence } from "../tokenModel.js";

/** Enough steps to even out the first ones. */
const STEPS_MAX = 24;
/** A slow model is not made to wait longer for being measured. */
const MEASURE_MS_MAX = 600;
const WANTED = { top: 9, ids: [] } as const;

/** Output tokens a second of one sequence, measured by decoding a few. */
export async function measureSpeed(sequence: TokenSequence, promptTokens: readonly number[]): Promise<number> {
  let logits = (await sequence.prefill(promptTokens.length === 0 ? [0] : promptTokens, WANTED))?.logits;
  const startMs = performance.now();
  let steps = 0;
  while (steps < STEPS_MAX && performance.now() - startMs < MEASURE_MS_MAX) {
    logits = await sequence.step(logits?.candidates[0]?.id ?? 0, WANTED);
    steps += 1;
  }
  return (steps * 1_000) / Math.max(1e-3, performance.now() - startMs);
}
