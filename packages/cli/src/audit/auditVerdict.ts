import type { Difference } from "@cortensor/books";
import { createChainReader, type NetworkProfile, readAttestedRoot } from "@cortensor/chain";
import { type Bytes32, type DutyTimes, dutyTimes, type SetEntry, setEntryId } from "@cortensor/protocol";
import { type Missing, unpublished } from "./missing.js";
import type { ReadSet } from "./readSets.js";
import { replayChain } from "./replayChain.js";
import { readSettledTasks, type SettledTask } from "./settledTasks.js";

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
    readonly duties: DutyTimes;
  };
  readonly differences: readonly Difference[];
  readonly missing: readonly Missing[];
};

/** What was found of one task, as far as public data says: where it was settled, when its duties are drawn and shown, and what isn't there. */
export async function auditVerdict(
  profile: NetworkProfile,
  parts: { readonly taskId: Bytes32; readonly readSet: ReadSet },
): Promise<AuditedVerdict> {
  const { taskId, readSet } = parts;
  const id = setEntryId(taskId);
  let found: SettledTask | undefined;
  const differences = await readSettledTasks(await replayChain(profile), {
    readSet,
    times: profile,
    beforeSeconds: Number.POSITIVE_INFINITY,
    take: (task) => {
      if (task.entry.id === id) found = task;
    },
  });
  if (found === undefined) {
    const missing = [{ what: `task ${taskId}`, why: "no published set of a settlement has it" }];
    return { id, differences, missing };
  }
  const { entry, epoch, settlement } = found;
  const { settlementId, lane } = settlement.settled;
  const { blockNumber } = settlement;
  const kind = "results" as const;
  const asked = { subjectChainId: profile.chainId, kind, epoch };
  const resultsRoot = await readAttestedRoot(createChainReader({ profile }), asked);
  const shown = { settlementId, lane, blockNumber, epoch, entry, duties: dutyTimes(profile, epoch) };
  const task = { ...shown, ...(resultsRoot === undefined ? {} : { resultsRoot }) };
  return { id, task, differences, missing: missingOf(epoch) };
}

function missingOf(epoch: number): readonly Missing[] {
  return unpublished([
    `validators' commitments to duty secrets of epoch ${epoch}, and the secrets`,
    "verdicts of the first tier",
    "planted results and their openings",
    "verdicts of the second tier and votes of a jury",
  ]);
}
