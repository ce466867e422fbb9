import type { Comparison } from "../distance/compareAnswers.js";
import type { AnswerJudgement } from "./judgeAnswer.js";

/** What distance and judges together say of one of several answers. It moves pay and reputation, never stake. */
export type AnswerVerdict = "accepted" | "rejected" | "disputed" | "undecided";

/**
 * Two ways of looking that fail differently: rejected only where both speak against an answer, disputed where they differ, and the one that decided
 * something counts alone while the other hasn't. `isThresholdKnown`: without a calibrated threshold the distance says nothing.
 */
export function combineVerdicts(parts: {
  readonly comparison: Comparison | undefined;
  readonly isThresholdKnown: boolean;
  /** The answer's place among those compared. */
  readonly answer: number;
  readonly judgement: AnswerJudgement;
}): AnswerVerdict {
  const near = isNear(parts);
  const good = parts.judgement.kind === "undecided" ? undefined : parts.judgement.kind === "good";
  if (near === undefined && good === undefined) return "undecided";
  if (near !== undefined && good !== undefined && near !== good) return "disputed";
  return (near ?? good) ? "accepted" : "rejected";
}

function isNear({
  comparison,
  isThresholdKnown,
  answer,
}: {
  readonly comparison: Comparison | undefined;
  readonly isThresholdKnown: boolean;
  readonly answer: number;
}): boolean | undefined {
  if (comparison === undefined || !isThresholdKnown) return undefined;
  return !comparison.outliers.includes(answer);
}
