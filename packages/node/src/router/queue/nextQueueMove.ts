import type { SessionTaskRecord } from "@cortensor/chain";
import type { UnixSeconds } from "@cortensor/protocol";

/** What a router has of a task in the queue. */
export type QueueHolding = {
  /** It gave the task to its miners: it runs it, and nobody else does. */
  readonly isOwn: boolean;
  /** `idle`: not begun since this start. `ended`: how it ended is known, and nothing is charged yet. `closed`: it was charged, or there is nothing to. */
  readonly run: "idle" | "running" | "ended" | "closed";
  /** Of one that ended: whether there is an answer that could be paid. */
  readonly hasAnswer: boolean;
};

export type QueueMove =
  | "assign"
  | "run"
  /** Charge what the miners committed to, and write the receipt. */
  | "settle"
  /** Nobody waits for it any more. */
  | "stop"
  | "expire"
  | "wait"
  | "forget";

/** What a router does next for a task that it may assign. Pure. */
export function nextQueueMove(
  task: Pick<SessionTaskRecord, "phase" | "deadlineSeconds" | "seats"> | undefined,
  { isOwn, run, hasAnswer }: QueueHolding,
  nowSeconds: UnixSeconds,
): QueueMove {
  const isOver = task === undefined || task.phase === "ended";
  const hasCommits = task?.phase === "committed" || isOver;
  if (run === "ended" && (hasCommits || !hasAnswer)) return "settle";
  if (isOver) return run === "running" ? "stop" : "forget";
  if (nowSeconds >= task.deadlineSeconds) return "expire";
  if (task.phase === "enqueued") return "assign";
  const isWorking = task.phase === "assigned" || task.phase === "acked";
  // After a restart: whoever bound itself to a result before has no use for another one.
  const isFresh = !task.seats.some(({ hasPrecommitted }) => hasPrecommitted);
  return isWorking && isOwn && run === "idle" && isFresh ? "run" : "wait";
}
