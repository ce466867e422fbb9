import { deepStrictEqual, equal, ok } from "node:assert/strict";
import {
  NODE_DEADLINE_RULES,
  NODE_EVENT_KINDS,
  NODE_EVENT_RULES,
  NODE_SENDERS,
  type NodeEvent,
  type NodeLife,
  type NodeState,
  nextNodeDeadline,
  nextNodeState,
  nodeLifeAt,
  UNREGISTERED,
  VERIFICATION_SECONDS_MAX,
} from "@cortensor/protocol";
import type { Dice } from "./dice.js";
import { START_SECONDS } from "./parties.js";

const EXPIRE = { kind: "expire" } as const;
const EVENTS_MIN = 20;
const EVENTS_MAX = 100;
/** Less than a silence. */
const PING_SECONDS = 3_000;
const WITH_LEVEL = ["assessed", "ephemeral", "reserved", "released", "dedicated"];
/** Longer than anything can last without an event. */
const LONG_SECONDS = 40 * 86_400;

export type LifeTrace = {
  readonly steps: readonly { readonly event: NodeEvent | typeof EXPIRE; readonly nowSeconds: number }[];
  /** `from event to`, of each step that was taken. */
  readonly moves: readonly string[];
};

/**
 * One random life. It is lived twice: once with each deadline enforced at its second, once whenever somebody comes by. Throws where the two differ,
 * a deadline fires twice, or something holds of the life that may not.
 */
export function randomLife(dice: Dice): LifeTrace {
  const steps: LifeTrace["steps"][number][] = [];
  const moves: string[] = [];
  const fired: string[] = [];
  let life: NodeLife = UNREGISTERED;
  let nowSeconds = START_SECONDS;
  // Some nodes never fall silent and are always verified: only they live to see a level grow old.
  const isFaithful = dice.below(24) === 0;
  const haste = isFaithful ? 3_000_000 : dice.pick([1, 60, 700, 1_500, 4_000, 400_000]);
  for (let tries = isFaithful ? EVENTS_MIN : EVENTS_MIN + dice.below(EVENTS_MAX - EVENTS_MIN); tries > 0; tries -= 1) {
    const beforeSeconds = nowSeconds;
    nowSeconds += dice.below(haste);
    if (isFaithful) life = pinging(life, beforeSeconds, nowSeconds);
    const prompt = nodeLifeAt(life, nowSeconds);
    const isLate = prompt !== life;
    const isExpire = dice.below(8) === 0 || (isLate && dice.below(2) === 0);
    const event = isExpire ? EXPIRE : anyEvent(dice, prompt, nowSeconds);
    const step = nextNodeState(Object.freeze(life), event, nowSeconds);
    steps.push({ event, nowSeconds });
    if (isExpire) equal(step.kind === "moved", isLate);
    else if (isLate) equal(step.kind, "refused", "what is due comes first");
    if (step.kind === "refused") continue;
    if (isExpire) {
      const due = nextNodeDeadline(life);
      fired.push(`${due?.kind} at ${due?.atSeconds} of ${life.state} since ${life.sinceSeconds}`);
      moves.push(`${life.state} ${due?.kind} ${step.state.state}`);
      ok(step.state.atSeconds <= nowSeconds && step.state.atSeconds >= life.atSeconds);
    } else {
      moves.push(`${life.state} ${event.kind} ${step.state.state}`);
      deepStrictEqual(nextNodeState(prompt, event, nowSeconds), step);
    }
    life = step.state;
    deepStrictEqual(nodeLifeAt(life, nowSeconds), nodeLifeAt(nodeLifeAt(life, life.atSeconds), nowSeconds));
    ok((life.state === "reserved") === (life.reservation !== undefined), "reserved is who has a reservation");
    ok(life.level === 0 || WITH_LEVEL.includes(life.state), "a level is of who was assessed");
  }
  equal(new Set(fired).size, fired.length, "each deadline fires once");
  const rest = nodeLifeAt(life, nowSeconds + LONG_SECONDS);
  ok(["unregistered", "registered", "left"].includes(rest.state), "whatever it was, it is forgotten");
  equal(nextNodeDeadline(rest), undefined);
  return { steps, moves };
}

