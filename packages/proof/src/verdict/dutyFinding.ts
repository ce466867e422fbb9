import { type Bytes32, keccak256, NO_DIFF, utf8ToBytes, type VerdictOutcome, ZERO_BYTES32 } from "@cortensor/protocol";
import { canonicalJson } from "../calibration/canonicalJson.js";
import type { CheckedSegment } from "./checkBodies.js";

/** What a validator's verdict says of a task, before it is signed. */
export type DutyFinding = {
  readonly outcome: VerdictOutcome;
  /** Hash of the scores that it rests on; zero without any. */
  readonly stats: Bytes32;
  /** The first output position at which a replay differs; `NO_DIFF` without one. */
  readonly firstDiff: number;
};

/** Of a task of which nothing was checked: that nobody shows its bodies, or that there is nothing which could decide. */
export function uncheckedFinding(outcome: "undecided" | "withheld"): DutyFinding {
  return { outcome, stats: ZERO_BYTES32, firstDiff: NO_DIFF };
}

/** What all checked segments of a task say together: one that is wrong, or above a threshold, fails it; it passes when every one does. */
export function dutyFinding(checked: readonly CheckedSegment[]): DutyFinding {
  const kinds = checked.map(({ verdict }) => verdict.kind);
  const isFailed = kinds.includes("fault") || kinds.includes("suspect");
  const isPassed = kinds.length > 0 && kinds.every((kind) => kind === "passed");
  const positions = checked.flatMap(({ verdict }) =>
    verdict.kind === "fault" && verdict.position !== undefined ? [verdict.position] : [],
  );
  return {
    outcome: isFailed ? "failed" : isPassed ? "passed" : "undecided",
    stats: statsOf(checked),
    firstDiff: positions.length === 0 ? NO_DIFF : Math.min(...positions),
  };
}

function statsOf(checked: readonly CheckedSegment[]): Bytes32 {
  const scores = checked.flatMap(({ miner, replica, segment, score }) =>
    score === undefined ? [] : [{ miner, replica, segment, score: { ...score } }],
  );
  return scores.length === 0 ? ZERO_BYTES32 : keccak256(utf8ToBytes(canonicalJson(scores)));
}
