/** Damps what first places count over later ones: the value of the paper that reciprocal rank fusion comes from. */
const RANK_DAMPING = 60;

export type FusedRank = {
  readonly index: number;
  /** The share of what being first in every list would give: 0 … 1. */
  readonly score: number;
};

/** Joins rankings of the same things by reciprocal ranks: only places count, not scores that can't be compared. Equal ones in their order. */
export function fuseRanks(lists: readonly (readonly number[])[]): readonly FusedRank[] {
  const most = lists.filter((list) => list.length > 0).length / (RANK_DAMPING + 1);
  const sums = new Map<number, number>();
  for (const list of lists) {
    for (const [place, index] of list.entries())
      sums.set(index, (sums.get(index) ?? 0) + 1 / (RANK_DAMPING + 1 + place));
  }
  return [...sums]
    .map(([index, sum]) => ({ index, score: sum / most }))
    .sort((a, b) => b.score - a.score || a.index - b.index);
}
