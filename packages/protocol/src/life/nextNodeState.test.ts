import { describe, expect, it } from "vitest";
import { after, aLifeInPool, anActiveLife, anEvent, aReservedLife } from "../test/aLife.js";
import { nextNodeState } from "./nextNodeState.js";
import { nextNodeDeadline, nodeLifeAt } from "./nodeDeadline.js";
import { NODE_EVENT_KINDS, NODE_EVENT_RULES, type NodeEvent } from "./nodeEvent.js";
import {
  LEVEL_SECONDS,
  levelAt,
  type NodeLife,
  POOL_COOL_SECONDS,
  SILENCE_SECONDS,
  UNREGISTERED,
  VERIFICATION_SECONDS_MAX,
} from "./nodeLife.js";

const T = 1_000_000;
const ping = anEvent({ kind: "ping" });
const endTask = anEvent({ kind: "endTask", session: 7 });
const beginTask = anEvent({ kind: "beginTask", session: 7 });
const assess = (level: number): NodeEvent => anEvent({ kind: "assess", level });
const refusal = (life: NodeLife, event: NodeEvent | { readonly kind: "expire" }, now: number): string => {
  const step = nextNodeState(life, event, now);
  return step.kind === "refused" ? step.refusal : "taken";
};

describe("a node's life", () => {
  it("goes from registration through pool and reservation to the pool again", () => {
    const reserved = aReservedLife(T, { periodSeconds: 300, tasksMax: 0 });
    expect(reserved).toMatchObject({ state: "reserved", reservation: { session: 7, untilSeconds: T + 300 } });
    const released = after(reserved, { kind: "expire" }, T + 300);
    expect(released).toMatchObject({ state: "released", sinceSeconds: T + 300, reservation: undefined });
    const assessed = after(released, assess(4), T + 400);
    expect(assessed.state).toBe("assessed");
    const again = after(assessed, anEvent({ kind: "enterPool" }), T + 300 + POOL_COOL_SECONDS);
    expect(again).toMatchObject({ state: "ephemeral", level: 4 });
  });

  it("lets a released node into the pool only after another assessment, and a while", () => {
    const released = after(aReservedLife(T, { periodSeconds: 300, tasksMax: 0 }), { kind: "expire" }, T + 300);
    const enter = anEvent({ kind: "enterPool" });
    expect(refusal(released, enter, T + 5_000)).toBe("stateOther");
    const assessed = after(released, assess(1), T + 301);
    expect(refusal(assessed, enter, T + 300 + POOL_COOL_SECONDS - 1)).toBe("cooling");
    expect(after(released, assess(0), T + 301).state).toBe("active");
  });

  it("keeps a node in the pool whatever level above 0 is found, and sends it back to be tested at 0", () => {
    const life = aLifeInPool(T);
    expect(after(life, assess(1), T + 9)).toMatchObject({ state: "ephemeral", sinceSeconds: T, level: 1 });
    const tested = after(life, assess(0), T + 9);
    expect(tested).toMatchObject({ state: "active", level: 0, coolUntilSeconds: T + 9 + POOL_COOL_SECONDS });
  });

  it("keeps a dedicated node out of every draw, with the level that it has, until its owner ends that", () => {
    const dedicated = after(after(anActiveLife(T), assess(6), T), anEvent({ kind: "dedicate" }), T + 1);
    expect(refusal(dedicated, anEvent({ kind: "enterPool" }), T + 2)).toBe("stateOther");
    expect(levelAt(dedicated, T + 2)).toBe(6);
    expect(after(dedicated, assess(7), T + 2)).toMatchObject({ state: "dedicated", level: 7 });
    expect(after(dedicated, anEvent({ kind: "undedicate" }), T + 2)).toMatchObject({ state: "active", level: 0 });
    expect(refusal(aLifeInPool(T), anEvent({ kind: "dedicate" }), T)).toBe("stateOther");
  });

  it("ends for good when its owner says so", () => {
    const left = after(aReservedLife(T, { periodSeconds: 9, tasksMax: 0 }), anEvent({ kind: "leave" }), T + 1);
    expect(left).toMatchObject({ state: "left", level: 0, reservation: undefined });
    for (const kind of NODE_EVENT_KINDS) {
      expect(NODE_EVENT_RULES[kind].from, kind).not.toContain("left");
    }
    expect(nextNodeDeadline(left)).toBeUndefined();
  });
});

