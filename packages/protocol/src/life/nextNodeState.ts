import { LEVEL_MAX } from "../limits.js";
import { isSecond, isWhole, moved, refused, type Step } from "../machine/step.js";
import type { UnixSeconds } from "../primitives.js";
import { grantsOf } from "./levelGrants.js";
import { afterNodeDeadline, dueNodeDeadline } from "./nodeDeadline.js";
import { NODE_EVENT_RULES, type NodeEvent } from "./nodeEvent.js";
import { enterState, FORGOTTEN, LEVEL_SECONDS, type NodeLife, VERIFICATION_SECONDS_MAX } from "./nodeLife.js";
import {
  isUsedUp,
  openReservation,
  RESERVE_SECONDS_MAX,
  RESERVE_TASKS_MAX,
  withTaskBegun,
  withTaskEnded,
} from "./reservation.js";

/** Why an event is refused. The first that applies, in this order. */
export const NODE_REFUSALS = [
  /** A figure isn't one that can be. */
  "outOfRange",
  /** Earlier than what happened before. */
  "clockBack",
  /** `expire` before its time. */
  "notDue",
  /** Its sender isn't who may. */
  "notYours",
  /** Not in this state. */
  "stateOther",
  /** Something ran out: `expire` comes first. */
  "deadlineDue",
  /** Its level doesn't let it into the pool. */
  "levelTooLow",
  /** It was in the pool, or reserved, a moment ago. */
  "cooling",
  /** It is reserved for another session. */
  "sessionOther",
  /** All tasks of the reservation have begun. */
  "noTaskLeft",
  /** No task of the reservation is under way. */
  "noTaskRunning",
] as const;
export type NodeRefusal = (typeof NODE_REFUSALS)[number];
export type NodeStep = Step<NodeLife, NodeRefusal>;

/**
 * What an event makes of a node. Defined for every life, event and second: a refused one has a name and changes nothing. `expire` is anybody's; it
 * enforces the one deadline that fell due first, as of its own second.
 */
export function nextNodeState(
  life: NodeLife,
  event: NodeEvent | { readonly kind: "expire" },
  nowSeconds: UnixSeconds,
): NodeStep {
  if (!isSecond(nowSeconds) || !isWellFormed(event, nowSeconds)) return refused("outOfRange");
  if (nowSeconds < life.atSeconds) return refused("clockBack");
  const due = dueNodeDeadline(life, nowSeconds);
  if (event.kind === "expire") return due === undefined ? refused("notDue") : moved(afterNodeDeadline(life, due));
  const { by, from } = NODE_EVENT_RULES[event.kind];
  if (event.by !== by) return refused("notYours");
  if (!from.includes(life.state)) return refused("stateOther");
  if (due !== undefined) return refused("deadlineDue");
  return apply(life, event, nowSeconds);
}

function isWellFormed(event: NodeEvent | { readonly kind: "expire" }, nowSeconds: UnixSeconds): boolean {
  switch (event.kind) {
    case "verify":
      return isWhole(event.untilSeconds, nowSeconds + 1, nowSeconds + VERIFICATION_SECONDS_MAX);
    case "assess":
      return isWhole(event.level, 0, LEVEL_MAX);
    case "reserve":
      return (
        isAccount(event.session) &&
        isWhole(event.periodSeconds, 1, RESERVE_SECONDS_MAX) &&
        isWhole(event.tasksMax, 0, RESERVE_TASKS_MAX)
      );
    case "beginTask":
    case "endTask":
    case "release":
      return isAccount(event.session);
    default:
      return true;
  }
}

/** An event that its sender may send in this state, while nothing is due. */
function apply(life: NodeLife, event: NodeEvent, nowSeconds: UnixSeconds): NodeStep {
  const stay = (changes: Partial<NodeLife>): NodeStep => moved({ ...life, ...changes, atSeconds: nowSeconds });
  const enter = (state: NodeLife["state"], changes: Partial<NodeLife> = {}): NodeStep =>
    moved(enterState(life, { state, atSeconds: nowSeconds }, changes));
  switch (event.kind) {
    case "register":
      return enter("registered");
    case "verify": {
      const changes = { verifiedUntilSeconds: event.untilSeconds };
      return life.state === "registered" ? enter("verified", changes) : stay(changes);
    }
    case "unverify":
      return enter("registered", { ...FORGOTTEN, verifiedUntilSeconds: 0 });
    case "ping": {
      const isHeardAgain = life.state === "verified" || life.state === "silent";
      if (!isHeardAgain) return stay({ seenAtSeconds: nowSeconds });
      return enter("active", { seenAtSeconds: nowSeconds, activeSinceSeconds: nowSeconds });
    }
    case "assess":
      return assess(life, event.level, nowSeconds);
    case "enterPool":
      if (!grantsOf(life.level).mayEnterPool) return refused("levelTooLow");
      return nowSeconds < life.coolUntilSeconds ? refused("cooling") : enter("ephemeral");
    case "leavePool":
      return enter("assessed");
    case "reserve":
      return enter("reserved", { reservation: openReservation({ ...event, nowSeconds }) });
    case "beginTask":
    case "endTask":
    case "release":
      return useReservation(life, event, nowSeconds);
    case "dedicate":
      return enter("dedicated");
    case "undedicate":
      return enter("active", { level: 0, levelUntilSeconds: 0 });
    case "leave":
      return enter("left", { ...FORGOTTEN, verifiedUntilSeconds: 0 });
  }
}

/** A level keeps a node in the pool where it grants that, and makes any other ready for it; level 0 sends it back to be tested. */
function assess(life: NodeLife, level: number, nowSeconds: UnixSeconds): NodeStep {
  const isKnown = level > 0;
  const changes = { level, levelUntilSeconds: isKnown ? nowSeconds + LEVEL_SECONDS : 0 };
  const state = stateAfterLevel(life.state, level);
  if (state === life.state) return moved({ ...life, ...changes, atSeconds: nowSeconds });
  return moved(enterState(life, { state, atSeconds: nowSeconds }, changes));
}

function stateAfterLevel(state: NodeLife["state"], level: number): NodeLife["state"] {
  if (state === "dedicated") return state;
  if (level === 0) return "active";
  return state === "ephemeral" && grantsOf(level).mayEnterPool ? state : "assessed";
}

function useReservation(
  life: NodeLife,
  event: { readonly kind: "beginTask" | "endTask" | "release"; readonly session: number },
  nowSeconds: UnixSeconds,
): NodeStep {
  const { reservation } = life;
  if (reservation === undefined || reservation.session !== event.session) return refused("sessionOther");
  const released = (): NodeStep => moved(enterState(life, { state: "released", atSeconds: nowSeconds }));
  if (event.kind === "release") return released();
  const next = event.kind === "beginTask" ? withTaskBegun(reservation) : withTaskEnded(reservation);
  if (next === undefined) return refused(event.kind === "beginTask" ? "noTaskLeft" : "noTaskRunning");
  return isUsedUp(next) ? released() : moved({ ...life, reservation: next, atSeconds: nowSeconds });
}

function isAccount(session: number): boolean {
  return isWhole(session, 1, 2 ** 32 - 1);
}
