import type { Engine, TokenScore } from "@cortensor/engine";
import { TOP_K_MAX } from "@cortensor/protocol";
import { checkTokens } from "./checkTokens.js";
import { assertClaim, type ReplicaClaim, type SegmentClaim } from "./segmentClaim.js";
import { type SegmentFault, segmentFault } from "./segmentFault.js";
import { type CheckedToken, scoreOf, type TaskScore } from "./taskScore.js";

/** What the check says of one segment. */
export type SegmentCheck =
  | { readonly kind: "faulty"; readonly segment: number; readonly fault: SegmentFault }
  | {
      readonly kind: "scored";
      readonly segment: number;
      readonly score: TaskScore;
      /** What the score sums up, one for each token of the segment. */
      readonly tokens: readonly CheckedToken[];
    };

/**
 * The first tier's check (T1): prompt and output in one prefill of the checker's own engine, each token held against the canonical sampler.
 * Each segment is scored on its own, under all tokens before it. Deterministic in the claim and the engine's kernel class. A token that the
 * model doesn't have makes its segment faulty, and all behind it: no honest engine goes on from there. The checker's engine never sees it.
 * @throws CodedError PROOF_BAD_CLAIM, ENGINE_CANNOT_SCORE, ENGINE_PROMPT_TOO_LONG, ENGINE_ABORTED
 */
export async function checkReplica(
  engine: Pick<Engine, "score" | "spell" | "describe">,
  claim: ReplicaClaim,
  signal?: AbortSignal,
): Promise<readonly SegmentCheck[]> {
  assertClaim(claim);
  const { vocabularyTokens } = engine.describe();
  const foreign = claim.outputTokens.findIndex((id) => id >= vocabularyTokens);
  return foreign < 0 ? checkKnown(engine, claim, signal) : checkUpTo(engine, claim, { position: foreign, signal });
}

/** The segments before a token that the model doesn't have are checked as ever. */
async function checkUpTo(
  engine: Pick<Engine, "score" | "spell">,
  claim: ReplicaClaim,
  { position, signal }: { readonly position: number; readonly signal: AbortSignal | undefined },
): Promise<readonly SegmentCheck[]> {
  const sound = claim.segments.filter(({ result }) => result.to <= position);
  const outputTokens = claim.outputTokens.slice(0, sound.at(-1)?.result.to ?? 0);
  const checked =
    sound.length === 0 ? [] : await checkKnown(engine, { ...claim, outputTokens, segments: sound }, signal);
  const faulty = claim.segments
    .slice(sound.length)
    .map(({ result }): SegmentCheck => ({ kind: "faulty", segment: result.segment, fault: "vocabulary" }));
  return [...checked, ...faulty];
}

async function checkKnown(
  engine: Pick<Engine, "score" | "spell">,
  claim: ReplicaClaim,
  signal: AbortSignal | undefined,
): Promise<readonly SegmentCheck[]> {
  const { promptTokens, outputTokens, params, segments } = claim;
  const from = segments[0]?.result.from ?? 0;
  const spellings = await engine.spell(outputTokens);
  const faults = segments.map((segment) => segmentFault(claim, segment, spellings));
  if (faults.every((fault) => fault !== undefined) || from === outputTokens.length) {
    return segments.map((segment, index) => checkOf({ claim, segment, fault: faults[index], scores: [] }));
  }
  const stop = signal === undefined ? {} : { signal };
  const scores = await engine.score({ promptTokens, outputTokens, from, topK: TOP_K_MAX, params, ...stop });
  return segments.map((segment, index) => {
    const { result } = segment;
    return checkOf({
      claim,
      segment,
      fault: faults[index],
      scores: scores.slice(result.from - from, result.to - from),
    });
  });
}

function checkOf(parts: {
  readonly claim: ReplicaClaim;
  readonly segment: SegmentClaim;
  readonly fault: SegmentFault | undefined;
  readonly scores: readonly TokenScore[];
}): SegmentCheck {
  const { claim, segment, fault, scores } = parts;
  const { result, fingerprint } = segment;
  if (fault !== undefined) return { kind: "faulty", segment: result.segment, fault };
  const { outputTokens, params, seed } = claim;
  const madeFrom = result.to - fingerprint.length;
  const tokens = checkTokens({
    outputTokens,
    from: result.from,
    scores,
    fingerprintAt: (position) => fingerprint[position - madeFrom],
    params,
    seed,
  });
  return { kind: "scored", segment: result.segment, score: scoreOf(tokens), tokens };
}