describe("a reservation", () => {
  it("by count is over with the end of its last task, not with its beginning", () => {
    const reserved = aReservedLife(T, { periodSeconds: 3_000, tasksMax: 2 });
    const both = after(after(reserved, beginTask, T + 1), beginTask, T + 2);
    expect(refusal(both, beginTask, T + 3)).toBe("noTaskLeft");
    const one = after(both, endTask, T + 4);
    expect(one.state).toBe("reserved");
    expect(refusal(one, beginTask, T + 4)).toBe("noTaskLeft");
    expect(after(one, endTask, T + 5)).toMatchObject({ state: "released", sinceSeconds: T + 5 });
  });

  it("by period is over at its second, whatever still runs", () => {
    const running = after(aReservedLife(T, { periodSeconds: 100, tasksMax: 5 }), beginTask, T + 99);
    expect(refusal(running, { kind: "expire" }, T + 99)).toBe("notDue");
    expect(refusal(running, endTask, T + 100)).toBe("deadlineDue");
    expect(after(running, { kind: "expire" }, T + 100).state).toBe("released");
  });

  it("belongs to its session alone, which may end it early", () => {
    const reserved = aReservedLife(T, { periodSeconds: 100, tasksMax: 0 });
    const foreign = ["beginTask", "endTask", "release"] as const;
    for (const kind of foreign) expect(refusal(reserved, anEvent({ kind, session: 8 }), T), kind).toBe("sessionOther");
    expect(refusal(reserved, endTask, T)).toBe("noTaskRunning");
    expect(after(reserved, anEvent({ kind: "release", session: 7 }), T + 1).state).toBe("released");
  });

  it.each([
    { session: 0, periodSeconds: 1, tasksMax: 0 },
    { session: 1, periodSeconds: 0, tasksMax: 0 },
    { session: 1, periodSeconds: 1.5, tasksMax: 0 },
    { session: 1, periodSeconds: 1, tasksMax: -1 },
    { session: 1, periodSeconds: 8 * 86_400, tasksMax: 0 },
  ])("can't be $session, $periodSeconds, $tasksMax", (terms) => {
    expect(refusal(aLifeInPool(T), anEvent({ kind: "reserve", ...terms }), T)).toBe("outOfRange");
  });
});

describe("ageing", () => {
  it("makes a silent node silent wherever it is, and a ping brings it back to be tested", () => {
    const reserved = aReservedLife(T, { periodSeconds: 86_400, tasksMax: 0 });
    expect(nodeLifeAt(reserved, T + SILENCE_SECONDS - 1).state).toBe("reserved");
    const silent = after(reserved, { kind: "expire" }, T + 2 * SILENCE_SECONDS);
    expect(silent).toMatchObject({
      state: "silent",
      sinceSeconds: T + SILENCE_SECONDS,
      level: 0,
      activeSinceSeconds: 0,
    });
    const back = after(silent, ping, T + 2 * SILENCE_SECONDS);
    expect(back).toMatchObject({ state: "active", level: 0, activeSinceSeconds: T + 2 * SILENCE_SECONDS });
  });

  it("keeps a node that pings", () => {
    const pinged = after(aLifeInPool(T), ping, T + SILENCE_SECONDS - 1);
    expect(pinged).toMatchObject({ state: "ephemeral", sinceSeconds: T, activeSinceSeconds: T });
    expect(nodeLifeAt(pinged, T + 2 * SILENCE_SECONDS - 2).state).toBe("ephemeral");
  });

  it("forgets a level after thirty days and a second, and what wasn't verified again", () => {
    const pinging = (life: NodeLife, until: number): NodeLife => {
      let now = life;
      for (let at = life.atSeconds; at < until; at += 3_000) now = after(now, ping, at);
      return now;
    };
    const pooled = aLifeInPool(T);
    const renew = anEvent({ kind: "verify", untilSeconds: T + 3_000 + VERIFICATION_SECONDS_MAX });
    const old = pinging(after(pooled, renew, T + 3_000), T + LEVEL_SECONDS);
    expect(nodeLifeAt(old, T + LEVEL_SECONDS - 1).state).toBe("ephemeral");
    expect(nodeLifeAt(old, T + LEVEL_SECONDS)).toMatchObject({ state: "active", level: 0 });
    const unverified = pinging(pooled, T + VERIFICATION_SECONDS_MAX);
    expect(nodeLifeAt(unverified, T + VERIFICATION_SECONDS_MAX)).toMatchObject({ state: "registered", level: 0 });
  });

  it("comes before everything else: an event waits until what is due was enforced", () => {
    expect(refusal(aLifeInPool(T), ping, T + SILENCE_SECONDS)).toBe("deadlineDue");
    expect(refusal(aLifeInPool(T), { kind: "expire" }, T + SILENCE_SECONDS - 1)).toBe("notDue");
  });
});

describe("a refusal", () => {
  it("meets everybody who isn't the one", () => {
    for (const kind of NODE_EVENT_KINDS) {
      const { by } = NODE_EVENT_RULES[kind];
      const event = { ...WELL_FORMED, kind, by: by === "owner" ? "node" : "owner" } as NodeEvent;
      expect(refusal(anActiveLife(T), event, T), kind).toBe("notYours");
    }
  });

  it("meets times that go back, or aren't any", () => {
    expect(refusal(aLifeInPool(T), ping, T - 1)).toBe("clockBack");
    for (const now of [-1, 0.5, Number.NaN, 2 ** 40]) expect(refusal(UNREGISTERED, ping, now)).toBe("outOfRange");
  });

  it("meets levels and verifications that can't be", () => {
    const life = anActiveLife(T);
    for (const level of [-1, 11, 0.5]) expect(refusal(life, assess(level), T)).toBe("outOfRange");
    for (const untilSeconds of [T, T + VERIFICATION_SECONDS_MAX + 1])
      expect(refusal(life, anEvent({ kind: "verify", untilSeconds }), T)).toBe("outOfRange");
  });

  it("meets a node that is registered twice, and one whose verification ended", () => {
    expect(refusal(anActiveLife(T), anEvent({ kind: "register" }), T)).toBe("stateOther");
    const ended = after(aLifeInPool(T), anEvent({ kind: "unverify" }), T + 1);
    expect(ended).toMatchObject({ state: "registered", verifiedUntilSeconds: 0, level: 0 });
    expect(refusal(ended, ping, T + 1)).toBe("stateOther");
  });
});

const WELL_FORMED = { untilSeconds: T + 1, level: 1, session: 7, periodSeconds: 1, tasksMax: 0 };
