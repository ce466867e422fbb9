import type { Engine } from "@cortensor/engine";
import { hasCode, type SegmentBody } from "@cortensor/protocol";
import type { Calibration } from "../calibration/calibration.js";
import { type CheckedSegment, checkBodies } from "./checkBodies.js";
import type { SeedFacts } from "./claimOfBodies.js";
import { type DutyFinding, dutyFinding, uncheckedFinding } from "./dutyFinding.js";

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
): Promise<DutyFinding> {
  const { modelId, kernelClass } = engine.describe();
  if (bodies.length === 0 || bodies.some(({ task }) => task.modelId !== modelId)) return uncheckedFinding("undecided");
  try {
    const checked = await checkBodies(engine, bodies, facts, { ...options, hasReplay: false });
    const isOwnClass = bodies.every(({ result }) => result.kernelClass === kernelClass);
    if (!isOwnClass || checked.every(isDecided)) return dutyFinding(checked);
    return dutyFinding(await checkBodies(engine, bodies, facts, { ...options, hasReplay: true }));
  } catch (error) {
    if (hasCode(error, "PROOF_BAD_CLAIM")) return uncheckedFinding("undecided");
    throw error;
  }
}

function isDecided({ verdict }: CheckedSegment): boolean {
  return verdict.kind === "passed" || verdict.kind === "fault";
}
