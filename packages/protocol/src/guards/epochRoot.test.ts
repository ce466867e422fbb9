import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyMerklePath } from "../merkle.js";
import { addressOf, wordOf } from "../test/someGuards.js";
import type { EpochLeaves } from "./epochLeaves.js";
import { epochRoot, hashRootParts } from "./epochRoot.js";

const RANGE = { subjectChainId: 10, fromEpoch: 7, epoch: 7 };
const reputation = {
  modelId: wordOf(2),
  passedMicro: 30_000_000,
  failedMicro: 0,
  availabilityPpm: 990_000,
  speedPpm: 1,
};
const settlement = { settlementRoot: wordOf(3), setCid: wordOf(4), debitedWei: 5n };
const checkpoint = { blockHash: wordOf(6), stateRoot: wordOf(7) };
/** Leaves of each kind, of which the i-th has a key of its own. */
const made: Readonly<Record<EpochLeaves["kind"], (numbers: readonly number[]) => EpochLeaves>> = {
  results: (of) => ({ kind: "results", leaves: of.map((i) => ({ id: wordOf(i), resultsHash: wordOf(1) })) }),
  reputation: (of) => ({ kind: "reputation", leaves: of.map((i) => ({ miner: addressOf(i), ...reputation })) }),
  settlement: (of) => ({
    kind: "settlement",
    leaves: of.map((i) => ({ lane: addressOf(1), settlementId: wordOf(i), ...settlement })),
  }),
  beacon: (of) => ({ kind: "beacon", leaves: of.map((i) => ({ epoch: i, beacon: wordOf(1) })) }),
  checkpoint: (of) => ({ kind: "checkpoint", leaves: of.map((i) => ({ blockNumber: i, ...checkpoint })) }),
  dutyPay: (of) => ({ kind: "dutyPay", leaves: of.map((i) => ({ validator: addressOf(i), earnedWei: 5n })) }),
};
const KINDS = Object.keys(made) as EpochLeaves["kind"][];
const numbers = fc.uniqueArray(fc.nat(100_000), { minLength: 1, maxLength: 40 });

describe("an epoch's root", () => {
  it.each(KINDS)("of %s is the same in whatever order the leaves come, and has a path for each", (kind) => {
    fc.assert(
      fc.property(numbers, (given) => {
        const { root, parts, leaves, pathOf } = epochRoot(RANGE, made[kind](given));
        expect(epochRoot(RANGE, made[kind]([...given].reverse())).root).toBe(root);
        expect(hashRootParts(parts)).toBe(root);
        expect(leaves).toHaveLength(given.length);
        for (const [index, leaf] of leaves.entries()) {
          expect(verifyMerklePath(leaf, pathOf(index), parts.merkleRoot)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });

  it.each(KINDS)("of %s is another with a leaf more, and refuses one key twice", (kind) => {
    expect(epochRoot(RANGE, made[kind]([1, 2])).root).not.toBe(epochRoot(RANGE, made[kind]([1, 2, 3])).root);
    expect(() => epochRoot(RANGE, made[kind]([1, 2, 1]))).toThrow("two leaves of one key");
  });

  it("is another for another chain or range, also when there was nothing", () => {
    const ranges = [RANGE, { ...RANGE, subjectChainId: 11 }, { ...RANGE, fromEpoch: 6 }, { ...RANGE, epoch: 8 }];
    const roots = ranges.flatMap((range) => KINDS.map((kind) => epochRoot(range, made[kind]([])).root));
    expect(new Set(roots).size).toBe(roots.length);
    expect(epochRoot(RANGE, made.results([])).parts).toMatchObject({ count: 0, merkleRoot: wordOf(0) });
    expect(() => epochRoot(RANGE, made.results([])).pathOf(0)).toThrow("PROTOCOL_BAD_TREE");
  });

  it("is refused for a range that runs backwards, and for numbers that don't fit", () => {
    expect(() => epochRoot({ ...RANGE, fromEpoch: 8 }, made.results([1]))).toThrow("a range that runs backwards");
    const leaves = [{ ...reputation, miner: addressOf(1), availabilityPpm: 2 ** 32 }];
    expect(() => epochRoot(RANGE, { kind: "reputation", leaves })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
