import type { SamplingParams } from "./inferenceRequest.js";

/** How often each token id stands in the output so far: what the penalties count. */
export type OutputCounts = ReadonlyMap<number, number>;

/** The parameters that move a logit. */
export type ShiftParams = Pick<SamplingParams, "logitBias" | "presencePenalty" | "frequencyPenalty">;

/**
 * What is added to a token's logit: `(bias − frequencyPenalty × count) − (count > 0 ? presencePenalty : 0)`, then one addition.
 * One addition keeps the order of two logits with the same shift, whatever the rounding.
 */
export function logitShift(id: number, params: ShiftParams, counts: OutputCounts): number {
  const bias = params.logitBias[id] ?? 0;
  const count = counts.get(id) ?? 0;
  if (count === 0) return bias;
  return bias - params.frequencyPenalty * count - params.presencePenalty;
}

/** The ids whose logit is moved, with their shifts; zero shifts are left out. */
export function shiftedIds(params: ShiftParams, counts: OutputCounts): ReadonlyMap<number, number> {
  const isPenalised = params.presencePenalty !== 0 || params.frequencyPenalty !== 0;
  const shifts = new Map<number, number>();
  for (const id of new Set([...Object.keys(params.logitBias).map(Number), ...(isPenalised ? counts.keys() : [])])) {
    const shift = logitShift(id, params, counts);
    if (shift !== 0) shifts.set(id, shift);
  }
  return shifts;
}
