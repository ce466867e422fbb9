import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { CheckedTask } from "../checkTask.js";
import type { DutySource } from "../dutySource.js";
import type { TaskToCheck } from "../fetchDutyEvidence.js";
import { createDrawOpenings } from "./drawOpenings.js";
import { type Opening, type OpenTaskParts, openTask } from "./openTask.js";

/** A validator's part in opening sealed tasks. */
export type Openings = {
  /** Whom the beacon drew for which of an epoch's tasks. Undefined while nobody can say. */
  drawn(epoch: number, signal: AbortSignal): Promise<ReadonlyMap<Bytes32, Address> | undefined>;
  /** Opens each and checks it, again and again while too few guards release their shares. Gives by task what was found by the signal; nothing of one that can't be opened. */
  find(epoch: number, tasks: readonly TaskToCheck[], signal: AbortSignal): Promise<ReadonlyMap<Bytes32, CheckedTask>>;
};

export function createOpenings(
  parts: OpenTaskParts & {
    readonly source: Pick<DutySource, "drawnFrom">;
    readonly pollMs: number;
    readonly clock: Pick<Clock, "sleep">;
  },
): Openings {
  const { pollMs, clock, log } = parts;
  const draw = createDrawOpenings(parts);
  /** Undefined: to be tried again. */
  const tryOne = async (
    of: { readonly epoch: number; readonly task: TaskToCheck },
    signal: AbortSignal,
  ): Promise<Exclude<Opening, { kind: "tooFew" }> | undefined> => {
    const { epoch, task } = of;
    try {
      const opening = await openTask(of, parts, signal);
      if (opening.kind !== "tooFew") return opening;
      const { good, threshold, wrong } = opening;
      log.warn("Too few guards released their shares", { epoch, taskId: task.id, good, threshold, wrong: [...wrong] });
    } catch (error) {
      if (!signal.aborted) log.warn("A drawn task could not be opened", { epoch, taskId: task.id }, error);
    }
    return undefined;
  };
  return {
    drawn: async (epoch, signal) => (await draw(epoch, signal))?.validators,
    find: async (epoch, tasks, signal) => {
      const found = new Map<Bytes32, CheckedTask>();
      let left = tasks;
      for (;;) {
        const again: TaskToCheck[] = [];
        for (const task of left) {
          if (signal.aborted) return found;
          const opening = await tryOne({ epoch, task }, signal);
          if (opening === undefined) again.push(task);
          if (opening?.kind !== "found") continue;
          const { miner, finding, why } = opening;
          found.set(task.id, finding);
          const said = { outcome: finding.outcome, firstDiff: finding.firstDiff };
          log.info("A drawn task was opened", { epoch, taskId: task.id, miner, ...said, ...(why && { why }) });
        }
        if (again.length === 0) return found;
        left = again;
        try {
          await clock.sleep(pollMs, signal);
        } catch (error) {
          if (signal.aborted) return found;
          throw error;
        }
      }
    },
  };
}
