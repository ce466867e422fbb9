import type { SegmentCheck } from "../check/checkReplica.js";
import { type Judgement, judgeScore, type WindowThresholds } from "../check/judgeScore.js";
import type { SegmentFault } from "../check/segmentFault.js";
import type { ReplayOutcome } from "../replay/replaySegment.js";

/** What a checker says of one segment. */
export type Verdict =
  | Judgement
  /** It contradicts itself, or (`replay`) the model: no threshold is needed. */
  | {
      readonly kind: "fault";
      readonly fault: SegmentFault | "replay";
      /** First output position that differs, of a replay, and what does there. */
      readonly position?: number;
      readonly what?: Extract<ReplayOutcome, { readonly kind: "differs" }>["what"];
    };

/**
 * The verdict: a contradiction is a fault; else a replay decides, where one was made and the class allows it; else the thresholds do. A replay
 * that is equal to the last bit is honest work, whatever a threshold suspects.
 */
export function verdictOf(check: SegmentCheck, windows: readonly WindowThresholds[], replay?: ReplayOutcome): Verdict {
  if (check.kind === "faulty") return { kind: "fault", fault: check.fault };
  if (replay?.kind === "differs") {
    const { position, what } = replay;
    return { kind: "fault", fault: "replay", position, what };
  }
  if (replay?.kind === "equal") return { kind: "passed" };
  return judgeScore(check.score, windows);
}
