import type { ValidatorScores } from "./judgeAnswer.js";
import { CRITERIA, type Criterion, type RubricScores } from "./rubric.js";

/** What one judge replied for one criterion; without points when the reply said none. */
export type JudgeReply<Judge extends string> = {
  readonly judge: Judge;
  readonly criterion: Criterion;
  readonly points: number | undefined;
};

/** One judge's whole sheet: a criterion without points is one that it was silent on. */
export type JudgeSheet<Judge extends string> = {
  readonly judge: Judge;
  readonly points: Readonly<Partial<Record<Criterion, number>>>;
};

/** Replies as sheets, judges in the order in which they were first heard. A judge's first reply for a criterion counts, readable or not. */
export function collectSheets<Judge extends string>(
  replies: readonly JudgeReply<Judge>[],
): readonly JudgeSheet<Judge>[] {
  const first = new Map<string, JudgeReply<Judge>>();
  for (const reply of replies) {
    const key = `${reply.judge} ${reply.criterion}`;
    if (!first.has(key)) first.set(key, reply);
  }
  const judges = [...new Set(replies.map(({ judge }) => judge))];
  return judges.map((judge) => {
    const own = [...first.values()].filter((one) => one.judge === judge && one.points !== undefined);
    return { judge, points: Object.fromEntries(own.map(({ criterion, points }) => [criterion, points])) };
  });
}

/**
 * The sheets that count: those of judges with a stake who gave points for every criterion. `drawnStakeWei` is the stake of all who were asked, so that
 * the silent weigh against a decision.
 */
export function scoresOf<Judge extends string>(
  sheets: readonly (JudgeSheet<Judge> & { readonly stakeWei: bigint })[],
): { readonly said: readonly ValidatorScores[]; readonly drawnStakeWei: bigint } {
  const said = sheets.flatMap(({ points, stakeWei }) =>
    stakeWei > 0n && isWhole(points) ? [{ stakeWei, scores: points }] : [],
  );
  return { said, drawnStakeWei: sheets.reduce((sum, { stakeWei }) => sum + stakeWei, 0n) };
}

function isWhole(points: Readonly<Partial<Record<Criterion, number>>>): points is RubricScores {
  return CRITERIA.every((criterion) => points[criterion] !== undefined);
}
