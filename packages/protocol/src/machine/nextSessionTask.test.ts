import { describe, expect, it } from "vitest";
import type { Address } from "../primitives.js";
import { anAddress, aSessionTask, aWork, DOMAIN, sessionAfter, TASK_ID } from "../test/aTask.js";
import { nextSessionTask, type SessionEvent } from "./nextSessionTask.js";
import { enqueueTask, SESSION_SECONDS, type SessionTask } from "./sessionTask.js";

const T = 1_000_000;
const MINERS = ["miner 0", "miner 1", "miner 2"].map(anAddress) as [Address, Address, Address];
const [one, two, three] = MINERS;
const EXPIRE: SessionEvent = { kind: "expire" };
const END: SessionEvent = { kind: "end", by: anAddress("client") };
const assign = (...miners: Address[]): SessionEvent => ({ kind: "assign", by: anAddress("router"), miners });
const ack = (by: Address): SessionEvent => ({ kind: "ack", by });
const precommit = (by: Address): SessionEvent => ({ kind: "precommit", by, hash: aWork(by).hash });
const commit = (by: Address): SessionEvent => {
  const { resultHash, salt } = aWork(by);
  return { kind: "commit", by, resultHash, salt };
};
const acked = (): SessionTask => sessionAfter(aSessionTask(T), [assign(...MINERS), ...MINERS.map(ack)], T);
const committed = (): SessionTask => sessionAfter(acked(), [...MINERS.map(precommit), ...MINERS.map(commit)], T);
const refusal = (task: SessionTask, event: SessionEvent, now = T): string => {
  const step = nextSessionTask(task, event, now);
  return step.kind === "refused" ? step.refusal : "taken";
};

describe("a task of the session queue", () => {
  it("goes from the queue to its end, each phase as soon as all have answered", () => {
    expect(committed().phase).toBe("committed");
    const ended = sessionAfter(committed(), [END], T + 5);
    expect(ended).toMatchObject({ phase: "ended", ending: "whole", atSeconds: T + 5 });
    expect(ended.commits.arrived.map(({ value }) => value)).toEqual(MINERS.map((by) => aWork(by).resultHash));
  });

  it("ends with what arrived: each phase goes on with who was in time in the one before", () => {
    const assigned = sessionAfter(aSessionTask(T), [assign(...MINERS), ack(one), ack(three)], T);
    const working = sessionAfter(assigned, [EXPIRE], T + SESSION_SECONDS.assigned);
    expect(working.precommits.seats).toEqual([one, three]);
    expect(refusal(working, precommit(two), T + 60)).toBe("notYours");
    const late = sessionAfter(sessionAfter(working, [precommit(three)], T + 61), [EXPIRE], T + 360);
    const shown = sessionAfter(late, [commit(three)], T + 361);
    expect(sessionAfter(shown, [EXPIRE], T + 361 + SESSION_SECONDS.committed)).toMatchObject({ ending: "partial" });
  });

  it("is partial with fewer miners than copies, even if all of them answer", () => {
    const events = [
      assign(one, two),
      ack(one),
      ack(two),
      precommit(one),
      precommit(two),
      commit(one),
      commit(two),
      END,
    ];
    expect(sessionAfter(aSessionTask(T), events, T).ending).toBe("partial");
  });

  it.each<[string, () => SessionTask]>([
    ["unassigned", () => aSessionTask(T)],
    ["unacked", () => sessionAfter(aSessionTask(T), [assign(one)], T)],
    ["unanswered", acked],
    ["unrevealed", () => sessionAfter(acked(), MINERS.map(precommit), T)],
    ["whole", committed],
  ])("ends %s when nobody goes on", (ending, task) => {
    let now = task();
    while (now.phase !== "ended") now = sessionAfter(now, [EXPIRE], T + 10_000);
    expect(now.ending).toBe(ending);
    for (const event of [assign(one), ack(one), precommit(one), commit(one), END, EXPIRE])
      expect(refusal(now, event, T + 10_000)).toBe("ended");
  });
});

describe("a session task's refusals", () => {
  it("keep everybody to their phase and their part", () => {
    expect(refusal(aSessionTask(T), { ...assign(one), by: one } as SessionEvent)).toBe("notYours");
    expect(refusal(aSessionTask(T), ack(one))).toBe("phaseOther");
    expect(refusal(acked(), END)).toBe("phaseOther");
    expect(refusal(acked(), precommit(anAddress("stranger")))).toBe("notYours");
    expect(refusal(committed(), { kind: "end", by: one })).toBe("notYours");
    expect(refusal(sessionAfter(acked(), [precommit(one)], T), precommit(one))).toBe("already");
  });

  it("meet no miner, more than copies, and one twice", () => {
    expect(refusal(aSessionTask(T), assign())).toBe("seatsBad");
    expect(refusal(aSessionTask(T, 2), assign(...MINERS))).toBe("seatsBad");
    expect(refusal(aSessionTask(T), assign(one, one))).toBe("seatsBad");
    expect(refusal(aSessionTask(T), assign("0x01"))).toBe("seatsBad");
  });

  it("keep to the deadline's second", () => {
    const { deadlineSeconds } = acked();
    expect(deadlineSeconds).toBe(T + 300);
    expect(refusal(acked(), precommit(one), deadlineSeconds - 1)).toBe("taken");
    expect(refusal(acked(), precommit(one), deadlineSeconds)).toBe("deadlineDue");
    expect(refusal(acked(), EXPIRE, deadlineSeconds - 1)).toBe("notDue");
    expect(refusal(acked(), EXPIRE, T - 1)).toBe("clockBack");
  });

  it("meet a commit of another answer, of another's, and under another salt", () => {
    const revealing = sessionAfter(acked(), MINERS.map(precommit), T);
    const { resultHash, salt } = aWork(one);
    const shown = (over: object): string => refusal(revealing, { ...commit(one), ...over } as SessionEvent);
    expect(shown({ resultHash: aWork(two).resultHash })).toBe("commitOther");
    expect(shown({ salt: aWork(two).salt })).toBe("commitOther");
    expect(shown({ by: two, resultHash, salt })).toBe("commitOther");
    expect(shown({ salt: "0x00" })).toBe("outOfRange");
    expect(shown({})).toBe("taken");
  });

  it("meet tasks that can't be", () => {
    const parties = { client: one, assigner: two };
    const whole = { taskId: TASK_ID, domain: DOMAIN, ...parties, redundancy: 1, workSeconds: 1, nowSeconds: T };
    expect(enqueueTask(whole).kind).toBe("moved");
    const bad = [{ redundancy: 0 }, { redundancy: 8 }, { workSeconds: 0 }, { workSeconds: 3_601 }, { nowSeconds: -1 }];
    for (const over of bad)
      expect(enqueueTask({ ...whole, ...over })).toEqual({ kind: "refused", refusal: "outOfRange" });
    expect(enqueueTask({ ...whole, client: "0x" }).kind).toBe("refused");
  });
});
