import { LEVEL_MAX } from "../limits.js";
import { type Address, type Bytes32, isAddress, isBytes32, type UnixSeconds, ZERO_BYTES32 } from "../primitives.js";
import { isPrecommitDomain, type PrecommitDomain } from "./precommit.js";
import { openRound, type Round } from "./round.js";
import { isSecond, isWhole, moved, refused, type Step } from "./step.js";

/** How far a task of the network's own is: what has been reached last. The order is the number on chain. */
export const NETWORK_PHASES = [
  "requested",
  "created",
  "prepared",
  "started",
  "precommitted",
  "committed",
  "ended",
] as const;
export type NetworkPhase = (typeof NETWORK_PHASES)[number];

/** How long each phase waits for what leads on. In the first two it is each seat's turn that lasts so long. */
export const NETWORK_SECONDS: Readonly<Record<Exclude<NetworkPhase, "ended">, number>> = {
  requested: 60,
  created: 300,
  /** Three epochs: solvers are drawn in the second after this one. */
  prepared: 1_800,
  started: 120,
  precommitted: 120,
  committed: 600,
};

/** Seats of each role. Of creators and preparers one acts, the others stand by. */
export const CREATORS_MAX = 3;
export const PREPARERS_MAX = 3;
export const SOLVERS_MAX = 7;
export const SCORERS_MAX = 3;
/** Longest that a task can take, however late everybody is. */
export const NETWORK_TASK_SECONDS_MAX: number =
  CREATORS_MAX * NETWORK_SECONDS.requested +
  PREPARERS_MAX * NETWORK_SECONDS.created +
  NETWORK_SECONDS.prepared +
  NETWORK_SECONDS.started +
  NETWORK_SECONDS.precommitted +
  NETWORK_SECONDS.committed;

/** How a task ended: scored, or what nobody did in time. */
export const NETWORK_ENDINGS = [
  "scored",
  "uncreated",
  "unprepared",
  "unstarted",
  "unanswered",
  "unrevealed",
  "unscored",
] as const;
export type NetworkEnding = (typeof NETWORK_ENDINGS)[number];

export type Seat = { readonly node: Address; readonly owner: Address };

export type NetworkTask = {
  readonly taskId: Bytes32;
  readonly domain: PrecommitDomain;
  /** 1…10: see `DEMANDS`. */
  readonly difficulty: number;
  readonly phase: NetworkPhase;
  /** Of the last event or deadline. */
  readonly atSeconds: UnixSeconds;
  /** First second at which what the phase waits for is late; after the end, that of the end. */
  readonly deadlineSeconds: UnixSeconds;
  /** In the order of their turns. */
  readonly creators: readonly Seat[];
  /** Whose turn it is, or was when it was created; 0 first. */
  readonly creatorTurn: number;
  readonly preparers: readonly Seat[];
  readonly preparerTurn: number;
  /** Of the topic; zero until created. */
  readonly topicHash: Bytes32;
  /** Of the questions; zero until prepared. */
  readonly questionsHash: Bytes32;
  readonly startedAtSeconds: UnixSeconds;
  readonly scorers: readonly Seat[];
  /** Seats: the solvers. */
  readonly precommits: Round<Bytes32>;
  /** Seats: who has precommitted. Values: hashes of results. */
  readonly commits: Round<Bytes32>;
  /** Seats: the scorers. Values: for each seat of `commits` that arrived, in the order of the seats, whether its result is good. */
  readonly scores: Round<readonly boolean[]>;
  /** Once ended. */
  readonly ending: NetworkEnding | undefined;
};

/** A new task, with who may create and prepare it. */
export function requestNetworkTask(of: {
  readonly taskId: Bytes32;
  readonly domain: PrecommitDomain;
  readonly difficulty: number;
  readonly creators: readonly Seat[];
  readonly preparers: readonly Seat[];
  readonly nowSeconds: UnixSeconds;
}): Step<NetworkTask, "outOfRange" | "seatsBad"> {
  const { taskId, domain, difficulty, creators, preparers, nowSeconds } = of;
  if (!isSecond(nowSeconds) || !isWhole(difficulty, 1, LEVEL_MAX)) return refused("outOfRange");
  if (!isBytes32(taskId) || !isPrecommitDomain(domain)) return refused("outOfRange");
  if (!isWhole(creators.length, 1, CREATORS_MAX) || !isWhole(preparers.length, 1, PREPARERS_MAX))
    return refused("seatsBad");
  if (!areApart([...creators, ...preparers])) return refused("seatsBad");
  return moved({
    taskId,
    domain,
    difficulty,
    phase: "requested",
    atSeconds: nowSeconds,
    deadlineSeconds: nowSeconds + NETWORK_SECONDS.requested,
    creators,
    creatorTurn: 0,
    preparers,
    preparerTurn: 0,
    topicHash: ZERO_BYTES32,
    questionsHash: ZERO_BYTES32,
    startedAtSeconds: 0,
    scorers: [],
    precommits: openRound([]),
    commits: openRound([]),
    scores: openRound([]),
    ending: undefined,
  });
}

/** Who made the task and its questions: the seats whose turn it was. Neither, nor a node of their owners, solves or scores it. */
export function makersOf({ creators, creatorTurn, preparers, preparerTurn }: NetworkTask): readonly Seat[] {
  return [creators[creatorTurn], preparers[preparerTurn]].filter((seat) => seat !== undefined);
}

/** Whether these are seats of as many nodes and as many owners. */
export function areApart(seats: readonly Seat[]): boolean {
  if (!seats.every(({ node, owner }) => isAddress(node) && isAddress(owner))) return false;
  const count = (values: readonly Address[]): number => new Set(values).size;
  return (
    count(seats.map(({ node }) => node)) === seats.length && count(seats.map(({ owner }) => owner)) === seats.length
  );
}
