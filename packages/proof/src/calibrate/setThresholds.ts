import { judgeScore, type WindowThresholds } from "../check/judgeScore.js";
import { type CheckedToken, figuresOf, type ScoreFigures, scoreOf, type TaskScore } from "../check/taskScore.js";
import { upperQuantile } from "../statistics/quantile.js";

/** Lengths that thresholds are set for, as far as the sequences reach. */
export const WINDOW_TOKENS = [32, 64, 128, 256, 512, 1_024] as const;

type Sequence = { readonly tokens: readonly CheckedToken[] };

/** A sequence's windows of one length, side by side: overlapping ones would look like more than they are. */
export function windowsOf({ tokens }: Sequence, windowTokens: number): readonly TaskScore[] {
  return Array.from({ length: Math.floor(tokens.length / windowTokens) }, (_, index) =>
    scoreOf(tokens.slice(index * windowTokens, (index + 1) * windowTokens)),
  );
}

/**
 * For each length the four thresholds that honest windows don't exceed: each the `1 − α/4` quantile, so that together they suspect at most
 * `α` of them (Bonferroni). With fewer than `4/α` windows each is the highest seen.
 */
export function setThresholds(honest: readonly Sequence[], falseAlarmsMax: number): readonly WindowThresholds[] {
  return WINDOW_TOKENS.flatMap((tokens): readonly WindowThresholds[] => {
    const figures = honest.flatMap((sequence) => windowsOf(sequence, tokens)).map(figuresOf);
    if (figures.length === 0) return [];
    const threshold = (figure: keyof ScoreFigures): number =>
      upperQuantile(
        figures.map((one) => one[figure]),
        1 - falseAlarmsMax / 4,
      );
    return [
      {
        tokens,
        meanMarginNats: threshold("meanMarginNats"),
        worstMarginNats: threshold("worstMarginNats"),
        outsideShare: threshold("outsideShare"),
        meanLogprobErrorNats: threshold("meanLogprobErrorNats"),
      },
    ];
  });
}

/** How many of the sequences' windows of one length are suspect by their thresholds. */
export function countSuspects(
  sequences: readonly Sequence[],
  window: WindowThresholds,
): { readonly windows: number; readonly suspected: number } {
  const windows = sequences.flatMap((sequence) => windowsOf(sequence, window.tokens));
  const suspected = windows.filter((score) => judgeScore(score, [window]).kind === "suspect").length;
  return { windows: windows.length, suspected };
}
