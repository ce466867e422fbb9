import { type SamplerInput, type ScoredCandidate, scoreCandidates } from "@cortensor/protocol";

/** A token's margin counts at most this much, so that one odd token can't decide about a task. */
export const MARGIN_MAX_NATS = 8;
/**
 * How far a logit may lie off between decoding and prefilling before a cut (top-K, top-p, min-p) is trusted: the largest difference measured
 * at 8 bits on random weights, which are the noisiest.
 */
export const CUT_SLACK_NATS = 0.15;

export type TokenMargin = {
  /** `m = min(8, best − chosen)`, never below 0: 0 when the sampler chooses the token here too. */
  readonly nats: number;
  /** The sampler could not have chosen the token: its margin is the most. */
  readonly isOutside: boolean;
};

/**
 * How far a claimed token scores below what the canonical sampler chooses from these candidates. Where the cuts decide, the miner has the
 * benefit of CUT_SLACK_NATS: the token counts as a survivor if it would be one with its own logit that much higher; a rival counts only if it
 * would still be one with its own that much lower.
 *
 * Of the candidates the first `topK + 1` in the sampler's order are enough (`TokenScore.candidates`).
 */
export function marginAt(input: SamplerInput, id: number): TokenMargin {
  const survivors = scoreCandidates(input);
  const own = ownScore(input, survivors, id);
  if (own === undefined) return { nats: MARGIN_MAX_NATS, isOutside: true };
  const best = bestRival(input, survivors, own);
  return { nats: Math.min(MARGIN_MAX_NATS, Math.max(0, best - own)), isOutside: false };
}

/** The score of a token that survives, perhaps only with the slack; undefined otherwise. */
function ownScore(input: SamplerInput, survivors: readonly ScoredCandidate[], id: number): number | undefined {
  const survivor = survivors.find((one) => one.id === id);
  if (survivor !== undefined) return survivor.score;
  if (!input.candidates.some((one) => one.id === id)) return undefined;
  const raised = scoreCandidates(withOwnMoved(input, id, CUT_SLACK_NATS));
  const own = raised.find((one) => one.id === id);
  if (own === undefined) return undefined;
  // Back to where it stands: its own logit without the slack, below the highest without it.
  const temperature = input.params.temperature === 0 ? 1 : input.params.temperature;
  const highest = survivors[0]?.logit ?? own.logit;
  const raisedHighest = raised[0]?.logit ?? own.logit;
  return own.score + (raisedHighest - highest - CUT_SLACK_NATS) / temperature;
}

/** The highest score above the token's own among those that surely survive; else its own. */
function bestRival(input: SamplerInput, survivors: readonly ScoredCandidate[], own: number): number {
  const rivals = survivors.filter(({ score }) => score > own).sort((left, right) => right.score - left.score);
  const isSure = ({ id }: ScoredCandidate): boolean =>
    scoreCandidates(withOwnMoved(input, id, -CUT_SLACK_NATS)).some((one) => one.id === id);
  return rivals.find(isSure)?.score ?? own;
}

function withOwnMoved(input: SamplerInput, id: number, byNats: number): SamplerInput {
  const move = (one: { readonly id: number; readonly logit: number }) =>
    one.id === id ? { id, logit: one.logit + byNats } : one;
  return { ...input, candidates: input.candidates.map(move) };
}
