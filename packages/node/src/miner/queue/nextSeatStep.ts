import type { SessionSeat, SessionTaskRecord } from "@cortensor/chain";
import { type Address, SESSION_PHASES, type SessionPhase, type UnixSeconds } from "@cortensor/protocol";

/** A miner that did its own step enforces a deadline that the router should have: this much later, so that not everybody sends. */
export const EXPIRE_GRACE_SECONDS = 15;

/** What a miner has of a task that it has a seat in. */
export type SeatHolding = {
  /** Its work is running, or done. */
  readonly isTaken: boolean;
  readonly hasResult: boolean;
};

/** `over`: nothing is left to do here. */
export type SeatStep = "ack" | "precommit" | "commit" | "expire" | "wait" | "over";

/** What a seat's miner does next. Pure. `task` is undefined when the queue has none of that id. */
export function nextSeatStep(
  task: Pick<SessionTaskRecord, "phase" | "deadlineSeconds" | "seats"> | undefined,
  holding: SeatHolding,
  { miner, nowSeconds }: { readonly miner: Address; readonly nowSeconds: UnixSeconds },
): SeatStep {
  const seat = task?.seats.find((one) => one.miner === miner);
  if (task === undefined || task.phase === "ended") return "over";
  // A notice may be ahead of the chain that is read.
  if (seat === undefined) return task.phase === "enqueued" ? "wait" : "over";
  if (seat.hasCommitted || hasMissed(task.phase, seat)) return "over";
  const isDue = nowSeconds >= task.deadlineSeconds;
  const isDone = task.phase === "assigned" ? seat.hasAcked : task.phase === "acked" && seat.hasPrecommitted;
  if (isDone) return nowSeconds >= task.deadlineSeconds + EXPIRE_GRACE_SECONDS ? "expire" : "wait";
  if (isDue) return "over";
  if (task.phase === "assigned") return holding.isTaken || holding.hasResult ? "ack" : "wait";
  if (task.phase === "acked") return holding.hasResult ? "precommit" : "wait";
  return "commit";
}

/** A round that went on without this seat. */
function hasMissed(phase: SessionPhase, seat: SessionSeat): boolean {
  if (!seat.hasAcked) return isPast(phase, "assigned");
  return seat.hasPrecommitted ? isPast(phase, "precommitted") : isPast(phase, "acked");
}

function isPast(phase: SessionPhase, wanted: SessionPhase): boolean {
  return SESSION_PHASES.indexOf(phase) > SESSION_PHASES.indexOf(wanted);
}
