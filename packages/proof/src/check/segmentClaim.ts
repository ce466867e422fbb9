import {
  type Bytes32,
  type FingerprintedToken,
  OUTPUT_TOKENS_MAX,
  PROMPT_TOKENS_MAX,
  type RecipeStep,
  type Result,
  type SamplingParams,
  SEGMENTS_MAX,
} from "@cortensor/protocol";
import { ProofError } from "../proofError.js";

/** One miner's part of a replica, with what its result commits to. */
export type SegmentClaim = {
  readonly result: Result;
  readonly recipe: readonly RecipeStep[];
  /**
   * What the miner saw at the tokens that it made itself. They end with the segment; of those it took over at its beginning, and only
   * checked, there are none.
   */
  readonly fingerprint: readonly FingerprintedToken[];
};

/** One replica of a task, as a checker gets it: the work, and what is claimed of it. */
export type ReplicaClaim = {
  /** The template-applied prompt, counted by the checker's own tokenizer. */
  readonly promptTokens: readonly number[];
  readonly params: SamplingParams;
  /** See `samplerSeed`. */
  readonly seed: Bytes32;
  /** Prompt and output together, as the model is offered. */
  readonly contextTokens: number;
  /** All output tokens, up to the end of the last segment. */
  readonly outputTokens: readonly number[];
  /** In order, each beginning where the one before it ends; the first may begin later than 0 when only some are to be checked. */
  readonly segments: readonly SegmentClaim[];
};

/** @throws CodedError PROOF_BAD_CLAIM when the parts don't belong together: whoever put them together is at fault, not a miner. */
export function assertClaim({ promptTokens, outputTokens, segments }: ReplicaClaim): void {
  const [first] = segments;
  if (first === undefined) throw badClaim("no segments");
  if (segments.length > SEGMENTS_MAX) throw badClaim(`${segments.length} segments, at most ${SEGMENTS_MAX}`);
  if (outputTokens.length > OUTPUT_TOKENS_MAX) throw badClaim(`${outputTokens.length} output tokens`);
  if (promptTokens.length === 0 || promptTokens.length > PROMPT_TOKENS_MAX) throw badClaim("the prompt's length");
  let at = first.result.from;
  for (const { result } of segments) {
    const { taskId, replica } = first.result;
    if (result.taskId !== taskId || result.replica !== replica) throw badClaim("segments of several replicas");
    if (result.from !== at || result.to < at)
      throw badClaim(`a segment from ${result.from} to ${result.to} after ${at}`);
    at = result.to;
  }
  if (at !== outputTokens.length) throw badClaim(`the segments end at ${at}, the tokens at ${outputTokens.length}`);
}

function badClaim(reason: string): ProofError {
  return new ProofError({ code: "PROOF_BAD_CLAIM", reason });
}
