import { keccak256, SILENCE_SECONDS } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { LOOK_AGAIN_SECONDS } from "./chooseParts.js";
import type { LifeAct, LifeView, Work } from "./lifeView.js";
import { nextLifeActs } from "./nextLifeActs.js";
import { PING_SECONDS } from "./planOwnLife.js";
import { aLife, aSeatedTask, aTask, aView, BEACON, EPOCH, NOW, NOW_EPOCH, OTHER, SELF, TOPIC } from "./test/aView.js";

const acts = (view: Partial<LifeView>): readonly LifeAct[] => nextLifeActs(aView(view)).acts;
const kinds = (view: Partial<LifeView>): readonly string[] => acts(view).map(({ kind }) => kind);
const TASK = aTask().taskId;
const SALTED = { salt: `0x${"05".repeat(32)}`, resultHash: `0x${"06".repeat(32)}` } as const;
const workOf = (work: Work): LifeView["work"] => new Map([[TASK, work]]);
const QUARTER = EPOCH / 4;

describe("a node's own life", () => {
  it("needs nothing of a node in the pool that has just pinged, and is looked at again before a creator's turn is over", () => {
    const { acts: due, pauseSeconds } = nextLifeActs(aView());
    expect(due).toEqual([]);
    expect(pauseSeconds).toBe(60);
    expect(nextLifeActs(aView({ tasks: [aTask({ requestedEpoch: NOW_EPOCH })] })).pauseSeconds).toBe(10);
  });

  it("begins with a ping as soon as the registry says that it is verified", () => {
    for (const state of ["unregistered", "registered", "verified", "silent"] as const) {
      expect(kinds({ life: aLife({ state, verifiedUntilSeconds: NOW + 9_999 }) })).toEqual(["ping"]);
      const registry = { isVerified: false, expiresSeconds: 0, hasLeft: false };
      expect(kinds({ life: aLife({ state, verifiedUntilSeconds: NOW + 9_999 }), registry })).not.toContain("ping");
    }
  });

  it("goes on with pings well before silence, and not more often", () => {
    const seen = (seconds: number) => aLife({ state: "ephemeral", level: 4, seenAtSeconds: NOW - seconds });
    expect(kinds({ life: seen(PING_SECONDS - 1) })).toEqual([]);
    expect(nextLifeActs(aView({ life: seen(PING_SECONDS - 1) })).pauseSeconds).toBe(1);
    expect(kinds({ life: seen(PING_SECONDS) })).toEqual(["ping"]);
    expect(2 * PING_SECONDS).toBeLessThan(SILENCE_SECONDS);
  });

  it("enforces what ran out of it before anything else", () => {
    expect(kinds({ life: aLife({ state: "ephemeral", level: 4, seenAtSeconds: NOW - SILENCE_SECONDS }) })).toEqual([
      "expireNode",
    ]);
  });

  it("heeds a verification that was renewed or lost, and that it left, once", () => {
    const life = aLife({ state: "ephemeral", level: 4 });
    const { registry } = aView();
    expect(kinds({ life, registry: { ...registry, expiresSeconds: life.verifiedUntilSeconds + 1 } })).toEqual(["heed"]);
    expect(kinds({ life, registry: { ...registry, isVerified: false } })).toEqual(["heed"]);
    const left = { isVerified: false, expiresSeconds: 0, hasLeft: true };
    expect(kinds({ life, registry: left })).toEqual(["heed"]);
    expect(kinds({ life: aLife({ state: "left" }), registry: left })).toEqual([]);
    expect(kinds({ life: aLife({ state: "registered" }), registry: { ...left, hasLeft: false } })).toEqual([]);
  });

  it("enters the pool with a level, once it has cooled down, if its owner wants it there", () => {
    const life = aLife({ state: "assessed", level: 1 });
    expect(kinds({ life })).toEqual(["enterPool"]);
    expect(kinds({ life, isForPool: false })).toEqual([]);
    expect(kinds({ life: { ...life, coolUntilSeconds: NOW + 1 } })).toEqual([]);
    expect(kinds({ life: aLife() })).not.toContain("enterPool");
  });

  it("leaves the pool when its owner doesn't want it there, or it stops", () => {
    expect(kinds({ isForPool: false })).toEqual(["leavePool"]);
    expect(
      kinds({ life: aLife({ state: "reserved", level: 4, reservation: undefined }), isForPool: false }),
    ).not.toContain("leavePool");
  });
});

