import type { DisputeOutcome } from "./dispute.js";
import type { JuryVerdict } from "./juryVerdict.js";
import type { VerdictOutcome } from "./verdict.js";

/** What all tiers together have found of one miner's result; undefined while nothing is decided. */
export type TaskFinding = "passed" | "failed";

/**
 * What counts of an audited result, once, however many checked it. A jury's word is the last. Before a jury nobody is found wrong: a suspicion is a reason to look
 * again. Checks that couldn't decide say nothing.
 */
export function taskFinding(of: {
  /** First tier, of all who were drawn. */
  readonly checks: readonly VerdictOutcome[];
  readonly dispute?: DisputeOutcome;
  readonly jury?: JuryVerdict;
}): TaskFinding | undefined {
  if (of.jury !== undefined) return of.jury === "cleared" ? "passed" : "failed";
  if (of.dispute !== undefined) return of.dispute === "cleared" ? "passed" : undefined;
  if (of.checks.some((outcome) => outcome === "failed" || outcome === "withheld")) return undefined;
  return of.checks.includes("passed") ? "passed" : undefined;
}
