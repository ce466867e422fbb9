import { describe, expect, it } from "vitest";
import type { Address } from "../primitives.js";
import { ZERO_BYTES32 } from "../primitives.js";
import { aNetworkTask, aSeat, aWord, aWork, DOMAIN, networkAfter, SCORERS, SOLVERS, TASK_ID } from "../test/aTask.js";
import { missedTurns, networkOutcomes } from "./networkOutcomes.js";
import { CREATORS_MAX, NETWORK_SECONDS, type NetworkTask, requestNetworkTask, type Seat } from "./networkTask.js";
import { type NetworkEvent, nextNetworkTask } from "./nextNetworkTask.js";

const T = 1_000_000;
const [one, two, three] = SOLVERS.map(({ node }) => node) as [Address, Address, Address];
const EXPIRE: NetworkEvent = { kind: "expire" };
const START: NetworkEvent = { kind: "start", solvers: SOLVERS, scorers: SCORERS };
const create = (by = aSeat("creator 0").node): NetworkEvent => ({ kind: "create", by, topicHash: aWord("topic") });
const prepare = (by = aSeat("preparer 0").node): NetworkEvent => ({
  kind: "prepare",
  by,
  questionsHash: aWord("questions"),
});
const precommit = (by: Address): NetworkEvent => ({ kind: "precommit", by, hash: aWork(by).hash });
const commit = (by: Address, from = by): NetworkEvent => {
  const { resultHash, salt } = aWork(from);
  return { kind: "commit", by, resultHash, salt };
};
const score = (index: number, ...good: boolean[]): NetworkEvent => ({
  kind: "score",
  by: SCORERS[index]?.node ?? one,
  good,
});
const started = (): NetworkTask => networkAfter(aNetworkTask(T), [create(), prepare(), START], T);
const committed = (): NetworkTask =>
  networkAfter(started(), [...[one, two, three].map(precommit), ...[one, two, three].map((by) => commit(by))], T);
const refusal = (task: NetworkTask, event: NetworkEvent, now = T): string => {
  const step = nextNetworkTask(task, event, now);
  return step.kind === "refused" ? step.refusal : "taken";
};

describe("a task of the network's own", () => {
  it("goes from request to scores, each phase as soon as the last one has answered", () => {
    const task = networkAfter(committed(), [score(0, true, false, true), score(1, true, false, false)], T + 9);
    expect(task.phase).toBe("committed");
    const ended = networkAfter(task, [score(2, true, true, false)], T + 10);
    expect(ended).toMatchObject({ phase: "ended", ending: "scored", atSeconds: T + 10 });
    expect(networkOutcomes(ended)).toEqual([
      { node: one, outcome: "passed" },
      { node: two, outcome: "failed" },
      { node: three, outcome: "failed" },
    ]);
    expect(missedTurns(ended)).toEqual([]);
  });

  it("goes on with what arrived, and counts who didn't come as missed", () => {
    const precommitted = networkAfter(started(), [precommit(one), precommit(two)], T + 1);
    const revealing = networkAfter(precommitted, [EXPIRE], T + NETWORK_SECONDS.started);
    expect(revealing.commits.seats).toEqual([one, two]);
    expect(refusal(revealing, commit(three), T + 200)).toBe("notYours");
    const scoring = networkAfter(networkAfter(revealing, [commit(two)], T + 130), [EXPIRE], T + 240);
    expect(refusal(scoring, score(0, true, true), T + 240)).toBe("outOfRange");
    const ended = networkAfter(networkAfter(scoring, [score(1, true)], T + 250), [EXPIRE], T + 840);
    expect(ended).toMatchObject({ ending: "scored", atSeconds: T + 840 });
    expect(networkOutcomes(ended).map(({ outcome }) => outcome)).toEqual(["missed", "passed", "missed"]);
  });

  it("passes to the next creator and preparer when one is late, and names who was", () => {
    const second = networkAfter(aNetworkTask(T), [EXPIRE], T + 61);
    expect(second).toMatchObject({ creatorTurn: 1, deadlineSeconds: T + 120 });
    expect(refusal(second, create(), T + 61)).toBe("notYours");
    const created = networkAfter(second, [create(aSeat("creator 1").node)], T + 61);
    const prepared = networkAfter(
      networkAfter(created, [EXPIRE], T + 361),
      [prepare(aSeat("preparer 1").node)],
      T + 361,
    );
    expect(missedTurns(prepared)).toEqual([aSeat("creator 0").node, aSeat("preparer 0").node]);
    const late = networkAfter(aNetworkTask(T), [EXPIRE, EXPIRE], T + 500);
    expect(late).toMatchObject({ phase: "ended", ending: "uncreated", atSeconds: T + 120 });
  });

  it.each<[string, () => NetworkTask]>([
    ["uncreated", () => aNetworkTask(T)],
    ["unprepared", () => networkAfter(aNetworkTask(T), [create()], T)],
    ["unstarted", () => networkAfter(aNetworkTask(T), [create(), prepare()], T)],
    ["unanswered", started],
    ["unrevealed", () => networkAfter(started(), [precommit(one)], T)],
    ["unscored", committed],
  ])("ends %s when nobody goes on, and then says nothing of anyone", (ending, task) => {
    let now = task();
    while (now.phase !== "ended") now = networkAfter(now, [EXPIRE], T + 10_000);
    expect(now.ending).toBe(ending);
    expect(networkOutcomes(now)).toEqual([]);
    expect(refusal(now, EXPIRE, T + 10_000)).toBe("ended");
  });

  it("is never solved or scored by its makers, their owners' nodes, or two of one owner", () => {
    const prepared = networkAfter(aNetworkTask(T), [create(), prepare()], T);
    const start = (solvers: readonly Seat[], scorers = SCORERS): string =>
      refusal(prepared, { kind: "start", solvers, scorers });
    const another = (of: string): Seat => ({ ...aSeat("another"), owner: aSeat(of).owner });
    for (const maker of ["creator 0", "preparer 0"]) {
      expect(start([aSeat(maker)])).toBe("seatsBad");
      expect(start([another(maker)])).toBe("seatsBad");
      expect(start(SOLVERS, [another(maker)])).toBe("seatsBad");
    }
    expect(start([...SOLVERS, another("solver 0")])).toBe("seatsBad");
    expect(start(SOLVERS, [another("solver 0")])).toBe("seatsBad");
    expect(start([])).toBe("seatsBad");
    expect(start(SOLVERS, [])).toBe("seatsBad");
    // Whose turn never came has seen nothing.
    expect(start([aSeat("creator 1")])).toBe("taken");
  });
});

