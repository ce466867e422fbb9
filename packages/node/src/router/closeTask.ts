import { buildReceipt } from "./buildReceipt.js";
import type { RouterCore } from "./routerCore.js";
import type { TaskOutcome } from "./runTask.js";
import { acknowledgementKey } from "./segment.js";

/** A task has ended: its hold becomes a charge, its segments a receipt. Nothing here waits. */
export function closeTask(core: RouterCore, outcome: TaskOutcome, holdId: number): void {
  const { plan, payout, finish, results, miners } = outcome;
  const { taskId, caller, sessionClass, epoch, startedAtMs } = plan;
  core.tasks.remove(taskId);
  try {
    core.books.release(holdId, payout.feeWei);
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
    const segment = payout.payees.at(-1)?.segment ?? 0;
    const supersedes = acknowledgementKey({ taskId, segment });
    core.desk.issue({ ...built, supersedes, ...(keyHash === undefined ? {} : { keyHash }) });
  } else core.limits.drop(caller.account);
  if (!core.hub.isWatched) return;
  const { feeWei, paidIn: nIn, paidOut: nOut } = payout;
  const addresses = miners.map(({ miner }) => miner);
  core.hub.emit({ kind: "taskEnded", taskId, finish, nIn, nOut, feeWei, miners: addresses, atMs: nowMs });
}