/** The life of a node that pings and is verified again from one second to another, as long as nothing else is due. */
function pinging(life: NodeLife, fromSeconds: number, toSeconds: number): NodeLife {
  let now = life;
  for (let at = fromSeconds; at < toSeconds; at += PING_SECONDS) {
    const untilSeconds = at + VERIFICATION_SECONDS_MAX;
    for (const event of [
      { kind: "ping", by: "node" } as const,
      { kind: "verify", by: "verifier", untilSeconds } as const,
    ]) {
      const step = nextNodeState(now, event, at);
      if (step.kind === "moved") now = step.state;
    }
  }
  return now;
}

/** Every move that the rules' tables allow, as `LifeTrace` writes them. */
export function tabledMoves(): ReadonlySet<string> {
  const events = NODE_EVENT_KINDS.flatMap((kind) => {
    const { from, to } = NODE_EVENT_RULES[kind];
    return from.flatMap((each) => to.map((next) => `${each} ${kind} ${next === "same" ? each : next}`));
  });
  const deadlines = Object.entries(NODE_DEADLINE_RULES).flatMap(([kind, { from, to }]) =>
    from.map((each) => `${each} ${kind} ${to}`),
  );
  return new Set([...events, ...deadlines]);
}

/** What leads a node on towards a reservation, so that traces get far. */
const ONWARD: Partial<Record<NodeState, NodeEvent["kind"]>> = {
  unregistered: "register",
  registered: "verify",
  verified: "ping",
  active: "assess",
  assessed: "enterPool",
  ephemeral: "reserve",
  released: "assess",
  silent: "ping",
};

/** Most events are of somebody who may send them in this state. */
function anyEvent(dice: Dice, life: NodeLife, nowSeconds: number): NodeEvent {
  const fitting = NODE_EVENT_KINDS.filter((kind) => NODE_EVENT_RULES[kind].from.includes(life.state));
  // What throws a node back, or ends its life, is rarer than the rest.
  const usual = fitting.filter((kind) => (kind !== "leave" && kind !== "unverify") || dice.below(8) === 0);
  const possible = usual.length > 0 && dice.below(4) > 0 ? dice.pick(usual) : dice.pick(NODE_EVENT_KINDS);
  const kind = dice.below(2) === 0 ? (ONWARD[life.state] ?? possible) : possible;
  const by = dice.below(8) === 0 ? dice.pick(NODE_SENDERS) : NODE_EVENT_RULES[kind].by;
  const figures = {
    untilSeconds: nowSeconds + dice.pick([0, 1, 600, 5_000, 86_400, 20 * 86_400, 30 * 86_400, 31 * 86_400]),
    level: dice.pick([-1, 0, 1, 1, 5, 5, 10, 11]),
    session: dice.pick([1, 1, 1, 2]),
    periodSeconds: dice.pick([0, 1, 300, 86_400]),
    tasksMax: dice.pick([0, 1, 2, 3]),
  };
  return eventOf(kind, by, figures);
}

export type Figures = Readonly<Record<"untilSeconds" | "level" | "session" | "periodSeconds" | "tasksMax", number>>;

/** An event with the figures that its kind has. */
export function eventOf(kind: NodeEvent["kind"], by: NodeEvent["by"], figures: Figures): NodeEvent {
  const { untilSeconds, level, session, periodSeconds, tasksMax } = figures;
  switch (kind) {
    case "verify":
      return { kind, by, untilSeconds };
    case "assess":
      return { kind, by, level };
    case "reserve":
      return { kind, by, session, periodSeconds, tasksMax };
    case "beginTask":
    case "endTask":
    case "release":
      return { kind, by, session };
    default:
      return { kind, by };
  }
}
