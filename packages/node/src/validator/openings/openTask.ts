import { checkOpened, type DutyFinding, uncheckedFinding } from "@cortensor/proof";
import { type Address, type Bytes32, hashResult, resultsHash, type SealedSample } from "@cortensor/protocol";
import { type OpenedSealed, type OpenSealedParts, openSealed } from "../../host/index.js";
import type { CheckedTask, Checker } from "../checkTask.js";
import type { DutyEvidence, FetchDutyEvidence, TaskToCheck } from "../fetchDutyEvidence.js";

export type OpenTaskParts = OpenSealedParts & {
  /** As seeds take it. */
  readonly readBeacon: (epoch: number) => Promise<Bytes32 | undefined>;
  readonly fetchEvidence: FetchDutyEvidence;
  readonly openChecker: (signal: AbortSignal) => Promise<Checker>;
};

/** What became of a drawn task. */
export type Opening =
  /** No router of its lane shows a sample of it: it was open, or its client lets nobody open it. */
  | { readonly kind: "nothing" }
  | Extract<OpenedSealed, { kind: "tooFew" }>
  /** `why`: what of the sample isn't what its miner signed, or its client shared out. */
  | { readonly kind: "found"; readonly miner: Address; readonly finding: CheckedTask; readonly why?: string };

/** Opens a task that this validator was drawn for, and checks it as one that came in the open. */
export async function openTask(
  { epoch, task }: { readonly epoch: number; readonly task: TaskToCheck },
  parts: OpenTaskParts,
  signal: AbortSignal,
): Promise<Opening> {
  const evidence = await parts.fetchEvidence({ task, epoch, isSealed: true }, signal);
  const sealed = evidence?.sealed;
  if (evidence === undefined || sealed === undefined || !isSettled(sealed, task)) return { kind: "nothing" };
  const { miner } = sealed.result;
  const undecided = (why: string): Opening => ({ kind: "found", miner, finding: UNDECIDED, why });
  const opened = await openSealed(sealed, { epoch, dispute: 0 }, parts, signal);
  if (opened.kind === "tooFew") return opened;
  if (opened.kind === "faulty") return undecided(opened.why);
  // Of the epoch that the settled receipt names: a sample doesn't say it.
  const beacon = await parts.readBeacon(evidence.epoch);
  if (beacon === undefined) return undecided("noBeacon");
  const { engine, calibration } = await parts.openChecker(signal);
  const options = { signal, ...(calibration === undefined ? {} : { calibration }) };
  const { finding, isAccused } = await checkOpened(engine, { ...sealed, sample: opened.sample }, { beacon }, options);
  return { kind: "found", miner, finding: isAccused ? accusing(finding, { evidence, sealed }) : finding };
}

const UNDECIDED: DutyFinding = uncheckedFinding("undecided");

/** What a dispute takes, and what judges are shown: the receipt, and the ciphertext that guards open for them. */
function accusing(
  finding: DutyFinding,
  { evidence, sealed }: { readonly evidence: DutyEvidence; readonly sealed: SealedSample },
): CheckedTask {
  const { miner, replica, segment } = sealed.result;
  return { ...finding, accusation: { accused: [{ miner, replica, segment }], evidence: { ...evidence, sealed } } };
}

/** The last segment's result is the one that was settled. */
function isSettled({ result }: SealedSample, { resultsHash: settled }: TaskToCheck): boolean {
  return resultsHash([hashResult(result)]) === settled;
}
