import { type Bytes32, taskFinding, type VerdictOutcome, type WorkFinding } from "@cortensor/protocol";
import type { DutyBoard } from "./dutyBoard.js";
import type { LeafRange } from "./readLeaves.js";

/**
 * What became final in the records of an epoch: of the tasks of the second epoch before, whose verdicts were shown in it. A pass counts for each of a task's payees,
 * once, however many checked it; what anybody suspects counts nothing before a jury, nor does what was planted. Undefined while a set isn't shown.
 */
export function createReadFindings(board: Pick<DutyBoard, "recompute">) {
  return async (
    { epoch }: Pick<LeafRange, "epoch">,
    signal: AbortSignal,
  ): Promise<readonly WorkFinding[] | undefined> => {
    if (epoch < 2) return [];
    const found = await board.recompute(epoch - 2, signal);
    if (found === "hidden") return undefined;
    const planted = new Set(found.plants.map(({ taskId }) => taskId));
    const checks = new Map<Bytes32, VerdictOutcome[]>();
    for (const { taskId, outcome } of found.verdicts) {
      if (!planted.has(taskId)) checks.set(taskId, [...(checks.get(taskId) ?? []), outcome]);
    }
    return [...checks].flatMap(([id, outcomes]) => {
      const finding = taskFinding({ checks: outcomes });
      const payees = found.settled.get(id)?.payees ?? [];
      return finding === undefined ? [] : payees.map((miner) => ({ id, miner, finding }));
    });
  };
}
