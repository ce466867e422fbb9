import type { TokenLogprob, TokenScore } from "@cortensor/engine";
import type { Bytes32, FingerprintedToken, SamplingParams } from "@cortensor/protocol";
import { marginAt } from "./marginAt.js";
import type { CheckedToken } from "./taskScore.js";

/** The largest difference of one claimed log-probability that counts. */
export const LOGPROB_ERROR_MAX_NATS = 4;

export type TokensToCheck = {
  /** The replica's output from its beginning. */
  readonly outputTokens: readonly number[];
  /** First position checked; `scores` and `fingerprints` begin there. */
  readonly from: number;
  /** The checker's own, with candidates. */
  readonly scores: readonly TokenScore[];
  /** What the miner claims to have seen, by position; undefined where it claims nothing. */
  readonly fingerprintAt: (position: number) => FingerprintedToken | undefined;
  readonly params: SamplingParams;
  readonly seed: Bytes32;
};

/** Holds each output token against the canonical sampler under the checker's own logits. Pure. */
export function checkTokens(work: TokensToCheck): readonly CheckedToken[] {
  const { outputTokens, from, params, seed } = work;
  const outputCounts = new Map<number, number>();
  const count = (id: number): void => void outputCounts.set(id, (outputCounts.get(id) ?? 0) + 1);
  for (const id of outputTokens.slice(0, from)) count(id);
  return work.scores.map((score, index) => {
    const position = from + index;
    const id = outputTokens[position] ?? 0;
    const candidates = (score.candidates ?? score.top).map((one) => ({ id: one.id, logit: one.logprob }));
    const margin = marginAt({ candidates, params, seed, position, outputCounts }, id);
    count(id);
    const claimed = work.fingerprintAt(position);
    return {
      marginNats: margin.nats,
      isOutside: margin.isOutside,
      entropyNats: entropyOf(score.top, params.temperature),
      ...(claimed === undefined ? {} : { logprobErrorNats: logprobErrorOf(claimed.top, score.top) }),
    };
  });
}

/** Mean over the claimed tokens of `min(4, |claimed − own|)`; one that the checker doesn't know among its likeliest counts 4. */
export function logprobErrorOf(claimed: readonly TokenLogprob[], own: readonly TokenLogprob[]): number {
  if (claimed.length === 0) return LOGPROB_ERROR_MAX_NATS;
  const known = new Map(own.map(({ id, logprob }) => [id, logprob]));
  const errors = claimed.map(({ id, logprob }) => {
    const ours = known.get(id) ?? Number.NEGATIVE_INFINITY;
    return Math.min(LOGPROB_ERROR_MAX_NATS, Math.abs(logprob - ours));
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/**
 * `−Σ p ln p`, nats, of what the sampler draws from: `p` are the probabilities at `temperature`, what isn't among `top` taken as one token more: about a
 * lower bound. At temperature 0 nothing is drawn: 0.
 */
export function entropyOf(top: readonly TokenLogprob[], temperature = 1): number {
  if (temperature === 0) return 0;
  const known = top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
  const logprobs = [...top.map(({ logprob }) => logprob), ...(known < 1 ? [Math.log(1 - known)] : [])];
  const weights = logprobs.map((logprob) => Math.exp(logprob / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight) => (weight > 0 ? sum - (weight / total) * Math.log(weight / total) : sum), 0);
}
