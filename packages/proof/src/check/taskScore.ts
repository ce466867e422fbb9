/** What the check saw at one output token. */
export type CheckedToken = {
  /** `m`: see `marginAt`. */
  readonly marginNats: number;
  /** The sampler could not have chosen the token. */
  readonly isOutside: boolean;
  /** `l = mean over the claimed top 5 of min(4, |claimed − own log-probability|)`. Absent where nothing was claimed. */
  readonly logprobErrorNats?: number;
  /** Of the checker's distribution, over what it knows of it: a lower bound. */
  readonly entropyNats: number;
};

/** What a check says of a task, or of many: sums, so that they can be added up. Pure data; the decision is `judgeScore`'s. */
export type TaskScore = {
  readonly tokens: number;
  /** `Σ m`. */
  readonly marginNats: number;
  /** The largest `m`. */
  readonly worstMarginNats: number;
  /** Tokens with `m > 0`. */
  readonly mismatches: number;
  /** `O`: tokens that the sampler could not have chosen. */
  readonly outside: number;
  /** Tokens with a fingerprint. */
  readonly fingerprinted: number;
  /** `Σ l`. */
  readonly logprobErrorNats: number;
  readonly entropyNats: number;
};

export const NO_TOKENS: TaskScore = {
  tokens: 0,
  marginNats: 0,
  worstMarginNats: 0,
  mismatches: 0,
  outside: 0,
  fingerprinted: 0,
  logprobErrorNats: 0,
  entropyNats: 0,
};

export function scoreOf(tokens: readonly CheckedToken[]): TaskScore {
  return addScores(
    tokens.map(({ marginNats, isOutside, logprobErrorNats, entropyNats }) => ({
      tokens: 1,
      marginNats,
      worstMarginNats: marginNats,
      mismatches: marginNats > 0 ? 1 : 0,
      outside: isOutside ? 1 : 0,
      fingerprinted: logprobErrorNats === undefined ? 0 : 1,
      logprobErrorNats: logprobErrorNats ?? 0,
      entropyNats,
    })),
  );
}

export function addScores(scores: readonly TaskScore[]): TaskScore {
  return scores.reduce(
    (sum, one) => ({
      tokens: sum.tokens + one.tokens,
      marginNats: sum.marginNats + one.marginNats,
      worstMarginNats: Math.max(sum.worstMarginNats, one.worstMarginNats),
      mismatches: sum.mismatches + one.mismatches,
      outside: sum.outside + one.outside,
      fingerprinted: sum.fingerprinted + one.fingerprinted,
      logprobErrorNats: sum.logprobErrorNats + one.logprobErrorNats,
      entropyNats: sum.entropyNats + one.entropyNats,
    }),
    NO_TOKENS,
  );
}

/** The figures that have thresholds, per token: `M`, the worst `m`, `O`'s share, and `L`. All 0 without tokens. */
export type ScoreFigures = {
  readonly meanMarginNats: number;
  readonly worstMarginNats: number;
  readonly outsideShare: number;
  readonly meanLogprobErrorNats: number;
};

export function figuresOf(score: TaskScore): ScoreFigures {
  const perToken = (sum: number, count: number): number => (count === 0 ? 0 : sum / count);
  return {
    meanMarginNats: perToken(score.marginNats, score.tokens),
    worstMarginNats: score.worstMarginNats,
    outsideShare: perToken(score.outside, score.tokens),
    meanLogprobErrorNats: perToken(score.logprobErrorNats, score.fingerprinted),
  };
}
