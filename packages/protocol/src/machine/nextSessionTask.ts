import { type Address, type Bytes32, isAddress, isBytes32, type UnixSeconds, ZERO_BYTES32 } from "../primitives.js";
import { type TimeRefusal, timeRefusal } from "./deadline.js";
import { opensPrecommit } from "./precommit.js";
import {
  arrivalOf,
  arrivedSeats,
  hasAllArrived,
  openRound,
  type Round,
  type RoundRefusal,
  roundRefusal,
  withArrival,
} from "./round.js";
import { SESSION_SECONDS, type SessionEnding, type SessionPhase, type SessionTask } from "./sessionTask.js";
import { isWhole, moved, refused, type Step } from "./step.js";

export type SessionEvent =
  | { readonly kind: "assign"; readonly by: Address; readonly miners: readonly Address[] }
  | { readonly kind: "ack"; readonly by: Address }
  | { readonly kind: "precommit"; readonly by: Address; readonly hash: Bytes32 }
  | { readonly kind: "commit"; readonly by: Address; readonly resultHash: Bytes32; readonly salt: Bytes32 }
  /** The client has seen what arrived. */
  | { readonly kind: "end"; readonly by: Address }
  /** Anyone's: what the phase waits for is late. */
  | { readonly kind: "expire" };

export type SessionRefusal =
  | TimeRefusal
  | RoundRefusal
  /** Not what the phase waits for. */
  | "phaseOther"
  /** No miner, more than copies were asked for, or one twice. */
  | "seatsBad"
  /** The commit doesn't show what was precommitted. */
  | "commitOther";
export type SessionStep = Step<SessionTask, SessionRefusal>;

/** The phase in which each event is awaited. */
export const SESSION_EVENT_PHASES: Readonly<
  Record<Exclude<SessionEvent["kind"], "expire">, Exclude<SessionPhase, "ended">>
> = {
  assign: "enqueued",
  ack: "assigned",
  precommit: "acked",
  commit: "precommitted",
  end: "committed",
};

/** What an event makes of a task of the session queue. Defined for all of them: a refused one has a name and changes nothing. */
export function nextSessionTask(task: SessionTask, event: SessionEvent, nowSeconds: UnixSeconds): SessionStep {
  const timing = { ...task, isEnded: task.phase === "ended" };
  const untimely = timeRefusal(timing, { isExpire: event.kind === "expire", nowSeconds });
  if (untimely !== undefined) return refused(untimely);
  if (event.kind === "expire") return moved(afterPhase(task, task.deadlineSeconds));
  if (SESSION_EVENT_PHASES[event.kind] !== task.phase) return refused("phaseOther");
  switch (event.kind) {
    case "assign":
      return event.by === task.assigner ? assign(task, event.miners, nowSeconds) : refused("notYours");
    case "ack": {
      const refusal = roundRefusal(task.acks, event.by);
      if (refusal !== undefined) return refused(refusal);
      const acks = withArrival<true>(task.acks, { by: event.by, value: true, atSeconds: nowSeconds });
      return inRound({ ...task, acks }, acks, nowSeconds);
    }
    case "precommit": {
      const refusal = roundRefusal(task.precommits, event.by);
      if (refusal !== undefined) return refused(refusal);
      if (!isBytes32(event.hash) || event.hash === ZERO_BYTES32) return refused("outOfRange");
      const precommits = withArrival(task.precommits, { by: event.by, value: event.hash, atSeconds: nowSeconds });
      return inRound({ ...task, precommits }, precommits, nowSeconds);
    }
    case "commit":
      return commit(task, event, nowSeconds);
    case "end":
      return event.by === task.client ? moved(afterPhase(task, nowSeconds)) : refused("notYours");
  }
}

function assign(task: SessionTask, miners: readonly Address[], nowSeconds: UnixSeconds): SessionStep {
  const isEachOnce = new Set(miners).size === miners.length && miners.every(isAddress);
  if (!isWhole(miners.length, 1, task.redundancy) || !isEachOnce) return refused("seatsBad");
  return moved(atPhase({ ...task, acks: openRound(miners) }, "assigned", nowSeconds));
}

function commit(
  task: SessionTask,
  event: { readonly by: Address; readonly resultHash: Bytes32; readonly salt: Bytes32 },
  nowSeconds: UnixSeconds,
): SessionStep {
  const refusal = roundRefusal(task.commits, event.by);
  if (refusal !== undefined) return refused(refusal);
  if (!isBytes32(event.resultHash) || !isBytes32(event.salt)) return refused("outOfRange");
  const precommit = arrivalOf(task.precommits, event.by);
  const { taskId } = task;
  const parts = { ...task.domain, taskId, miner: event.by, salt: event.salt, resultHash: event.resultHash };
  if (precommit === undefined || !opensPrecommit(precommit, parts)) return refused("commitOther");
  const commits = withArrival(task.commits, { by: event.by, value: event.resultHash, atSeconds: nowSeconds });
  return inRound({ ...task, commits }, commits, nowSeconds);
}

/** The task after one more arrival: on to what follows when it was the last one. */
function inRound<Value>(task: SessionTask, round: Round<Value>, nowSeconds: UnixSeconds): SessionStep {
  return moved(hasAllArrived(round) ? afterPhase(task, nowSeconds) : { ...task, atSeconds: nowSeconds });
}

/** What follows a phase, whole or late: the next one with who has arrived, or the end. */
function afterPhase(task: SessionTask, atSeconds: UnixSeconds): SessionTask {
  switch (task.phase) {
    case "enqueued":
      return ended(task, "unassigned", atSeconds);
    case "assigned": {
      const seats = arrivedSeats(task.acks);
      if (seats.length === 0) return ended(task, "unacked", atSeconds);
      return atPhase({ ...task, precommits: openRound(seats) }, "acked", atSeconds);
    }
    case "acked": {
      const seats = arrivedSeats(task.precommits);
      if (seats.length === 0) return ended(task, "unanswered", atSeconds);
      return atPhase({ ...task, commits: openRound(seats) }, "precommitted", atSeconds);
    }
    case "precommitted":
      if (task.commits.arrived.length === 0) return ended(task, "unrevealed", atSeconds);
      return atPhase(task, "committed", atSeconds);
    default:
      return ended(task, task.commits.arrived.length === task.redundancy ? "whole" : "partial", atSeconds);
  }
}

function atPhase(task: SessionTask, phase: Exclude<SessionPhase, "ended">, atSeconds: UnixSeconds): SessionTask {
  const seconds = phase === "acked" ? task.workSeconds : SESSION_SECONDS[phase];
  return { ...task, phase, atSeconds, deadlineSeconds: atSeconds + seconds };
}

function ended(task: SessionTask, ending: SessionEnding, atSeconds: UnixSeconds): SessionTask {
  return { ...task, phase: "ended", ending, atSeconds, deadlineSeconds: atSeconds };
}