describe("a network task's refusals", () => {
  it("keep everybody to their phase, their seat and their turn", () => {
    expect(refusal(aNetworkTask(T), prepare())).toBe("phaseOther");
    expect(refusal(aNetworkTask(T), create(one))).toBe("notYours");
    expect(refusal(started(), precommit(aSeat("stranger").node))).toBe("notYours");
    expect(refusal(networkAfter(started(), [precommit(one)], T), precommit(one))).toBe("already");
    expect(refusal(started(), commit(one))).toBe("phaseOther");
    expect(refusal(committed(), { kind: "score", by: one, good: [true, true, true] })).toBe("notYours");
  });

  it("keep to the deadline's second", () => {
    const { deadlineSeconds } = started();
    expect(refusal(started(), precommit(one), deadlineSeconds - 1)).toBe("taken");
    expect(refusal(started(), precommit(one), deadlineSeconds)).toBe("deadlineDue");
    expect(refusal(started(), EXPIRE, deadlineSeconds - 1)).toBe("notDue");
    expect(refusal(started(), EXPIRE, T - 1)).toBe("clockBack");
    expect(refusal(started(), EXPIRE, Number.NaN)).toBe("outOfRange");
  });

  it("meet a copied precommit when it is to be opened", () => {
    const copied: NetworkEvent = { kind: "precommit", by: two, hash: aWork(one).hash };
    const revealing = networkAfter(started(), [precommit(one), copied, precommit(three)], T);
    const shown = networkAfter(revealing, [commit(one)], T);
    expect(refusal(shown, commit(two, one))).toBe("commitOther");
    expect(refusal(shown, commit(two))).toBe("commitOther");
    expect(refusal(shown, commit(three))).toBe("taken");
  });

  it("meet hashes of nothing, and requests that can't be", () => {
    expect(refusal(aNetworkTask(T), { ...create(), topicHash: ZERO_BYTES32 } as NetworkEvent)).toBe("outOfRange");
    const seats = { creators: [aSeat("a")], preparers: [aSeat("b")] };
    const whole = { taskId: TASK_ID, domain: DOMAIN, difficulty: 1, ...seats, nowSeconds: T };
    const request = (over: Partial<typeof whole>): unknown => {
      const step = requestNetworkTask({ ...whole, ...over });
      return step.kind === "refused" ? step.refusal : "taken";
    };
    expect(request({})).toBe("taken");
    expect(request({ difficulty: 0 })).toBe("outOfRange");
    expect(request({ taskId: "0x00" })).toBe("outOfRange");
    expect(request({ domain: { ...DOMAIN, chainId: 0 } })).toBe("outOfRange");
    expect(request({ creators: [] })).toBe("seatsBad");
    expect(request({ preparers: seats.creators })).toBe("seatsBad");
    const many = Array.from({ length: CREATORS_MAX + 1 }, (_, index) => aSeat(`c ${index}`));
    expect(request({ creators: many })).toBe("seatsBad");
  });
});
