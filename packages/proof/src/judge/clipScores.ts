/** One validator's word on one thing, and what stands behind it. */
export type StakedScore = { readonly score: number; readonly stakeWei: bigint };

/** How far below the median a score still counts as it is: it bounds what a minority can take away. */
export const CLIP_BELOW_POINTS = 2;

/**
 * The highest level that more than half of the stake supports with scores of at least it. Throws RangeError for no scores, scores that
 * aren't finite, or stakes that aren't above zero.
 */
export function stakeMedian(scores: readonly StakedScore[]): number {
  const descending = [...checked(scores)].sort((left, right) => right.score - left.score);
  const totalWei = scores.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);
  let supportWei = 0n;
  for (const { score, stakeWei } of descending) {
    supportWei += stakeWei;
    if (supportWei * 2n > totalWei) return score;
  }
  throw new RangeError("no scores");
}

/**
 * The stake-weighted mean of the scores, each cut to the stake-weighted median above and to two points under it below. So whoever has less than
 * half of the stake can't raise the result above what the others support, nor lower it by more than its part of two points.
 */
export function clippedMean(scores: readonly StakedScore[]): number {
  const median = stakeMedian(scores);
  const floor = median - CLIP_BELOW_POINTS;
  let [sum, total] = [0, 0];
  const totalWei = scores.reduce((wei, { stakeWei }) => wei + stakeWei, 0n);
  for (const { score, stakeWei } of scores) {
    const weight = shareOf(stakeWei, totalWei);
    sum += weight * Math.min(median, Math.max(floor, score));
    total += weight;
  }
  return Math.min(median, Math.max(floor, sum / total));
}

const PARTS = 1_000_000_000n;

/** A share of the stake in billionths: stakes are far beyond what a double counts exactly. */
function shareOf(stakeWei: bigint, totalWei: bigint): number {
  return Number((stakeWei * PARTS) / totalWei);
}

function checked(scores: readonly StakedScore[]): readonly StakedScore[] {
  if (scores.length === 0) throw new RangeError("no scores");
  for (const { score, stakeWei } of scores) {
    if (!Number.isFinite(score)) throw new RangeError("a score that isn't finite");
    if (stakeWei <= 0n) throw new RangeError("a score without stake behind it");
  }
  return scores;
}
