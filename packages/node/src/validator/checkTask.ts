import type { Engine } from "@cortensor/engine";
import { type AccusedSegment, type Calibration, checkDuty, type DutyFinding, uncheckedFinding } from "@cortensor/proof";
import type { DutyEvidence, FetchDutyEvidence, TaskToCheck } from "./fetchDutyEvidence.js";
import type { ValidatorChain } from "./validatorChain.js";
import { ValidatorError } from "./validatorError.js";

/** An engine that is asked to check, and what its model's record says of thresholds. */
export type Checker = { readonly engine: Engine; readonly calibration?: Calibration };

/** What was found of a task, and, where somebody's results are to be judged by others, whose, with all that was shown of it. */
export type CheckedTask = DutyFinding & {
  readonly accusation?: { readonly accused: readonly AccusedSegment[]; readonly evidence: DutyEvidence };
};

/** Comes to a finding about one task. Rejects when it can't now, and when the signal aborts. */
export type CheckTask = (
  wanted: { readonly task: TaskToCheck; readonly epoch: number },
  signal: AbortSignal,
) => Promise<CheckedTask>;

export type CheckTaskParts = {
  readonly chain: Pick<ValidatorChain, "readBeacon">;
  readonly fetchEvidence: FetchDutyEvidence;
  /** The checker, once it has nothing more urgent to do: users' tasks go first. */
  readonly openChecker: (signal: AbortSignal) => Promise<Checker>;
};

/** Finds out about a task by what its lane shows of it and with the own engine. Rejects when the engine fails, too. */
export function createCheckTask({ chain, fetchEvidence, openChecker }: CheckTaskParts): CheckTask {
  return async (wanted, signal) => {
    const evidence = await fetchEvidence(wanted, signal);
    if (evidence === undefined) return uncheckedFinding("withheld");
    const why = whyUnchecked(evidence);
    if (why !== undefined) return uncheckedFinding(why);
    const beacon = await chain.readBeacon(evidence.epoch);
    if (beacon === undefined) throw new ValidatorError({ code: "VALIDATOR_BEACON_UNKNOWN", epoch: evidence.epoch });
    const { engine, calibration } = await openChecker(signal);
    const options = { signal, ...(calibration === undefined ? {} : { calibration }) };
    const { finding, accused } = await checkDuty(engine, evidence.bodies, { beacon }, options);
    return accused.length === 0 ? finding : { ...finding, accusation: { accused, evidence } };
  };
}

/** A task without output, an embedding for one, has no body that anybody could show. */
function whyUnchecked({ outputTokens, bodies, missing }: DutyEvidence): "undecided" | "withheld" | undefined {
  if (outputTokens === 0) return "undecided";
  if (missing.length > 0) return "withheld";
  return bodies.length === 0 ? "undecided" : undefined;
}
