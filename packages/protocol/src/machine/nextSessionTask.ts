import { type Address, isAddress, type UnixSeconds } from "../primitives.js";
import { type CommitEvent, committed, type PrecommitEvent, precommitted } from "./answerRounds.js";
import { type TimeRefusal, timeRefusal } from "./deadline.js";
import {
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
  | ({ readonly kind: "precommit" } & PrecommitEvent)
  | ({ readonly kind: "commit" } & CommitEvent)
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
      const step = precommitted(task, event, nowSeconds);
      return step.kind === "refused" ? step : inRound({ ...task, precommits: step.state }, step.state, nowSeconds);
    }
    case "commit": {
      const step = committed(task, event, nowSeconds);
      return step.kind === "refused" ? step : inRound({ ...task, commits: step.state }, step.state, nowSeconds);
    }
    case "end":
      return event.by === task.client ? moved(afterPhase(task, nowSeconds)) : refused("notYours");
  }
}

function assign(task: SessionTask, miners: readonly Address[], nowSeconds: UnixSeconds): SessionStep {
  const isEachOnce = new Set(miners).size === miners.length && miners.every(isAddress);
  if (!isWhole(miners.length, 1, task.redundancy) || !isEachOnce) return refused("seatsBad");
  return moved(atPhase({ ...task, acks: openRound(miners) }, "assigned", nowSeconds));
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
