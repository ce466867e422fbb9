import { assert, ProtocolError } from "./errors.js";
import { gumbelNoise } from "./gumbel.js";
import type { SamplingParams } from "./inferenceRequest.js";
import { LOGIT_ABS_MAX } from "./limits.js";
import { expCanonical, lnCanonical } from "./ln.js";
import { logitShift, type OutputCounts } from "./logitShift.js";
import type { Bytes32 } from "./primitives.js";

/** One token the model could choose, with its raw logit. */
export type Candidate = { readonly id: number; readonly logit: number };

export type SamplerInput = {
  /** As `candidatesNeeded` says, in any order, each id once. A logit of −∞ counts as absent. */
  readonly candidates: readonly Candidate[];
  /** Canonical: see `canonicalParams`. */
  readonly params: SamplingParams;
  /** See `samplerSeed`. Unused at temperature 0. */
  readonly seed: Bytes32;
  /** Position among the output tokens, 0 first. */
  readonly position: number;
  /** Output tokens before this position, by id. */
  readonly outputCounts: OutputCounts;
  /** The grammar's mask. Absent: everything is allowed. */
  readonly allowed?: (id: number) => boolean;
  /**
   * ln Σ exp(raw logit) over the whole vocabulary, for a reported log-probability that is the model's own.
   * Absent: over the candidates given.
   */
  readonly logNormaliser?: number;
};

/** A candidate that survived top-K, top-p and min-p, and what it scored. */
export type ScoredCandidate = {
  readonly id: number;
  /** After bias and penalties. */
  readonly logit: number;
  /** `(logit − highest logit) ÷ T + G`; at temperature 0 `logit − highest logit`. The highest wins. */
  readonly score: number;
};

export type ChosenToken = {
  readonly id: number;
  /** Natural log-probability after bias and penalties, at temperature 1, before mask and cuts. Never above 0. */
  readonly logprob: number;
  readonly score: number;
  /** Score above the next survivor's; ∞ when there was none. Small margins are where two machines may differ. */
  readonly margin: number;
};

type Shifted = { readonly id: number; readonly raw: number; readonly logit: number };

/**
 * The canonical sampler, a pure function: logit bias → presence and frequency penalty over output tokens → mask → ÷ T → top-K
 * → top-p → min-p → Gumbel-max; ties to the lower id; greedy at temperature 0. Doubles throughout, `ln` and `exp` our own, so
 * that equal logits give equal tokens everywhere.
 *
 * Throws PROTOCOL_BAD_LOGIT (NaN, +∞ or beyond ±10^6), PROTOCOL_DUPLICATE_CANDIDATE, PROTOCOL_NO_CANDIDATE (mask allows none).
 */
export function chooseToken(input: SamplerInput): ChosenToken {
  const shifted = shiftAndSort(input);
  const scored = scoreSurvivors(input, shifted);
  let best: ScoredCandidate | undefined;
  let next = Number.NEGATIVE_INFINITY;
  for (const one of scored) {
    if (best === undefined) best = one;
    else if (one.score > best.score || (one.score === best.score && one.id < best.id)) {
      next = best.score;
      best = one;
    } else if (one.score > next) next = one.score;
  }
  assert(best !== undefined, "at least one candidate survives");
  const logprob = Math.min(0, best.logit - normaliserOf(shifted, input.logNormaliser));
  return { id: best.id, logprob, score: best.score, margin: best.score - next };
}

/** The survivors with their scores, highest logit first: what a checker compares a claimed token with. */
export function scoreCandidates(input: SamplerInput): readonly ScoredCandidate[] {
  return scoreSurvivors(input, shiftAndSort(input));
}

/**
 * Candidates as the sampler ranks them, after bias and penalties and before mask and cuts: highest first, ties to the lower id. With their
 * raw logits, so that they may be given to the sampler again: of what `candidatesNeeded` says, the first `topK` are enough.
 */
export function rankCandidates(
  input: Pick<SamplerInput, "candidates" | "params" | "outputCounts">,
): readonly Candidate[] {
  return shiftAndSort(input).map(({ id, raw }) => ({ id, logit: raw }));
}

/** Moves the logits, and sorts: highest first, ties to the lower id. */
function shiftAndSort(input: Pick<SamplerInput, "candidates" | "params" | "outputCounts">): readonly Shifted[] {
  const { params, outputCounts } = input;
  const shifted: Shifted[] = [];
  for (const { id, logit } of input.candidates) {
    if (logit === Number.NEGATIVE_INFINITY) continue;
    if (!(Math.abs(logit) <= LOGIT_ABS_MAX)) throw new ProtocolError({ code: "PROTOCOL_BAD_LOGIT", id, logit });
    shifted.push({ id, raw: logit, logit: logit + logitShift(id, params, outputCounts) });
  }
  shifted.sort((left, right) => right.logit - left.logit || left.id - right.id);
  for (let index = 1; index < shifted.length; index += 1) {
    const id = shifted[index]?.id;
    if (id !== undefined && id === shifted[index - 1]?.id) {
      throw new ProtocolError({ code: "PROTOCOL_DUPLICATE_CANDIDATE", id });
    }
  }
  return shifted;
}

function scoreSurvivors(input: SamplerInput, shifted: readonly Shifted[]): readonly ScoredCandidate[] {
  const { params, allowed, position } = input;
  const open = (allowed === undefined ? shifted : shifted.filter(({ id }) => allowed(id))).slice(0, params.topK);
  const highest = open[0]?.logit;
  if (highest === undefined) throw new ProtocolError({ code: "PROTOCOL_NO_CANDIDATE", position });
  const { temperature } = params;
  if (temperature === 0) return open.map(({ id, logit }) => ({ id, logit, score: logit - highest }));
  const scaled = open.map(({ logit }) => (logit - highest) / temperature);
  const noiseOf = gumbelNoise(input.seed, position);
  return open.slice(0, countKept(scaled, params)).map(({ id, logit }, index) => ({
    id,
    logit,
    score: (scaled[index] ?? 0) + noiseOf(id),
  }));
}

/**
 * How many of the top-K stay. Weights are `exp(scaled)`, the first 1. Top-p keeps the shortest prefix whose sum, taken in order,
 * reaches topP × the whole sum; min-p then keeps weights of at least minP. The first always stays.
 */
function countKept(scaled: readonly number[], params: SamplingParams): number {
  if (params.topP >= 1 && params.minP <= 0) return scaled.length;
  const weights = scaled.map(expCanonical);
  const enough = params.topP >= 1 ? Number.POSITIVE_INFINITY : params.topP * sumOf(weights);
  let sum = 0;
  let kept = 0;
  for (const weight of weights) {
    if (kept > 0 && (sum >= enough || weight < params.minP)) break;
    sum += weight;
    kept += 1;
  }
  return kept;
}

/**
 * ln of the sum of exp(shifted logit). With the vocabulary's own normaliser, the candidates' shifts are worked into it; never
 * below the candidates' own sum, which the true one contains.
 */
function normaliserOf(shifted: readonly Shifted[], logNormaliser: number | undefined): number {
  const highest = shifted[0]?.logit ?? 0;
  const given = highest + lnCanonical(sumOf(shifted.map(({ logit }) => expCanonical(logit - highest))));
  if (logNormaliser === undefined) return given;
  let change = 0;
  for (const { raw, logit } of shifted) {
    if (raw !== logit) change += expCanonical(logit - logNormaliser) - expCanonical(raw - logNormaliser);
  }
  const whole = 1 + change > 0 ? logNormaliser + lnCanonical(1 + change) : given;
  return Math.max(whole, given);
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
