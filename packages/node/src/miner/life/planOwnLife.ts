import {
  grantsOf,
  levelAt,
  NODE_DEADLINE_RULES,
  type NodeState,
  nextNodeDeadline,
  nodeLifeAt,
  SILENCE_SECONDS,
} from "@cortensor/protocol";
import type { LifeView, PlannedAct } from "./lifeView.js";

/** From one sign of life to the next: two more may fail before the node counts as silent. */
export const PING_SECONDS: number = SILENCE_SECONDS / 3;

/** States in which the pool takes a ping. */
const PINGING: readonly NodeState[] = NODE_DEADLINE_RULES.verification.from;
/** Those that a first ping makes active. */
const UNHEARD: readonly NodeState[] = ["unregistered", "registered", "verified", "silent"];

/** What the node does about its own life: at most one act at a time, since each is decided by what the one before made of it. */
export function planOwnLife(view: LifeView): readonly PlannedAct[] {
  const { life, registry, nowSeconds } = view;
  const due = nextNodeDeadline(life);
  if (due !== undefined && due.atSeconds <= nowSeconds) {
    return [{ act: { kind: "expireNode" }, atSeconds: due.atSeconds }];
  }
  if (isUnheeded(view)) return [{ act: { kind: "heed" }, atSeconds: nowSeconds }];
  if (!registry.isVerified) return [];
  const ping = { act: { kind: "ping" }, atSeconds: pingAt(view) } as const;
  if (ping.atSeconds <= nowSeconds) return [ping];
  return [ping, ...planPool(view)];
}

/** Whether the registry says something that the pool hasn't heard, and that no ping would tell it at once. */
function isUnheeded({ life, registry }: LifeView): boolean {
  if (registry.hasLeft) return life.state !== "left" && life.state !== "unregistered";
  if (!registry.isVerified) return PINGING.includes(life.state);
  return !UNHEARD.includes(life.state) && life.verifiedUntilSeconds !== registry.expiresSeconds;
}

function pingAt({ life, nowSeconds }: LifeView): number {
  return UNHEARD.includes(life.state) ? nowSeconds : life.seenAtSeconds + PING_SECONDS;
}

function planPool({ life: stored, nowSeconds, isForPool }: LifeView): readonly PlannedAct[] {
  const life = nodeLifeAt(stored, nowSeconds);
  if (life.state === "ephemeral" && !isForPool) return [{ act: { kind: "leavePool" }, atSeconds: nowSeconds }];
  const mayEnter = life.state === "assessed" && grantsOf(levelAt(life, nowSeconds)).mayEnterPool;
  return mayEnter && isForPool
    ? [{ act: { kind: "enterPool" }, atSeconds: Math.max(life.coolUntilSeconds, life.sinceSeconds) }]
    : [];
}