describe("a request for a task", () => {
  /** Late enough in the epoch for whatever delay the node has. */
  const late = NOW + EPOCH / 2;

  it("is made at the own difficulty by a node without a level, and by one that was reserved", () => {
    for (const state of ["active", "released"] as const) {
      expect(acts({ life: aLife({ state, seenAtSeconds: late }), nowSeconds: late })).toEqual([
        { kind: "request", difficulty: 4, epoch: NOW_EPOCH },
      ]);
    }
    expect(kinds({ life: aLife({ state: "dedicated" }) })).toEqual([]);
  });

  it("is made again by one whose level is some hours old", () => {
    const life = aLife({ state: "ephemeral", level: 4, seenAtSeconds: late });
    const old = { life, nowSeconds: late, assessedAtSeconds: late - LOOK_AGAIN_SECONDS };
    expect(kinds(old)).toEqual(["request"]);
    expect(kinds({ ...old, assessedAtSeconds: old.assessedAtSeconds + 1 })).toEqual([]);
  });

  it("isn't made while one that the node could solve is coming, nor before it may be drawn again, nor without an engine that can be followed", () => {
    const wants = { life: aLife({ seenAtSeconds: late }), nowSeconds: late };
    expect(kinds({ ...wants, tasks: [aTask({ requestedEpoch: NOW_EPOCH })] })).toEqual([]);
    const otherTopic = aSeatedTask({ phase: "created", topicHash: BEACON, deadlineSeconds: late + 9 });
    expect(kinds({ ...wants, tasks: [otherTopic] })).toEqual(["request"]);
    expect(kinds({ ...wants, tasks: [aTask({ difficulty: 5 })] })).toEqual(["request"]);
    expect(kinds({ ...wants, drawnAtSeconds: NOW + 10 })).toEqual([]);
    expect(kinds({ ...wants, topics: [] })).toEqual([]);
  });
});

