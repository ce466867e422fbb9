import { type DisputeRecord, epochAt } from "@cortensor/chain";
import type { Engine } from "@cortensor/engine";
import { checkDisputed, type DutyFinding } from "@cortensor/proof";
import { type Bytes32, type EpochTimes, hashResult, type SegmentBody } from "@cortensor/protocol";

/** What is shown of a disputed result; the receipt's epoch where there is a receipt. */
export type ShownCase = { readonly bodies: readonly SegmentBody[]; readonly epoch?: number };

/** No task takes longer, from its assignment to its deadline. */
const TASK_SECONDS_MAX = 900;
/** A router that can't read the chain assigns by a beacon so many epochs old, at most. */
const EPOCHS_UNREAD_MAX = 16;

export type JudgeResultParts = {
  /** That a task of an epoch takes its seed from; undefined while it isn't known. */
  readonly readSeedBeacon: (epoch: number) => Promise<Bytes32 | undefined>;
  readonly times: EpochTimes;
  readonly fetchEvidence: (dispute: DisputeRecord, signal: AbortSignal) => Promise<ShownCase | undefined>;
  /** An engine, once it has nothing more urgent to do: users' tasks go first. */
  readonly openChecker: (signal: AbortSignal) => Promise<{ readonly engine: Engine }>;
};

/** Makes a disputed result again, by what is shown of it. Undefined where nobody shows it. Rejects when the engine fails, and when the signal aborts. */
export async function judgeResult(
  dispute: DisputeRecord,
  { readSeedBeacon, times, fetchEvidence, openChecker }: JudgeResultParts,
  signal: AbortSignal,
): Promise<DutyFinding | undefined> {
  const { resultHash } = dispute;
  const evidence = await fetchEvidence(dispute, signal);
  const body = evidence?.bodies.find(({ result }) => hashResult(result) === resultHash);
  if (evidence === undefined || body === undefined) return undefined;
  const epochs = epochsOf(body, { times, first: evidence.epoch });
  const read = await Promise.all(epochs.map((epoch) => readSeedBeacon(epoch)));
  const beacons = read.filter((beacon) => beacon !== undefined);
  const { engine } = await openChecker(signal);
  return checkDisputed(engine, evidence.bodies, { beacons }, { resultHash, signal });
}

/** The epochs that a task may have been assigned in, by its deadline, that of its receipt first. */
function epochsOf(
  { task }: SegmentBody,
  of: { readonly times: EpochTimes; readonly first: number | undefined },
): readonly number[] {
  const last = epochAt(of.times, task.deadline) + 1;
  const earliest = Math.max(0, epochAt(of.times, task.deadline - TASK_SECONDS_MAX) - EPOCHS_UNREAD_MAX);
  const epochs = Array.from({ length: last - earliest + 1 }, (_, at) => last - at);
  const { first } = of;
  return first !== undefined && epochs.includes(first) ? [first, ...epochs.filter((epoch) => epoch !== first)] : epochs;
}
