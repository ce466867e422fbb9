import type { Difference } from "@cortensor/books";
import { createChainReader, readAttestedRoot, readHead } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  type DutyTally,
  type DutyTimes,
  dutyTimes,
  type SetEntry,
  setEntryId,
  type TaskFinding,
  taskFinding,
  type VerdictOutcome,
} from "@cortensor/protocol";
import { type Missing, unpublished } from "./missing.js";
import type { PublicData } from "./publicData.js";

/** A validator that had to check the task, and what it showed in time; absent: it missed it. */
export type FoundDuty = { readonly validator: Address; readonly outcome?: VerdictOutcome };

/** What became of the duties of the task's epoch. */
export type FoundEpoch = {
  /** Of this task. */
  readonly duties: readonly FoundDuty[];
  /** What the first tier alone says of it; absent while nothing is decided. */
  readonly finding?: TaskFinding;
  /** Who committed to a secret and didn't show it: what it had to check nobody knows. */
  readonly silent: readonly Address[];
  /** Whose planted result it was; absent when it is none. */
  readonly planter?: Address;
  /** Of all tasks of the epoch, by validator: what is to be paid. */
  readonly tallies: readonly DutyTally[];
};

export type AuditedVerdict = {
  /** The task's id in settlement sets, results roots and duties. */
  readonly id: Bytes32;
  /** Absent when no settlement has it. */
  readonly task?: {
    readonly settlementId: Bytes32;
    readonly lane: `0x${string}`;
    readonly blockNumber: bigint;
    /** Under whose results root it is, and by whose secrets its duties are drawn. */
    readonly epoch: number;
    /** The results root that was posted for it; absent when it stayed empty, and the next root has the task. */
    readonly resultsRoot?: Bytes32;
    readonly entry: SetEntry;
    readonly times: DutyTimes;
    /** Absent before its duties are shown. */
    readonly found?: FoundEpoch;
  };
  readonly differences: readonly Difference[];
  readonly missing: readonly Missing[];
};

/** What was found of one task, as far as public data says: where it was settled, who had to check it, what they said, and what isn't there. */
export async function auditVerdict(data: PublicData, taskId: Bytes32): Promise<AuditedVerdict> {
  const { profile } = data;
  const id = setEntryId(taskId);
  const { tasks, differences } = await data.readSettled(Number.POSITIVE_INFINITY);
  const settled = tasks.find(({ entry }) => entry.id === id);
  if (settled === undefined) {
    const missing = [{ what: `task ${taskId}`, why: "no published set of a settlement has it" }];
    return { id, differences, missing };
  }
  const { entry, epoch, settlement } = settled;
  const { settlementId, lane } = settlement.settled;
  const { blockNumber } = settlement;
  const asked = { subjectChainId: profile.chainId, kind: "results" as const, epoch };
  const resultsRoot = await readAttestedRoot(createChainReader({ profile }), asked);
  const found = await findDuties(data, { id, epoch });
  const shown = { settlementId, lane, blockNumber, epoch, entry, times: dutyTimes(profile, epoch) };
  const task = { ...shown, ...(resultsRoot === undefined ? {} : { resultsRoot }), ...found.task };
  return { id, task, differences, missing: [...found.missing, ...MISSING] };
}

async function findDuties(
  { profile, work, signal }: PublicData,
  { id, epoch }: { readonly id: Bytes32; readonly epoch: number },
): Promise<{ readonly task: { readonly found?: FoundEpoch }; readonly missing: readonly Missing[] }> {
  const chain = createChainReader({ profile });
  const { shownBefore } = dutyTimes(profile, epoch);
  const what = `duties of epoch ${epoch}`;
  if ((await readHead(chain)).timestamp < shownBefore)
    return { task: {}, missing: [{ what, why: "they may still be shown" }] };
  const all = await work.board.recompute(epoch, signal);
  if (all === "hidden") return { task: {}, missing: [{ what, why: "a set that they are drawn from isn't shown" }] };
  const outcomes = new Map(
    all.verdicts.filter(({ taskId }) => taskId === id).map(({ validator, outcome }) => [validator, outcome]),
  );
  const duties = all.duties
    .filter(({ taskId }) => taskId === id)
    .map(({ validator }): FoundDuty => {
      const outcome = outcomes.get(validator);
      return outcome === undefined ? { validator } : { validator, outcome };
    });
  const planter = all.plants.find(({ taskId }) => taskId === id)?.planter;
  const finding = planter === undefined ? taskFinding({ checks: [...outcomes.values()] }) : undefined;
  const { missing: silent, tallies } = all;
  const shown = { duties, silent, tallies, ...(finding && { finding }), ...(planter && { planter }) };
  return { task: { found: shown }, missing: [] };
}

const MISSING = unpublished(["verdicts of the second tier and votes of a jury"]);
