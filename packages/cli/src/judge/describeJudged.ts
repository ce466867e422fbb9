import { CRITERIA } from "@cortensor/proof";
import { countOf } from "../countOf.js";
import { formatCor } from "../money.js";
import type { JudgedAnswer } from "./judgeAnswers.js";
import type { JudgeLine } from "./judgeTask.js";

/** Lines for people: the verdict with what it rests on, then each judge's points. */
export function describeJudged(line: JudgeLine): readonly string[] {
  const why = line.reason === undefined ? "" : ` (${line.reason})`;
  const said = `${nameOfJudged(line)}: ${line.verdict}${why}`;
  if (!("judges" in line)) return [said];
  return [
    `${said} · ${describeJudgement(line)}${describeDistance(line.distance)}`,
    ...line.judges.map(({ judge, points, stakeWei }) => {
      const each = CRITERIA.map((criterion) => `${criterion} ${points[criterion] ?? "-"}`).join(", ");
      return `  ${judge} (${formatCor(stakeWei)}): ${each}`;
    }),
  ];
}

export function nameOfJudged(line: JudgeLine): string {
  return "replica" in line ? `${line.taskId} copy ${line.replica}` : line.taskId;
}

function describeJudgement({ judgement, judges }: JudgedAnswer): string {
  const heard = countOf(judges.length, "judge");
  if (judgement.kind === "undecided") return `${heard} heard, too few points to decide by`;
  return `${judgement.kind} by ${heard}: ${judgement.points.toFixed(1)} points`;
}

function describeDistance(distance: JudgedAnswer["distance"]): string {
  if (distance === undefined) return "";
  const { value, isOutlier } = distance;
  const side = isOutlier === true ? "an outlier" : "no outlier";
  return ` · distance ${value.toPrecision(3)}, ${isOutlier === undefined ? "no threshold that tells" : side}`;
}
