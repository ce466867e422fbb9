import { type DisputeRecord, epochAt } from "@cortensor/chain";
import type { Engine } from "@cortensor/engine";
import { checkDisputed, checkOpenedDispute, type DutyFinding, uncheckedFinding } from "@cortensor/proof";
import { type Bytes32, type EpochTimes, hashResult, type SealedSample, type SegmentBody } from "@cortensor/protocol";
import type { OpenedSealed } from "../host/index.js";

/** What is shown of a disputed result; the receipt's epoch where there is a receipt. */
export type ShownCase = {
  readonly bodies: readonly SegmentBody[];
  readonly sealed?: SealedSample;
  readonly epoch?: number;
};

/** No task takes longer, from its assignment to its deadline. */
const TASK_SECONDS_MAX = 900;
/** A router that can't read the chain assigns by a beacon so many epochs old, at most. */
const EPOCHS_UNREAD_MAX = 16;

export type JudgeResultParts = {
  /** That a task of an epoch takes its seed from; undefined while it isn't known. */
  readonly readSeedBeacon: (epoch: number) => Promise<Bytes32 | undefined>;
  readonly times: EpochTimes;
  readonly fetchEvidence: (dispute: DisputeRecord, signal: AbortSignal) => Promise<ShownCase | undefined>;
  /** Has guards open a sealed result for who sits in its dispute. Absent: it judges none. */
  readonly openSealed?: OpenCase;
  /** An engine, once it has nothing more urgent to do: users' tasks go first. */
  readonly openChecker: (signal: AbortSignal) => Promise<{ readonly engine: Engine }>;
};

/** Opens a sealed task for who sits in a dispute; the epoch is that of its receipt. */
export type OpenCase = (
  sample: SealedSample,
  of: { readonly epoch: number; readonly dispute: number },
  signal: AbortSignal,
) => Promise<OpenedSealed>;

/** Makes a disputed result again, by what is shown of it. Undefined where nobody shows it, or too few guards open it. Rejects when the engine fails, and when the signal aborts. */
export async function judgeResult(
  dispute: DisputeRecord,
  parts: JudgeResultParts,
  signal: AbortSignal,
): Promise<DutyFinding | undefined> {
  const { readSeedBeacon, times, fetchEvidence, openChecker, openSealed } = parts;
  const { resultHash, number } = dispute;
  const evidence = await fetchEvidence(dispute, signal);
  const body = evidence?.bodies.find(({ result }) => hashResult(result) === resultHash);
  const sealed = evidence?.sealed;
  const shown = body ?? sealed;
  if (evidence === undefined || shown === undefined) return undefined;
  const epochs = epochsOf(shown, { times, first: evidence.epoch });
  const read = await Promise.all(epochs.map((epoch) => readSeedBeacon(epoch)));
  const beacons = read.filter((beacon) => beacon !== undefined);
  if (body === undefined && sealed !== undefined) {
    const opened = await openSealed?.(sealed, { epoch: evidence.epoch ?? 0, dispute: number }, signal);
    if (opened === undefined || opened.kind === "tooFew") return undefined;
    // Whose fault it is, the client's, the router's or the miner's, nobody can tell from outside.
    if (opened.kind === "faulty") return uncheckedFinding("undecided");
    const { engine } = await openChecker(signal);
    return checkOpenedDispute(engine, { ...sealed, sample: opened.sample }, { beacons }, signal);
  }
  const { engine } = await openChecker(signal);
  return checkDisputed(engine, evidence.bodies, { beacons }, { resultHash, signal });
}

/** The epochs that a task may have been assigned in, by its deadline, that of its receipt first. */
function epochsOf(
  { task }: Pick<SegmentBody, "task">,
  of: { readonly times: EpochTimes; readonly first: number | undefined },
): readonly number[] {
  const last = epochAt(of.times, task.deadline) + 1;
  const earliest = Math.max(0, epochAt(of.times, task.deadline - TASK_SECONDS_MAX) - EPOCHS_UNREAD_MAX);
  const epochs = Array.from({ length: last - earliest + 1 }, (_, at) => last - at);
  const { first } = of;
  return first !== undefined && epochs.includes(first) ? [first, ...epochs.filter((epoch) => epoch !== first)] : epochs;
}
