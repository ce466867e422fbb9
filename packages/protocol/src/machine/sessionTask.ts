import { REDUNDANCY_MAX } from "../limits.js";
import { type Address, type Bytes32, isAddress, isBytes32, type UnixSeconds } from "../primitives.js";
import { isPrecommitDomain, type PrecommitDomain } from "./precommit.js";
import { openRound, type Round } from "./round.js";
import { isSecond, isWhole, moved, refused, type Step } from "./step.js";

/** How far a task of the session queue is. The order is the number on chain. */
export const SESSION_PHASES = ["enqueued", "assigned", "acked", "precommitted", "committed", "ended"] as const;
export type SessionPhase = (typeof SESSION_PHASES)[number];

/** How long each phase waits for what leads on; the work itself as long as the task says. */
export const SESSION_SECONDS: Readonly<Record<Exclude<SessionPhase, "ended" | "acked">, number>> = {
  enqueued: 120,
  assigned: 60,
  precommitted: 120,
  /** The client looks at what arrived. */
  committed: 600,
};
/** Longest time for the work of one task. */
export const WORK_SECONDS_MAX = 3_600;
/** Longest that a task can take, however late everybody is. */
export const SESSION_TASK_SECONDS_MAX: number =
  WORK_SECONDS_MAX + Object.values(SESSION_SECONDS).reduce((sum, seconds) => sum + seconds, 0);

/** How a task ended: with every copy, with some, or what nobody did in time. */
export const SESSION_ENDINGS = ["whole", "partial", "unassigned", "unacked", "unanswered", "unrevealed"] as const;
export type SessionEnding = (typeof SESSION_ENDINGS)[number];

export type SessionTask = {
  readonly taskId: Bytes32;
  readonly domain: PrecommitDomain;
  /** The session's owner: it may end the task once it has seen what arrived. */
  readonly client: Address;
  /** Who may assign it: the session's router, or the pool. */
  readonly assigner: Address;
  /** Copies asked for: so many miners at most. */
  readonly redundancy: number;
  /** Time for the work, from the last ack to the precommit. */
  readonly workSeconds: number;
  readonly phase: SessionPhase;
  /** Of the last event or deadline. */
  readonly atSeconds: UnixSeconds;
  /** First second at which what the phase waits for is late; after the end, that of the end. */
  readonly deadlineSeconds: UnixSeconds;
  /** Seats: the assigned miners. */
  readonly acks: Round<true>;
  /** Seats: who has acked. */
  readonly precommits: Round<Bytes32>;
  /** Seats: who has precommitted. Values: hashes of results. */
  readonly commits: Round<Bytes32>;
  /** Once ended. */
  readonly ending: SessionEnding | undefined;
};

/** A new task in the queue. */
export function enqueueTask(of: {
  readonly taskId: Bytes32;
  readonly domain: PrecommitDomain;
  readonly client: Address;
  readonly assigner: Address;
  readonly redundancy: number;
  readonly workSeconds: number;
  readonly nowSeconds: UnixSeconds;
}): Step<SessionTask, "outOfRange"> {
  const { nowSeconds, ...task } = of;
  const isBounded = isWhole(of.redundancy, 1, REDUNDANCY_MAX) && isWhole(of.workSeconds, 1, WORK_SECONDS_MAX);
  const isNamed =
    isBytes32(of.taskId) && isPrecommitDomain(of.domain) && isAddress(of.client) && isAddress(of.assigner);
  if (!isSecond(nowSeconds) || !isBounded || !isNamed) return refused("outOfRange");
  return moved({
    ...task,
    phase: "enqueued",
    atSeconds: nowSeconds,
    deadlineSeconds: nowSeconds + SESSION_SECONDS.enqueued,
    acks: openRound([]),
    precommits: openRound([]),
    commits: openRound([]),
    ending: undefined,
  });
}
