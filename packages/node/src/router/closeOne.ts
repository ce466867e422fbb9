import type { CheckedView, InferEvent } from "@cortensor/api";
import type { Payout } from "@cortensor/protocol";
import type { StartParts } from "./inference.js";
import { labelAnswer } from "./labelAnswer.js";
import type { TaskPlan } from "./planTask.js";
import type { ReplicaEnd } from "./replicaRun.js";
import type { RouterCore } from "./routerCore.js";
import type { SeenPart } from "./seenPart.js";

/** The next turn of a conversation is best served where this one ended. */
export function rememberAuthor(
  core: RouterCore,
  { warmTag }: Pick<StartParts, "warmTag">,
  { work, workers }: ReplicaEnd,
): void {
  const last = work.isFinished ? workers.at(-1) : undefined;
  if (last !== undefined) {
    core.affinity.remember(warmTag, last.miner);
  }
}

/** Charges a task of one copy, and says how it ended. */
export function closeOne(
  core: RouterCore,
  parts: StartParts & {
    readonly plan: TaskPlan;
    readonly end: ReplicaEnd;
    readonly payout: Payout;
    readonly checked?: CheckedView;
    /** Parts of answers before this one. */
    readonly before?: readonly SeenPart[];
  },
): InferEvent {
  const { request, admitted, plan, end, payout, checked, before = [] } = parts;
  const { finish, work, workers, results, checkpoints, refusal } = end;
  const { ownersOfClass } = admitted.entry;
  const label = labelAnswer({ request, workers, copies: 1, finish, ownersOfClass });
  const miners = [...new Set(workers.map(({ seat }) => seat))];
  const answered = refusal === undefined ? label : undefined;
  const isSeeded = request.params.userSeed !== undefined;
  const seen = { parts: [...before, ...end.parts], isSeeded };
  const copies = payout.payees.length === 0 ? [] : [{ work, result: results.at(-1) }];
  const outcome = { plan, finish, payout, copies, results, checkpoints, miners, ...seen, label: answered };
  parts.closing(core, outcome, admitted.holdId);
  if (refusal !== undefined) return { kind: "failed", refusal };
  const { paidIn: nIn, paidOut: nOut, feeWei } = payout;
  const { taskId } = plan;
  const segments = work.segments.length;
  return { kind: "done", taskId, finish, nIn, nOut, feeWei, segments, label, ...(checked && { checked }) };
}
