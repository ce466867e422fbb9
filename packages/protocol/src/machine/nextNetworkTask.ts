import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { type CommitEvent, committed, isHash, type PrecommitEvent, precommitted } from "./answerRounds.js";
import { type TimeRefusal, timeRefusal } from "./deadline.js";
import {
  areApart,
  makersOf,
  NETWORK_SECONDS,
  type NetworkEnding,
  type NetworkPhase,
  type NetworkTask,
  SCORERS_MAX,
  type Seat,
  SOLVERS_MAX,
} from "./networkTask.js";
import {
  arrivedSeats,
  hasAllArrived,
  openRound,
  type Round,
  type RoundRefusal,
  roundRefusal,
  withArrival,
} from "./round.js";
import { isWhole, moved, refused, type Step } from "./step.js";

export type NetworkEvent =
  | { readonly kind: "create"; readonly by: Address; readonly topicHash: Bytes32 }
  | { readonly kind: "prepare"; readonly by: Address; readonly questionsHash: Bytes32 }
  /** Anyone's. Whether the beacon drew these, `drawJudged` tells. */
  | { readonly kind: "start"; readonly solvers: readonly Seat[]; readonly scorers: readonly Seat[] }
  | ({ readonly kind: "precommit" } & PrecommitEvent)
  | ({ readonly kind: "commit" } & CommitEvent)
  | { readonly kind: "score"; readonly by: Address; readonly good: readonly boolean[] }
  /** Anyone's: what the phase waits for is late. */
  | { readonly kind: "expire" };

export type NetworkRefusal =
  | TimeRefusal
  | RoundRefusal
  /** Not what the phase waits for. */
  | "phaseOther"
  /** Too many or too few seats, two of one owner, or one of who made the task. */
  | "seatsBad"
  /** The commit doesn't show what was precommitted. */
  | "commitOther";
export type NetworkStep = Step<NetworkTask, NetworkRefusal>;

/** The phase in which each event is awaited. */
export const NETWORK_EVENT_PHASES: Readonly<
  Record<Exclude<NetworkEvent["kind"], "expire">, Exclude<NetworkPhase, "ended">>
> = {
  create: "requested",
  prepare: "created",
  start: "prepared",
  precommit: "started",
  commit: "precommitted",
  score: "committed",
};

/** What an event makes of a task of the network's own. Defined for all of them: a refused one has a name and changes nothing. */
export function nextNetworkTask(task: NetworkTask, event: NetworkEvent, nowSeconds: UnixSeconds): NetworkStep {
  const timing = { ...task, isEnded: task.phase === "ended" };
  const untimely = timeRefusal(timing, { isExpire: event.kind === "expire", nowSeconds });
  if (untimely !== undefined) return refused(untimely);
  if (event.kind === "expire") return moved(afterDeadline(task));
  if (NETWORK_EVENT_PHASES[event.kind] !== task.phase) return refused("phaseOther");
  switch (event.kind) {
    case "create":
      if (task.creators[task.creatorTurn]?.node !== event.by) return refused("notYours");
      if (!isHash(event.topicHash)) return refused("outOfRange");
      return moved(atPhase({ ...task, topicHash: event.topicHash }, "created", nowSeconds));
    case "prepare":
      if (task.preparers[task.preparerTurn]?.node !== event.by) return refused("notYours");
      if (!isHash(event.questionsHash)) return refused("outOfRange");
      return moved(atPhase({ ...task, questionsHash: event.questionsHash }, "prepared", nowSeconds));
    case "start":
      return start(task, event, nowSeconds);
    case "precommit": {
      const step = precommitted(task, event, nowSeconds);
      return step.kind === "refused" ? step : inRound({ ...task, precommits: step.state }, step.state, nowSeconds);
    }
    case "commit": {
      const step = committed(task, event, nowSeconds);
      return step.kind === "refused" ? step : inRound({ ...task, commits: step.state }, step.state, nowSeconds);
    }
    case "score": {
      const refusal = roundRefusal(task.scores, event.by);
      if (refusal !== undefined) return refused(refusal);
      if (event.good.length !== task.commits.arrived.length) return refused("outOfRange");
      const scores = withArrival(task.scores, { by: event.by, value: event.good, atSeconds: nowSeconds });
      return inRound({ ...task, scores }, scores, nowSeconds);
    }
  }
}

function start(
  task: NetworkTask,
  { solvers, scorers }: { readonly solvers: readonly Seat[]; readonly scorers: readonly Seat[] },
  nowSeconds: UnixSeconds,
): NetworkStep {
  const isSized = isWhole(solvers.length, 1, SOLVERS_MAX) && isWhole(scorers.length, 1, SCORERS_MAX);
  if (!isSized || !areApart([...makersOf(task), ...solvers, ...scorers])) return refused("seatsBad");
  const precommits = openRound<Bytes32>(solvers.map(({ node }) => node));
  return moved(atPhase({ ...task, scorers, precommits, startedAtSeconds: nowSeconds }, "started", nowSeconds));
}

/** The task after one more arrival: on to what follows when it was the last one. */
function inRound<Value>(task: NetworkTask, round: Round<Value>, nowSeconds: UnixSeconds): NetworkStep {
  return moved(hasAllArrived(round) ? afterRound(task, nowSeconds) : { ...task, atSeconds: nowSeconds });
}

/** What follows a round: the next one of who has arrived, or the end. */
function afterRound(task: NetworkTask, atSeconds: UnixSeconds): NetworkTask {
  switch (task.phase) {
    case "started": {
      const seats = arrivedSeats(task.precommits);
      if (seats.length === 0) return ended(task, "unanswered", atSeconds);
      return atPhase({ ...task, commits: openRound(seats) }, "precommitted", atSeconds);
    }
    case "precommitted": {
      if (task.commits.arrived.length === 0) return ended(task, "unrevealed", atSeconds);
      const scores = openRound<readonly boolean[]>(task.scorers.map(({ node }) => node));
      return atPhase({ ...task, scores }, "committed", atSeconds);
    }
    default:
      return ended(task, task.scores.arrived.length === 0 ? "unscored" : "scored", atSeconds);
  }
}

/** The task after its deadline, as of the deadline's own second: the next one's turn, what follows with what arrived, or the end. */
function afterDeadline(task: NetworkTask): NetworkTask {
  const atSeconds = task.deadlineSeconds;
  switch (task.phase) {
    case "requested": {
      const creatorTurn = task.creatorTurn + 1;
      if (creatorTurn >= task.creators.length) return ended(task, "uncreated", atSeconds);
      return atPhase({ ...task, creatorTurn }, "requested", atSeconds);
    }
    case "created": {
      const preparerTurn = task.preparerTurn + 1;
      if (preparerTurn >= task.preparers.length) return ended(task, "unprepared", atSeconds);
      return atPhase({ ...task, preparerTurn }, "created", atSeconds);
    }
    case "prepared":
      return ended(task, "unstarted", atSeconds);
    default:
      return afterRound(task, atSeconds);
  }
}

function atPhase(task: NetworkTask, phase: Exclude<NetworkPhase, "ended">, atSeconds: UnixSeconds): NetworkTask {
  return { ...task, phase, atSeconds, deadlineSeconds: atSeconds + NETWORK_SECONDS[phase] };
}

function ended(task: NetworkTask, ending: NetworkEnding, atSeconds: UnixSeconds): NetworkTask {
  return { ...task, phase: "ended", ending, atSeconds, deadlineSeconds: atSeconds };
}