describe("a task's draws", () => {
  const beacons = new Map([[NOW_EPOCH, BEACON]]);
  /** After every node's own second in the first half, and in the second. */
  const first = { beacons, nowSeconds: NOW + EPOCH / 2 - 1 };
  const second = { beacons, nowSeconds: NOW + EPOCH - 1 };
  const life = aLife({ state: "ephemeral", level: 4, seenAtSeconds: NOW });
  const claim = (role: "maker" | "scorer" | "solver", node = SELF) => ({ role, node, ticket: 0n });
  const prepared = aSeatedTask({ phase: "prepared", deadlineSeconds: NOW + 1_800 }, { preparedEpoch: NOW_EPOCH - 2 });

  it("are entered as a maker by a node of the level, in their first half, once", () => {
    expect(acts({ ...first, life, tasks: [aTask()] })).toEqual([{ kind: "claim", taskId: TASK, role: "maker" }]);
    expect(kinds({ ...first, life, tasks: [aTask({ claims: [claim("maker")] })] })).toEqual([]);
    expect(kinds({ ...second, life, tasks: [aTask()] })).toEqual([]);
    expect(kinds({ ...first, beacons: new Map(), life, tasks: [aTask()] })).toEqual([]);
    const low = aLife({ state: "ephemeral", level: 1, seenAtSeconds: NOW });
    expect(kinds({ ...first, life: low, tasks: [aTask()] })).toEqual([]);
  });

  it("aren't entered as a maker by one that could score while others with lower tickets do", () => {
    const others = [claim("maker", OTHER), claim("maker", `0x${"08".repeat(20)}`)];
    expect(kinds({ ...first, life, tasks: [aTask({ claims: others })] })).toEqual([]);
    const beyondScoring = aLife({ state: "ephemeral", level: 3, seenAtSeconds: NOW });
    expect(kinds({ ...first, life: beyondScoring, tasks: [aTask({ claims: others })] })).toEqual(["claim"]);
  });

  it("are entered as a scorer by a node that may and is fast enough, and as a solver by one that wants a level", () => {
    expect(acts({ ...first, life, tasks: [prepared] })).toEqual([{ kind: "claim", taskId: TASK, role: "scorer" }]);
    const slow = [{ topicHash: TOPIC, tokensPerSecond: 1 }];
    expect(kinds({ ...first, life, tasks: [prepared], topics: slow })).toEqual([]);
    const wanting = aLife({ state: "released", level: 4, seenAtSeconds: NOW });
    expect(kinds({ ...first, life: wanting, tasks: [aTask({ difficulty: 9 })] })).not.toContain("claim");
    expect(acts({ ...first, life: wanting, tasks: [prepared] })).toEqual([
      { kind: "claim", taskId: TASK, role: "solver" },
    ]);
    const foreign = { ...prepared, seated: { ...(prepared.seated ?? raise()), topicHash: BEACON } };
    expect(kinds({ ...first, life, tasks: [foreign] })).toEqual([]);
  });

  it("have a scorer before a node that could wait for its level solves them", () => {
    const waiting = { ...first, life, assessedAtSeconds: NOW - 86_400 };
    const roles = (tasks: Parameters<typeof acts>[0]["tasks"]) =>
      acts({ ...waiting, ...(tasks === undefined ? {} : { tasks }) }).flatMap((act) =>
        act.kind === "claim" ? [act.role] : [],
      );
    // One that would solve this very task, since every second one is for its helpers.
    const own = [TASK, ...Array.from({ length: 8 }, (_, at) => keccak256(new Uint8Array([at])))].find(
      (taskId) => roles([{ ...prepared, taskId, claims: [claim("scorer", OTHER)] }])[0] === "solver",
    );
    const task = { ...prepared, taskId: own ?? raise() };
    expect(roles([task])).toEqual(["scorer"]);
    expect(roles([{ ...task, claims: [claim("scorer")] }])).toEqual([]);
  });

  it("aren't entered by a node that wasn't heard of before their candidates were fixed, or was drawn a moment ago", () => {
    const fresh = aLife({ state: "ephemeral", level: 4, seenAtSeconds: NOW, activeSinceSeconds: NOW - QUARTER });
    expect(kinds({ ...first, life: fresh, tasks: [prepared] })).toEqual([]);
    expect(kinds({ ...first, life, drawnAtSeconds: NOW - 1_199, tasks: [prepared] })).toEqual([]);
    expect(kinds({ ...first, life, drawnAtSeconds: NOW - 1_200, tasks: [prepared] })).toEqual(["claim"]);
  });

  it("are made in their second half by who is in, when there are enough for every part", () => {
    const makers = [claim("maker"), claim("maker", OTHER)];
    expect(acts({ ...second, life, tasks: [aTask({ claims: makers })] })).toEqual([{ kind: "open", taskId: TASK }]);
    expect(kinds({ ...second, life, tasks: [aTask({ claims: makers.slice(0, 1) })] })).toEqual([]);
    const judged = [claim("scorer"), claim("solver", OTHER)];
    expect(acts({ ...second, life, tasks: [{ ...prepared, claims: judged }] })).toEqual([
      { kind: "start", taskId: TASK },
    ]);
    expect(kinds({ ...second, life, tasks: [{ ...prepared, claims: judged.slice(0, 1) }] })).toEqual([]);
  });

  it("of sessions are entered by a node in the pool with the level, and made", () => {
    const ask = { account: 7, subject: TASK, requestedEpoch: NOW_EPOCH - 2, levelMin: 4, isDrawn: false };
    expect(acts({ ...first, life, asks: [ask] })).toEqual([{ kind: "claimForSession", account: 7, subject: TASK }]);
    expect(acts({ ...second, life, asks: [ask] })).toEqual([{ kind: "drawForSession", account: 7, subject: TASK }]);
    expect(kinds({ ...first, life, asks: [{ ...ask, levelMin: 5 }] })).toEqual([]);
    expect(kinds({ ...first, life, asks: [{ ...ask, isDrawn: true }] })).toEqual([]);
    const late = aLife({ state: "ephemeral", level: 4, seenAtSeconds: NOW, sinceSeconds: NOW - QUARTER });
    expect(kinds({ ...first, life: late, asks: [ask] })).toEqual([]);
  });
});

