import {
  enqueueTask,
  hashTask,
  NETWORK_PHASES,
  NETWORK_TASK_SECONDS_MAX,
  type NetworkEvent,
  type NetworkTask,
  nextNetworkTask,
  nextSessionTask,
  requestNetworkTask,
  SESSION_PHASES,
  SESSION_TASK_SECONDS_MAX,
  type SessionEvent,
  type SessionTask,
  type Step,
} from "@cortensor/protocol";
import { networkModel } from "./networkModel.js";
import {
  ASSIGNER,
  address,
  CLIENT,
  CREATORS,
  DOMAIN,
  MINERS,
  PREPARERS,
  queuedTask,
  SCORERS,
  SOLVERS,
  START_SECONDS,
  STRANGER,
  seat,
  TASK_ID,
  word,
  workOf,
} from "./parties.js";
import { sessionModel } from "./sessionModel.js";
import type { Machine } from "./taskTrace.js";

const WORK_SECONDS = 300;

/** The session queue's machine, for a task of so many copies. */
export function sessionMachine(redundancy: number): Machine<SessionTask, SessionEvent> {
  const taskId = hashTask(queuedTask(redundancy));
  const parties = { client: CLIENT, assigner: ASSIGNER };
  const of = { startSeconds: START_SECONDS, redundancy, workSeconds: WORK_SECONDS, ...parties };
  const miners = MINERS.slice(0, redundancy);
  const awaitedEvent = (kind: string, name: string): SessionEvent => {
    const by = name as SessionTask["client"];
    switch (kind) {
      case "assign":
        return { kind, by, miners };
      case "precommit":
        return { kind, by, hash: workOf(by, taskId).hash };
      case "commit":
        return { kind, by, resultHash: workOf(by, taskId).resultHash, salt: workOf(by, taskId).salt };
      case "end":
        return { kind, by };
      default:
        return { kind: "ack", by };
    }
  };
  return {
    start: stateOf(enqueueTask({ ...of, taskId, domain: DOMAIN, nowSeconds: START_SECONDS, ...parties, redundancy })),
    next: nextSessionTask,
    model: (log, nowSeconds) => sessionModel({ ...of, miners }, log, nowSeconds),
    awaitedEvent,
    anyEvent: (dice) => {
      const kind = dice.pick(["assign", "ack", "precommit", "commit", "end"]);
      const by = dice.pick([...MINERS, CLIENT, ASSIGNER, STRANGER]);
      const event = awaitedEvent(kind, by);
      if (dice.below(2) === 0) return { event, isRight: true };
      const wrong = dice.pick([[], [STRANGER, STRANGER], [...MINERS, STRANGER]]);
      if (event.kind === "assign") return { event: { ...event, miners: wrong }, isRight: false };
      if (event.kind === "commit") return { event: { ...event, salt: word("another salt") }, isRight: false };
      return { event, isRight: true };
    },
    phases: SESSION_PHASES,
    place: ({ phase }) => SESSION_PHASES.indexOf(phase),
    secondsMax: SESSION_TASK_SECONDS_MAX,
  };
}

/** The network task's machine, with so many solvers and scorers. */
export function networkMachine(solving: number, scoring: number): Machine<NetworkTask, NetworkEvent> {
  const [solvers, scorers] = [SOLVERS.slice(0, solving), SCORERS.slice(0, scoring)];
  const nodes = (seats: typeof SOLVERS): readonly string[] => seats.map(({ node }) => node);
  const seats = { creators: CREATORS, preparers: PREPARERS };
  const awaitedEvent = (kind: string, name: string, shown = 1): NetworkEvent => {
    const by = name as (typeof SOLVERS)[number]["node"];
    switch (kind) {
      case "create":
        return { kind, by, topicHash: word("topic") };
      case "prepare":
        return { kind, by, questionsHash: word("questions") };
      case "start":
        return { kind, solvers, scorers };
      case "precommit":
        return { kind, by, hash: workOf(by).hash };
      case "commit":
        return { kind, by, resultHash: workOf(by).resultHash, salt: workOf(by).salt };
      default:
        return { kind: "score", by, good: Array.from({ length: shown }, (_, index) => index % 2 === 0) };
    }
  };
  const request = { taskId: TASK_ID, domain: DOMAIN, difficulty: 3, ...seats, nowSeconds: START_SECONDS };
  let shown = 1;
  return {
    start: stateOf(requestNetworkTask(request)),
    // Scores are one for each result that was shown: how many, the last task tells.
    next: (task, event, nowSeconds) => {
      shown = task.commits.arrived.length;
      return nextNetworkTask(task, event, nowSeconds);
    },
    model: (log, nowSeconds) =>
      networkModel(
        {
          startSeconds: START_SECONDS,
          creators: nodes(CREATORS),
          preparers: nodes(PREPARERS),
          solvers: nodes(solvers),
          scorers: nodes(scorers),
        },
        log,
        nowSeconds,
      ),
    awaitedEvent: (kind, by) => awaitedEvent(kind, by, shown),
    anyEvent: (dice, task) => {
      const kind = dice.pick(["create", "prepare", "start", "precommit", "commit", "score"]);
      const by = dice.pick([...CREATORS, ...PREPARERS, ...SOLVERS, ...SCORERS].map(({ node }) => node));
      const event = awaitedEvent(kind, by, task.commits.arrived.length);
      if (dice.below(2) === 0) return { event, isRight: true };
      if (event.kind === "commit") return { event: { ...event, salt: word("another salt") }, isRight: false };
      if (event.kind === "score") return { event: { ...event, good: [...event.good, true] }, isRight: false };
      if (event.kind !== "start") return { event, isRight: true };
      const [maker = seat("none")] = [task.creators[task.creatorTurn]];
      const ofMaker = { node: address("another"), owner: maker.owner };
      const wrong = dice.pick([[], [maker], [ofMaker], [...solvers, ...solvers], scorers]);
      return { event: { ...event, solvers: wrong }, isRight: false };
    },
    phases: NETWORK_PHASES,
    place: ({ phase }) => NETWORK_PHASES.indexOf(phase),
    secondsMax: NETWORK_TASK_SECONDS_MAX,
  };
}

export function stateOf<State>(step: Step<State, string>): State {
  if (step.kind === "refused") throw new Error(step.refusal);
  return step.state;
}
