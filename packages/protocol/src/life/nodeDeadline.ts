import type { UnixSeconds } from "../primitives.js";
import { enterState, FORGOTTEN, type NodeLife, type NodeState, SILENCE_SECONDS } from "./nodeLife.js";

/** What can run out in a node's life. Of several at one second the first in this order fires first. */
export const NODE_DEADLINES = ["verification", "silence", "reservation", "level"] as const;
export type NodeDeadlineKind = (typeof NODE_DEADLINES)[number];

/** The states in which each of them runs, and the state that follows when it is due. */
export const NODE_DEADLINE_RULES: Readonly<
  Record<NodeDeadlineKind, { readonly from: readonly NodeState[]; readonly to: NodeState }>
> = {
  verification: {
    from: ["verified", "active", "assessed", "ephemeral", "reserved", "released", "dedicated", "silent"],
    to: "registered",
  },
  silence: { from: ["active", "assessed", "ephemeral", "reserved", "released", "dedicated"], to: "silent" },
  reservation: { from: ["reserved"], to: "released" },
  level: { from: ["assessed", "ephemeral"], to: "active" },
};

export type NodeDeadline = { readonly kind: NodeDeadlineKind; readonly atSeconds: UnixSeconds };

/** What runs out next in a node's life; undefined when nothing does. It is due from its second on. */
export function nextNodeDeadline(life: NodeLife): NodeDeadline | undefined {
  return NODE_DEADLINES.filter((kind) => NODE_DEADLINE_RULES[kind].from.includes(life.state))
    .map((kind) => ({ kind, atSeconds: secondsOf(life, kind) }))
    .reduce<NodeDeadline | undefined>(
      (first, each) => (first === undefined || each.atSeconds < first.atSeconds ? each : first),
      undefined,
    );
}

/** The deadline that is due at a second. */
export function dueNodeDeadline(life: NodeLife, nowSeconds: UnixSeconds): NodeDeadline | undefined {
  const next = nextNodeDeadline(life);
  return next !== undefined && next.atSeconds <= nowSeconds ? next : undefined;
}

/** The life after a deadline: as of the deadline's own second, so that it doesn't matter how late anyone enforces it. */
export function afterNodeDeadline(life: NodeLife, { kind, atSeconds }: NodeDeadline): NodeLife {
  const next = { state: NODE_DEADLINE_RULES[kind].to, atSeconds };
  switch (kind) {
    case "verification":
      return enterState(life, next, { ...FORGOTTEN, verifiedUntilSeconds: 0 });
    case "silence":
      return enterState(life, next, FORGOTTEN);
    case "reservation":
      return enterState(life, next);
    case "level":
      return enterState(life, next, { level: 0, levelUntilSeconds: 0 });
  }
}

/** The life with all that is due enforced: what a node is at a second, whether anyone has said so on chain or not. */
export function nodeLifeAt(life: NodeLife, nowSeconds: UnixSeconds): NodeLife {
  const due = dueNodeDeadline(life, nowSeconds);
  return due === undefined ? life : nodeLifeAt(afterNodeDeadline(life, due), nowSeconds);
}

function secondsOf(life: NodeLife, kind: NodeDeadlineKind): UnixSeconds {
  switch (kind) {
    case "verification":
      return life.verifiedUntilSeconds;
    case "silence":
      return life.seenAtSeconds + SILENCE_SECONDS;
    case "reservation":
      return life.reservation?.untilSeconds ?? life.sinceSeconds;
    case "level":
      return life.levelUntilSeconds;
  }
}
