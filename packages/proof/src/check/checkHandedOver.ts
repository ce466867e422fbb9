import type { Engine } from "@cortensor/engine";
import { TOP_K_MAX } from "@cortensor/protocol";
import { ProofError } from "../proofError.js";
import type { SegmentCheck } from "./checkReplica.js";
import { checkTokens } from "./checkTokens.js";
import type { ReplicaClaim } from "./segmentClaim.js";
import { cannotGoOn } from "./segmentFault.js";
import { scoreOf } from "./taskScore.js";

/** The tokens that a miner made and signed by a checkpoint before it was given up. There is no result: nothing else is claimed of them. */
export type HandedOver = {
  readonly segment: number;
  /** First output position that it made itself. */
  readonly from: number;
  /** The checkpoint's position. */
  readonly to: number;
};

/**
 * The first tier's check of tokens that a miner signed by a checkpoint alone: each is held against the sampler, under all tokens before it, as a
 * whole segment's are. Nothing is known of what the miner saw there: margins speak, log-probabilities don't. The tokens are the claim's, whose maker came later.
 * @throws CodedError PROOF_BAD_CLAIM, ENGINE_CANNOT_SCORE, ENGINE_PROMPT_TOO_LONG, ENGINE_ABORTED
 */
export async function checkHandedOver(
  engine: Pick<Engine, "score" | "spell" | "describe">,
  claim: Omit<ReplicaClaim, "segments">,
  { segment, from, to }: HandedOver,
  signal?: AbortSignal,
): Promise<SegmentCheck> {
  if (from >= to || to > claim.outputTokens.length) {
    throw new ProofError({ code: "PROOF_BAD_CLAIM", reason: `a checkpoint from ${from} to ${to}` });
  }
  const { promptTokens, params, seed } = claim;
  const outputTokens = claim.outputTokens.slice(0, to);
  const { vocabularyTokens } = engine.describe();
  if (outputTokens.some((id) => id >= vocabularyTokens)) return { kind: "faulty", segment, fault: "vocabulary" };
  if (cannotGoOn(claim, outputTokens, await engine.spell(outputTokens))) {
    return { kind: "faulty", segment, fault: "finish" };
  }
  const stop = signal === undefined ? {} : { signal };
  const scores = await engine.score({ promptTokens, outputTokens, from, topK: TOP_K_MAX, params, ...stop });
  const tokens = checkTokens({ outputTokens, from, scores, fingerprintAt: () => undefined, params, seed });
  return { kind: "scored", segment, score: scoreOf(tokens), tokens };
}
