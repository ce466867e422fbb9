import type { UnixSeconds } from "../primitives.js";
import type { Reservation } from "./reservation.js";

/** Where a node is in its life. The order is the number on chain. */
export const NODE_STATES = [
  /** Nobody has registered it. */
  "unregistered",
  /** An operator owns it. Nothing is known of it, or no longer. */
  "registered",
  /** It answered a challenge with its registered key and kernel class. */
  "verified",
  /** It pings. The network gives it tasks of its own, to find its level. */
  "active",
  /** Its level is known and fresh. */
  "assessed",
  /** In the pool: any session may be given it. */
  "ephemeral",
  /** Bound to one session for a while. */
  "reserved",
  /** Out of a reservation. It is assessed again before it enters the pool. */
  "released",
  /** Its owner keeps it for the sessions that named it: never drawn, and no level needed. */
  "dedicated",
  /** It stopped pinging. */
  "silent",
  /** Its owner ended it, for good. */
  "left",
] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** A node that stays silent this long is no longer counted on. */
export const SILENCE_SECONDS = 3_600;
/** How long a level counts: the last second of the thirtieth day is in, as in `NodeLevels`. */
export const LEVEL_SECONDS = 30 * 86_400 + 1;
/** Longest verification, as in `Registry`. */
export const VERIFICATION_SECONDS_MAX = 30 * 86_400;
/** From leaving the pool, or a reservation, until a node may enter the pool again. */
export const POOL_COOL_SECONDS = 600;

/** All that is known of one node. A contract keeps the same fields. */
export type NodeLife = {
  readonly state: NodeState;
  /** When it came to this state. */
  readonly sinceSeconds: UnixSeconds;
  /** When anything of this changed last. No event may be earlier. */
  readonly atSeconds: UnixSeconds;
  /** First second at which its verification no longer holds; 0 without one. */
  readonly verifiedUntilSeconds: UnixSeconds;
  /** Of its last ping. */
  readonly seenAtSeconds: UnixSeconds;
  /** Since when it has been pinging without a break; 0 while it isn't. What draws take candidates by. */
  readonly activeSinceSeconds: UnixSeconds;
  /** 0…10; 0 while unknown. Where no deadline of it runs it may be old: see `levelAt`. */
  readonly level: number;
  /** First second at which the level no longer counts; 0 without one. */
  readonly levelUntilSeconds: UnixSeconds;
  /** First second at which it may enter the pool again. */
  readonly coolUntilSeconds: UnixSeconds;
  /** While reserved. */
  readonly reservation: Reservation | undefined;
};

export const UNREGISTERED: NodeLife = {
  state: "unregistered",
  sinceSeconds: 0,
  atSeconds: 0,
  verifiedUntilSeconds: 0,
  seenAtSeconds: 0,
  activeSinceSeconds: 0,
  level: 0,
  levelUntilSeconds: 0,
  coolUntilSeconds: 0,
  reservation: undefined,
};

/** What a node that is no longer verified, or no longer heard of, has lost. */
export const FORGOTTEN = { activeSinceSeconds: 0, level: 0, levelUntilSeconds: 0 } as const;

/** The node in another state, with whatever else changes. Whoever comes out of the pool cools down, and out of a reservation leaves it. */
export function enterState(
  life: NodeLife,
  next: { readonly state: NodeState; readonly atSeconds: UnixSeconds },
  changes: Partial<NodeLife> = {},
): NodeLife {
  const { state, atSeconds } = next;
  const isBound = (each: NodeState): boolean => each === "ephemeral" || each === "reserved";
  const coolUntilSeconds =
    isBound(life.state) && !isBound(state) ? atSeconds + POOL_COOL_SECONDS : life.coolUntilSeconds;
  return { ...life, reservation: undefined, coolUntilSeconds, ...changes, state, sinceSeconds: atSeconds, atSeconds };
}

/** The level that counts at a second. */
export function levelAt({ level, levelUntilSeconds }: NodeLife, nowSeconds: UnixSeconds): number {
  return nowSeconds < levelUntilSeconds ? level : 0;
}
