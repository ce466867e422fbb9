import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf } from "../test/someGuards.js";
import { type GuardSet, guardSet, guardSetHash } from "./guardSet.js";
import { type GuardCandidate, guardSetAt, standingGuardSet } from "./guardSetAt.js";

const MIN = 100n;
const OPEN = { stakeMinWei: MIN, openFromEpoch: 0, hosted: new Set<`0x${string}`>() };

function candidate(number: number, changes: Partial<GuardCandidate> = {}): GuardCandidate {
  const owner = addressOf(10_000 + number);
  return { guard: addressOf(number), owner, stakeWei: MIN, joinAsked: 0, isFrozen: false, ...changes };
}
const candidates = (count: number, changes: Partial<GuardCandidate> = {}) =>
  Array.from({ length: count }, (_, index) => candidate(index + 1, changes));
const numbers = (set: GuardSet) => set.members.map(({ guard }) => Number(guard));
const setOf = (count: number, epoch = 9) =>
  guardSet(
    epoch,
    candidates(count).map(({ guard, stakeWei }) => ({ guard, stakeWei })),
  );

describe("the first guard set", () => {
  it("is the 32 with most stake, ties to the lower address, whatever order they are given in", () => {
    const anyStakes = fc.array(fc.bigInt({ min: 90n, max: 110n }), { maxLength: 60 });
    fc.assert(
      fc.property(anyStakes, (stakes) => {
        const queue = stakes.map((stakeWei, index) => candidate(index + 1, { stakeWei }));
        const set = guardSetAt({ epoch: 1, previous: undefined, candidates: queue, rules: OPEN });
        const wanted = stakes
          .map((stakeWei, index) => ({ stakeWei, number: index + 1 }))
          .filter(({ stakeWei }) => stakeWei >= MIN)
          .sort((left, right) => Number(right.stakeWei - left.stakeWei) || left.number - right.number)
          .slice(0, 32);
        expect(numbers(set)).toEqual(wanted.map(({ number }) => number).sort((left, right) => left - right));
        const turned = [...queue].reverse();
        expect(guardSetAt({ epoch: 1, previous: undefined, candidates: turned, rules: OPEN })).toEqual(set);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the next guard set", () => {
  const after = (previous: GuardSet, queue: readonly GuardCandidate[], rules = OPEN) =>
    guardSetAt({ epoch: previous.epoch + 1, previous, candidates: queue, rules });

  it("takes who asked in the records of the epoch before, and nobody who asked later", () => {
    const queue = [...candidates(8), candidate(9, { joinAsked: 9 }), candidate(10, { joinAsked: 10 })];
    expect(numbers(after(setOf(8), queue))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("takes a quarter of its size at once, most stake first; the others wait", () => {
    const newcomers = [candidate(9), candidate(10, { stakeWei: 300n }), candidate(11, { stakeWei: 200n })];
    const next = after(setOf(8), [...candidates(8), ...newcomers]);
    expect(numbers(next)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 11]);
    expect(numbers(after(next, [...candidates(8), ...newcomers]))).toContain(9);
  });

  it("lets a quarter go at once, in the order in which they asked; the others stay bound", () => {
    const asked = [8, 5, 7];
    const queue = candidates(8).map((one, index) => {
      const leaveAsked = asked[index];
      return leaveAsked === undefined ? one : { ...one, leaveAsked };
    });
    const next = after(setOf(8), queue);
    expect(numbers(next)).toEqual([1, 4, 5, 6, 7, 8]);
    expect(numbers(after(next, queue))).toEqual([4, 5, 6, 7, 8]);
  });

  it("keeps who asked to leave and thought better of it", () => {
    expect(numbers(after(setOf(2), [candidate(1, { joinAsked: 10 }), candidate(2)]))).toEqual([1, 2]);
  });

  it("keeps who asked to leave too late, and lets the last one go", () => {
    expect(numbers(after(setOf(1), [candidate(1, { leaveAsked: 10 })]))).toEqual([1]);
    expect(numbers(after(setOf(1), [candidate(1, { leaveAsked: 9 })]))).toEqual([]);
  });

  it("drops the frozen, those below the least stake and those no longer in the queue at once, however many", () => {
    const queue = [
      ...candidates(4, { isFrozen: true }),
      candidate(5, { stakeWei: MIN - 1n }),
      candidate(6),
      candidate(7, { stakeWei: 150n }),
    ];
    const next = after(setOf(8), queue);
    expect(next.members).toEqual([
      { guard: addressOf(6), stakeWei: MIN },
      { guard: addressOf(7), stakeWei: 150n },
    ]);
  });

  it("has a newcomer take the place of the lowest that it outranks, eight in an epoch, and none that it doesn't", () => {
    const full = setOf(32);
    const rich = Array.from({ length: 10 }, (_, index) => candidate(100 + index, { stakeWei: 500n }));
    const next = after(full, [...candidates(32), ...rich]);
    expect(next.members.filter(({ stakeWei }) => stakeWei === 500n)).toHaveLength(8);
    expect(numbers(next).slice(0, 24)).toEqual(numbers(setOf(24)));
    const equal = Array.from({ length: 10 }, (_, index) => candidate(100 + index));
    expect(numbers(after(full, [...candidates(32), ...equal]))).toEqual(numbers(full));
  });

  it("lets no more go by wish and by rank together than its bound", () => {
    const leaving = candidates(32).map((one, index) => (index < 6 ? { ...one, leaveAsked: 3 } : one));
    const rich = Array.from({ length: 20 }, (_, index) => candidate(100 + index, { stakeWei: 500n }));
    const next = after(setOf(32), [...leaving, ...rich]);
    const gone = numbers(setOf(32)).filter((number) => !numbers(next).includes(number));
    expect(gone).toEqual([1, 2, 3, 4, 5, 6, 31, 32]);
    expect(next.members).toHaveLength(32);
  });

  it("holds the first 32 by stake in the end, if nothing more changes, and never more than a quarter new", () => {
    const anyStake = fc.array(fc.bigInt({ min: 100n, max: 200n }), { minLength: 1, maxLength: 48 });
    fc.assert(
      fc.property(anyStake, fc.integer({ min: 1, max: 32 }), (stakes, first) => {
        const queue = stakes.map((stakeWei, index) => candidate(index + 1, { stakeWei }));
        const wanted = guardSetAt({ epoch: 50, previous: undefined, candidates: queue, rules: OPEN });
        let set = guardSetAt({ epoch: 1, previous: undefined, candidates: queue.slice(0, first), rules: OPEN });
        for (let epoch = 2; epoch <= 50; epoch += 1) {
          const next = guardSetAt({ epoch, previous: set, candidates: queue, rules: OPEN });
          const known = new Set(numbers(set));
          const joined = numbers(next).filter((number) => !known.has(number)).length;
          expect(joined).toBeLessThanOrEqual(Math.max(1, Math.floor(set.members.length / 4)));
          set = next;
        }
        expect(set).toEqual(wanted);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a set that nobody fixed", () => {
  it("is the one before, under the hash of its own epoch", () => {
    const standing = standingGuardSet(setOf(4, 9), 10);
    expect(standing).toEqual(setOf(4, 10));
    expect(guardSetHash(standing)).not.toBe(guardSetHash(setOf(4, 9)));
  });
});

describe("the hosted phase", () => {
  const hosted = new Set([1, 2, 3].map(addressOf));
  const rules = { stakeMinWei: MIN, openFromEpoch: 5, hosted };
  const at = (epoch: number, previous?: GuardSet) =>
    guardSetAt({ epoch, previous, candidates: candidates(8, { stakeWei: 400n }), rules });

  it("has its own guards alone, all from the first epoch, and they need stake like any", () => {
    expect(numbers(at(4))).toEqual([1, 2, 3]);
    const poor = [candidate(1, { stakeWei: MIN - 1n }), candidate(2)];
    expect(numbers(guardSetAt({ epoch: 4, previous: undefined, candidates: poor, rules }))).toEqual([2]);
  });

  it("ends by its date: from then on anyone comes in, as fast as the bound lets", () => {
    const opened = at(5, at(4));
    expect(numbers(opened)).toEqual([1, 2, 3, 4]);
    expect(numbers(at(6, opened))).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("a queue", () => {
  it("is refused with a guard or an owner twice, or more places than can be looked at", () => {
    const at = (queue: readonly GuardCandidate[]) => () =>
      guardSetAt({ epoch: 1, previous: undefined, candidates: queue, rules: OPEN });
    expect(at([candidate(1), candidate(1, { owner: addressOf(7) })])).toThrow("a guard twice");
    expect(at([candidate(1), candidate(2, { owner: candidate(1).owner })])).toThrow("an owner twice");
    expect(at([candidate(1, { owner: "0xAB" })])).toThrow("a name that is no address");
    expect(at(candidates(257))).toThrow("257 candidates");
  });
});
