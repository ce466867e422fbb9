import type { Engine } from "@cortensor/engine";
import { hasCode, type SegmentBody } from "@cortensor/protocol";
import type { Calibration } from "../calibration/calibration.js";
import { isLargeEnough } from "../calibration/maySlash.js";
import { type CheckedSegment, checkBodies } from "./checkBodies.js";
import type { SeedFacts } from "./claimOfBodies.js";
import { type DutyFinding, dutyFinding, uncheckedFinding } from "./dutyFinding.js";

/** One miner's part of a task, as its result names it. */
export type AccusedSegment = Pick<CheckedSegment, "miner" | "replica" | "segment">;

/** What a validator found of a task, and whose results it would have judged by others. */
export type CheckedDuty = {
  readonly finding: DutyFinding;
  /** A contradiction, a replay that differs, or above thresholds that rest on enough runs for a slash: not what is merely suspect. */
  readonly accused: readonly AccusedSegment[];
};

/**
 * A validator's check of a task, of all bodies that its receipt names: the first tier's check, judged by the calibration. What that leaves open, and what it suspects, is made
 * again where every body is of the engine's own kernel class: that is exact, needs no threshold, and clears honest work. Bodies of another model, and such as don't fit
 * together, decide nothing.
 * @throws CodedError the engine's own
 */
export async function checkDuty(
  engine: Engine,
  bodies: readonly SegmentBody[],
  facts: SeedFacts,
  options: { readonly calibration?: Calibration; readonly signal: AbortSignal },
): Promise<CheckedDuty> {
  const { modelId, kernelClass } = engine.describe();
  if (bodies.length === 0 || bodies.some(({ task }) => task.modelId !== modelId)) return NOTHING_DECIDED;
  try {
    const checked = await checkBodies(engine, bodies, facts, { ...options, hasReplay: false });
    const isOwnClass = bodies.every(({ result }) => result.kernelClass === kernelClass);
    if (!isOwnClass || checked.every(isDecided)) return toDuty(checked);
    return toDuty(await checkBodies(engine, bodies, facts, { ...options, hasReplay: true }));
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return NOTHING_DECIDED;
    throw error;
  }
}

const NOTHING_DECIDED: CheckedDuty = { finding: uncheckedFinding("undecided"), accused: [] };

function toDuty(checked: readonly CheckedSegment[]): CheckedDuty {
  const accused = checked.filter(mayAccuse).map(({ miner, replica, segment }) => ({ miner, replica, segment }));
  return { finding: dutyFinding(checked), accused };
}

function mayAccuse({ verdict, pair }: CheckedSegment): boolean {
  return verdict.kind === "fault" || (verdict.kind === "suspect" && pair !== undefined && isLargeEnough(pair));
}

function isDecided({ verdict }: CheckedSegment): boolean {
  return verdict.kind === "passed" || verdict.kind === "fault";
}
