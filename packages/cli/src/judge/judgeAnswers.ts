import {
  type AnswerJudgement,
  type AnswerVerdict,
  type Comparison,
  combineVerdicts,
  judgeAnswer,
  scoresOf,
} from "@cortensor/proof";
import { type Asked, askJudges, type Court } from "./askJudges.js";
import type { WrittenAnswer } from "./readAnswers.js";

/** What is said of one copy of a task, and on what it rests. */
export type JudgedAnswer = {
  readonly replica: number;
  readonly verdict: AnswerVerdict;
  readonly judgement: AnswerJudgement;
  readonly judges: Asked["sheets"];
  /** Why the router asked no judges, or no more of them. */
  readonly reason?: string;
  /** Of the task's copies: this one's distance from their median, and whether it lies beyond the calibrated one. */
  readonly distance?: { readonly value: number; readonly isOutlier?: boolean };
};

/** How a task's copies lie to each other. `isThresholdKnown`: without a calibrated threshold the distance says nothing. */
export type Compared = { readonly comparison: Comparison | undefined; readonly isThresholdKnown: boolean };

/** Has every copy of a task judged, and joins that with its distance. */
export async function judgeAnswers(
  court: Court,
  answers: readonly WrittenAnswer[],
  { comparison, isThresholdKnown }: Compared,
): Promise<readonly JudgedAnswer[]> {
  const judged: JudgedAnswer[] = [];
  for (const [at, answer] of answers.entries()) {
    const { sheets, refused } = await askJudges(court, answer);
    const { said, drawnStakeWei } = scoresOf(sheets);
    const judgement = judgeAnswer(said, drawnStakeWei);
    const value = comparison?.distances[at];
    const far = isThresholdKnown ? { isOutlier: comparison?.outliers.includes(at) === true } : {};
    judged.push({
      replica: answer.replica,
      verdict: combineVerdicts({ comparison, isThresholdKnown, answer: at, judgement }),
      judgement,
      judges: sheets,
      ...(refused === undefined ? {} : { reason: refused }),
      ...(value === undefined ? {} : { distance: { value, ...far } }),
    });
  }
  return judged;
}
