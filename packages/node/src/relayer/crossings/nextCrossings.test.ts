import type { Address } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import {
  type CrossingAct,
  type CrossingView,
  crossingEpoch,
  LOST_SECONDS,
  nextCrossings,
  type StakeShown,
  type Telling,
} from "./nextCrossings.js";

const TIMES = { t0: 1_000, epochSeconds: 600 };
const NOW = TIMES.t0 + 10 * TIMES.epochSeconds;
const UNTOLD: Telling = { kind: "untold" };
const ARRIVED: Telling = { kind: "arrived" };
const since = (seconds: number): Telling => ({ kind: "underWay", sentAt: NOW - seconds });

const account = (number: number): Address => `0x${number.toString(16).padStart(40, "0")}`;
const rootAt = (epoch: number, telling: Telling = UNTOLD) => ({
  ...{ ref: { subjectChainId: 7, kind: "results", epoch } as const, telling },
});
const stakeOf = (number: number, shown: StakeShown, telling: Telling = UNTOLD) => ({
  ...{ operator: account(number), telling, shown },
});

function actsOf(view: Partial<CrossingView>, tried: readonly CrossingAct["kind"][] = []): readonly CrossingAct[] {
  return nextCrossings({ now: NOW, times: TIMES, nodes: [], stakes: [], roots: [], ...view }, new Set(tried));
}

describe("what is sent over a crossing", () => {
  it("is what no message says: nothing that is under way or arrived, until it must be lost", () => {
    const tellings = [UNTOLD, ARRIVED, since(0), since(LOST_SECONDS - 1), since(LOST_SECONDS)];
    const nodes = tellings.map((telling, number) => ({ signer: account(number), telling }));
    expect(actsOf({ nodes })).toEqual([{ kind: "reportNodes", signers: [account(0), account(4)] }]);
    const stakes = tellings.map((telling, number) => stakeOf(number, "nothing", telling));
    expect(actsOf({ stakes })).toEqual([0, 4].map((number) => ({ kind: "syncStake", operator: account(number) })));
    const roots = tellings.map((telling, epoch) => rootAt(epoch, telling));
    expect(actsOf({ roots })).toMatchObject([{ kind: "sendAnchor", refs: [{ epoch: 0 }, { epoch: 4 }] }]);
    expect(actsOf({})).toEqual([]);
  });

  it("goes in batches of what contracts take, of each kind so many in an epoch", () => {
    const nodes = Array.from({ length: 200 }, (_, number) => ({ signer: account(number), telling: UNTOLD }));
    const sizes = actsOf({ nodes }).map((act) => (act.kind === "reportNodes" ? act.signers.length : 0));
    expect(sizes).toEqual([32, 32, 32, 32]);
    const roots = Array.from({ length: 130 }, () => rootAt(1));
    expect(actsOf({ roots }).map((act) => (act.kind === "sendAnchor" ? act.refs.length : 0))).toEqual([128, 2]);
    expect(actsOf({ nodes, roots }, ["reportNodes"]).map(({ kind }) => kind)).toEqual(["sendAnchor", "sendAnchor"]);
    expect(crossingEpoch({ now: NOW - 1, times: TIMES })).toBe(9);
    expect(crossingEpoch({ now: NOW, times: TIMES })).toBe(10);
  });

  it("has all roots of an epoch together: not while one more of it may be posted, oldest first", () => {
    const roots = [rootAt(9), rootAt(8), rootAt(5), rootAt(8)];
    const epochs = (now: number) =>
      actsOf({ roots, now }).flatMap((act) => (act.kind === "sendAnchor" ? act.refs.map(({ epoch }) => epoch) : []));
    // Roots of epoch 8 are posted until a tenth before the end of epoch 9.
    expect(epochs(NOW - 61)).toEqual([5]);
    expect(epochs(NOW - 60)).toEqual([5, 8, 8]);
  });

  it("shows several stakes by one block, each by a proof once the block is known, and few by messages", () => {
    const some = [1, 2, 3].map((number) => stakeOf(number, "nothing"));
    expect(actsOf({ stakes: some.slice(1) }).map(({ kind }) => kind)).toEqual(["syncStake", "syncStake"]);
    expect(actsOf({ stakes: some })).toEqual([{ kind: "reportBlock" }]);
    expect(actsOf({ stakes: some.map((one) => ({ ...one, shown: "soon" })) })).toEqual([]);
    expect(actsOf({ stakes: [stakeOf(1, "now"), stakeOf(2, "soon"), stakeOf(3, "never")] })).toEqual([
      { kind: "proveStake", operator: account(1) },
      { kind: "syncStake", operator: account(3) },
    ]);
    // What is told by a message needs no proof beside it.
    expect(actsOf({ stakes: [stakeOf(1, "now", since(5)), stakeOf(2, "now", ARRIVED)] })).toEqual([]);
  });
});