describe("a turn in a task", () => {
  it("is the creator's and the preparer's whose turn it is, and names the own topic", () => {
    const creators = { creators: [OTHER, SELF] };
    expect(acts({ tasks: [aSeatedTask({ ...creators, creatorTurn: 1 })] })).toEqual([
      { kind: "create", taskId: TASK, topicHash: TOPIC },
    ]);
    expect(kinds({ tasks: [aSeatedTask(creators)] })).toEqual([]);
    expect(kinds({ tasks: [aSeatedTask({ phase: "created", preparers: [SELF] })] })).toEqual(["prepare"]);
    expect(kinds({ tasks: [aSeatedTask({ phase: "created", preparers: [OTHER, SELF] })] })).toEqual([]);
  });

  it("is a solver's to solve, then to bind itself, then to show what it was bound to", () => {
    const started = aSeatedTask({ phase: "started", startedAtSeconds: NOW - 1, solvers: [SELF, OTHER] });
    expect(kinds({ tasks: [started] })).toEqual(["solve"]);
    expect(kinds({ tasks: [started], work: workOf({ kind: "running" }) })).toEqual([]);
    expect(kinds({ tasks: [started], work: workOf({ kind: "failed" }) })).toEqual([]);
    const work = workOf({ kind: "solved", ...SALTED });
    expect(acts({ tasks: [started], work })).toEqual([{ kind: "precommit", taskId: TASK, ...SALTED }]);
    const bound = aSeatedTask({ phase: "precommitted", solvers: [SELF, OTHER], precommitted: [SELF] });
    expect(acts({ tasks: [bound], work })).toEqual([{ kind: "commit", taskId: TASK, ...SALTED }]);
    expect(kinds({ tasks: [bound] })).toEqual([]);
  });

  it("lets paying tasks go first for a while", () => {
    const started = (seconds: number) =>
      aSeatedTask({ phase: "started", startedAtSeconds: NOW - seconds, solvers: [SELF] });
    expect(kinds({ tasks: [started(14)], isEngineFree: false })).toEqual([]);
    expect(kinds({ tasks: [started(15)], isEngineFree: false })).toEqual(["solve"]);
  });

  it("isn't taken in a task of another model or class", () => {
    const foreign = { topicHash: BEACON, solvers: [SELF], scorers: [SELF] };
    expect(kinds({ tasks: [aSeatedTask({ ...foreign, phase: "started" })] })).toEqual([]);
    expect(kinds({ tasks: [aSeatedTask({ ...foreign, phase: "committed" })] })).toEqual([]);
  });

  it("is a scorer's once, with what it found", () => {
    const shown = aSeatedTask({ phase: "committed", solvers: [OTHER], scorers: [SELF] });
    expect(kinds({ tasks: [shown] })).toEqual(["score"]);
    expect(acts({ tasks: [shown], work: workOf({ kind: "scored", good: [true] }) })).toEqual([
      { kind: "sendScore", taskId: TASK, good: [true] },
    ]);
    const scored = aSeatedTask({ phase: "committed", solvers: [OTHER], scorers: [SELF], scored: [SELF] });
    expect(kinds({ tasks: [scored] })).toEqual([]);
  });

  it("is over at its deadline, which whoever has a seat enforces, and nobody else", () => {
    const late = { deadlineSeconds: NOW, creators: [OTHER, SELF] };
    expect(acts({ tasks: [aSeatedTask(late)] })).toEqual([{ kind: "expire", taskId: TASK }]);
    expect(kinds({ tasks: [aSeatedTask({ ...late, creatorTurn: 1 })] })).toEqual(["expire"]);
    expect(kinds({ tasks: [aSeatedTask({ ...late, creators: [OTHER] })] })).toEqual([]);
    expect(kinds({ tasks: [aSeatedTask({ ...late, phase: "ended" })] })).toEqual([]);
  });
});

function raise(): never {
  throw new Error("the task is seated");
}
