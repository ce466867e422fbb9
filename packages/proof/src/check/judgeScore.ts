import { figuresOf, type ScoreFigures, type TaskScore } from "./taskScore.js";

/** What honest work of a window's length doesn't exceed: see the calibration file. */
export type WindowThresholds = ScoreFigures & {
  /** Tokens of the windows that they were measured on. */
  readonly tokens: number;
};

export type Judgement =
  | { readonly kind: "passed" }
  /** Above one threshold or more: reason for the next tier, never for a slash by itself. */
  | { readonly kind: "suspect"; readonly above: readonly (keyof ScoreFigures)[] }
  /** Too few tokens for a decision of its own: it counts in the miner's CUSUM only. */
  | { readonly kind: "short"; readonly tokensMin: number }
  /** Nothing is known of this pair of kernel classes: it may raise doubts, nothing else. */
  | { readonly kind: "uncalibrated" };

/** In the order in which a suspicion names them. */
const FIGURES = [
  "meanMarginNats",
  "worstMarginNats",
  "outsideShare",
  "meanLogprobErrorNats",
] as const satisfies readonly (keyof ScoreFigures)[];

/**
 * The decision over a score: a pure function of the thresholds. Of several windows the longest that the task fills counts: honest means spread
 * less the longer a text is, so a shorter window's threshold is the milder.
 */
export function judgeScore(score: TaskScore, windows: readonly WindowThresholds[]): Judgement {
  const ascending = [...windows].sort((left, right) => left.tokens - right.tokens);
  const [shortest] = ascending;
  if (shortest === undefined) return { kind: "uncalibrated" };
  const window = ascending.findLast(({ tokens }) => tokens <= score.tokens);
  if (window === undefined) return { kind: "short", tokensMin: shortest.tokens };
  const figures = figuresOf(score);
  const above = FIGURES.filter((figure) => figures[figure] > window[figure]);
  return above.length === 0 ? { kind: "passed" } : { kind: "suspect", above };
}
