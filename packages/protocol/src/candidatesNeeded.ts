import type { SamplingParams } from "./inferenceRequest.js";
import { type OutputCounts, shiftedIds } from "./logitShift.js";

/** Which of the vocabulary's logits `chooseToken` must be given to choose as from all of them. */
export type CandidatesNeeded = {
  /** The highest raw logits, ties to the lower id; under a mask, the highest among the ids it allows. */
  readonly top: number;
  /** Ids that are needed wherever they stand, because a bias or a negative penalty may raise them. Ascending. */
  readonly ids: readonly number[];
};

/**
 * Top-K survivors are among: the `K + lowered` highest raw logits, where `lowered` counts the ids that a bias or a penalty
 * pushes down (at most that many of the highest can fall out), and the ids that are raised. K is `topK`, or 1 at temperature 0.
 * A caller unites both, each id once.
 */
export function candidatesNeeded(params: SamplingParams, outputCounts: OutputCounts): CandidatesNeeded {
  const kept = params.temperature === 0 ? 1 : params.topK;
  const ids: number[] = [];
  let lowered = 0;
  for (const [id, shift] of shiftedIds(params, outputCounts)) {
    if (shift > 0) ids.push(id);
    else lowered += 1;
  }
  return { top: kept + lowered, ids: ids.sort((left, right) => left - right) };
}
