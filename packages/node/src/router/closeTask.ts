import type {
  Bytes32,
  FinishReason,
  Payout,
  ProofLabel,
  ProvenCheckpoint,
  ReplicaWork,
  SealingLabel,
} from "@cortensor/protocol";
import { buildReceipt } from "./buildReceipt.js";
import type { MinerSeat } from "./minerSeat.js";
import type { TaskPlan } from "./planTask.js";
import type { RouterCore } from "./routerCore.js";
import type { SeenPart } from "./seenPart.js";
import { acknowledgementKey } from "./segment.js";

/** How a task ended, for its receipt. */
export type TaskOutcome = {
  readonly plan: TaskPlan;
  readonly finish: FinishReason;
  readonly payout: Payout;
  /** Struct hashes of the results that are paid for, in order of (replica, segment). */
  readonly results: readonly Bytes32[];
  /** See `ReplicaEnd`; asked when the receipt is signed. */
  readonly checkpoints?: () => readonly ProvenCheckpoint[];
  readonly miners: readonly MinerSeat[];
  /** What is told in public of its miners' parts. */
  readonly parts: readonly SeenPart[];
  /** Its client chose the seed. */
  readonly isSeeded: boolean;
  /** Its client sealed it. */
  readonly isSealed?: true;
  /** Who could read it, where its client sealed it to anybody. */
  readonly sealing?: SealingLabel | undefined;
  /** What the answer may be called; undefined without one. */
  readonly label: ProofLabel | undefined;
};

/** The same with what its payout is made of: each copy that is paid, and its result if it came to one. */
export type CopiesOutcome = TaskOutcome & {
  readonly copies: readonly { readonly work: ReplicaWork; readonly result: Bytes32 | undefined }[];
};

/** A task has ended: its hold becomes a charge, its segments a receipt. Nothing here waits. */
export function closeTask(core: RouterCore, outcome: TaskOutcome, holdId: number): void {
  const { plan, payout, finish, results, checkpoints, miners, parts, isSeeded, isSealed, label, sealing } = outcome;
  const { taskId, caller, sessionClass, epoch, startedAtMs } = plan;
  core.tasks.remove(taskId);
  core.work.end({ taskId, modelId: plan.task.modelId, isSeeded, isSealed, parts });
  try {
    core.books.release(holdId, { taskId, feeWei: payout.feeWei });
  } catch (error) {
    core.log.error("A hold could not be released", { taskId, feeWei: payout.feeWei.toString() }, error);
  }
  const nowMs = core.clock.nowMs();
  core.metrics.tasks.add({ outcome: finish });
  core.metrics.taskSeconds.observe({}, (nowMs - startedAtMs) / 1_000);
  core.metrics.tokensOut.add({}, payout.paidOut);
  if (finish !== "error" && plan.task.maxOut > 0 && miners.length > 0) core.outputTokens.add(payout.paidOut);
  if (payout.payees.length > 0) {
    const { account, keyHash, custody } = caller;
    const { operator } = core;
    const task = { taskId, account, operator, custody, sessionClass, epoch };
    const built = buildReceipt({ ...task, finish, payout, results });
    const { replica, segment } = payout.payees.at(-1) ?? { replica: 0, segment: 0 };
    const supersedes = acknowledgementKey({ taskId, replica, segment });
    const known = {
      ...(keyHash === undefined ? {} : { keyHash }),
      ...(label === undefined ? {} : { label }),
      ...(sealing === undefined ? {} : { sealing }),
      ...(checkpoints === undefined ? {} : { checkpoints }),
    };
    core.desk.issue({ ...built, supersedes, ...known });
  } else {
    core.sinks.drop(taskId);
    core.limits.drop(caller.account);
  }
  if (!core.hub.isWatched) return;
  const { feeWei, paidIn: nIn, paidOut: nOut } = payout;
  const addresses = miners.map(({ miner }) => miner);
  core.hub.emit({ kind: "taskEnded", taskId, finish, nIn, nOut, feeWei, miners: addresses, atMs: nowMs });
}
