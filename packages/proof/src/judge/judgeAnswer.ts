import { clippedMean } from "./clipScores.js";
import { CRITERIA, POINTS_MAX, RUBRIC, type RubricScores } from "./rubric.js";

/** What one validator said of an answer. */
export type ValidatorScores = { readonly stakeWei: bigint; readonly scores: RubricScores };

/** Fewer validators than this decide nothing. */
export const VALIDATORS_JUDGING_MIN = 3;
/** From so many points on an answer is a good one. */
export const PASS_POINTS = 6;

export type AnswerJudgement =
  | { readonly kind: "good" | "poor"; readonly points: number; readonly byCriterion: RubricScores }
  /** Too few validators, or half of the stake that was drawn is silent. */
  | { readonly kind: "undecided" };

/**
 * What several validators together say of an answer: each criterion's clipped mean, weighed by the rubric. Decides only with three validators
 * or more that have more than half of the stake drawn for the duty. Throws RangeError for points outside 0…10 or in parts.
 */
export function judgeAnswer(said: readonly ValidatorScores[], drawnStakeWei: bigint): AnswerJudgement {
  for (const { scores } of said) checkPoints(scores);
  const stakeWei = said.reduce((sum, one) => sum + one.stakeWei, 0n);
  if (said.length < VALIDATORS_JUDGING_MIN || stakeWei * 2n <= drawnStakeWei) return { kind: "undecided" };
  const byCriterion = Object.fromEntries(
    CRITERIA.map((criterion) => [
      criterion,
      clippedMean(said.map((one) => ({ score: one.scores[criterion], stakeWei: one.stakeWei }))),
    ]),
  ) as RubricScores;
  const points = weighed(byCriterion);
  return { kind: points >= PASS_POINTS ? "good" : "poor", points, byCriterion };
}

/** The criteria's points, weighed by the rubric: 0…10. */
function weighed(scores: RubricScores): number {
  let [sum, weights] = [0, 0];
  for (const criterion of CRITERIA) {
    sum += RUBRIC[criterion].weight * scores[criterion];
    weights += RUBRIC[criterion].weight;
  }
  return sum / weights;
}

function checkPoints(scores: RubricScores): void {
  for (const criterion of CRITERIA) {
    const points = scores[criterion];
    if (!Number.isInteger(points) || points < 0 || points > POINTS_MAX) {
      throw new RangeError(`${points} points for ${criterion}`);
    }
  }
}
