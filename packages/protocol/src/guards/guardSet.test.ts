import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Address } from "../primitives.js";
import { addressOf, equalStakes, keyedSet } from "../test/someGuards.js";
import { committeeOf } from "./committee.js";
import { guardSet, guardSetHash, isQuorum, totalStakeWei } from "./guardSet.js";

const COUNTS = [1, 4, 7, 32];
const anyStakes = fc.array(fc.bigInt({ min: 1n, max: (1n << 96n) - 1n }), { minLength: 1, maxLength: 32 });

describe("a quorum", () => {
  it("is more than two thirds of the stake, to the wei", () => {
    const set = keyedSet([1n, 1n, 1n]);
    const [one, two, three] = set.members.map(({ guard }) => guard) as [Address, Address, Address];
    expect(isQuorum(set, new Set([one, two]))).toBe(false);
    expect(isQuorum(set, new Set([one, two, three]))).toBe(true);
    const heavy = keyedSet([1n, 1n, 1n + 3n * 10n ** 27n]);
    const [, , whale] = heavy.members.map(({ guard }) => guard) as [Address, Address, Address];
    expect(isQuorum(heavy, new Set([whale]))).toBe(true);
  });

  it.each(COUNTS)("of %i guards is reached without a third of them, less one, and isn't without one more", (count) => {
    const set = keyedSet(equalStakes(count));
    const silent = Math.floor((count - 1) / 3);
    const guards = set.members.map(({ guard }) => guard);
    expect(isQuorum(set, new Set(guards.slice(silent)))).toBe(true);
    expect(isQuorum(set, new Set(guards.slice(silent + 1)))).toBe(false);
  });

  it.each(COUNTS)("of %i guards is never there for two roots while less than a third sign both", (count) => {
    const set = keyedSet(equalStakes(count));
    const liars = Math.floor((count - 1) / 3);
    // Each honest guard signs the one, the other, or nothing.
    const votes = fc.array(fc.constantFrom("one", "other", "none"), {
      minLength: count - liars,
      maxLength: count - liars,
    });
    fc.assert(
      fc.property(votes, (honest) => {
        const signersOf = (root: string) =>
          new Set(
            set.members.filter((_, place) => place < liars || honest[place - liars] === root).map(({ guard }) => guard),
          );
        expect(isQuorum(set, signersOf("one")) && isQuorum(set, signersOf("other"))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it("is never there for two roots while those who sign both hold no more than a third of the stake, however it lies", () => {
    fc.assert(
      fc.property(
        anyStakes,
        fc.array(fc.constantFrom("one", "other", "both"), { minLength: 32, maxLength: 32 }),
        (stakes, votes) => {
          const set = keyedSet(stakes);
          const stakeOf = (vote: string) =>
            set.members.reduce((sum, { stakeWei }, place) => (votes[place] === vote ? sum + stakeWei : sum), 0n);
          fc.pre(3n * stakeOf("both") <= totalStakeWei(set));
          const signersOf = (root: string) =>
            new Set(
              set.members
                .filter((_, place) => votes[place] === root || votes[place] === "both")
                .map(({ guard }) => guard),
            );
          expect(isQuorum(set, signersOf("one")) && isQuorum(set, signersOf("other"))).toBe(false);
        },
      ),
    );
  });

  it("can be there twice when one more than that signs both: the bound is tight", () => {
    const set = keyedSet(equalStakes(4));
    const guards = set.members.map(({ guard }) => guard);
    expect(isQuorum(set, new Set(guards.slice(0, 3))) && isQuorum(set, new Set(guards.slice(1)))).toBe(true);
  });

  it("counts no strangers, and there is none of an empty set", () => {
    const set = keyedSet(equalStakes(4));
    const guards = set.members.map(({ guard }) => guard);
    expect(isQuorum(set, new Set([...guards.slice(0, 2), addressOf(1), addressOf(2)]))).toBe(false);
    expect(isQuorum(guardSet(7, []), new Set(guards))).toBe(false);
  });
});

describe("a guard set", () => {
  it("is the same, and has the same hash, whatever order it is given in", () => {
    fc.assert(
      fc.property(anyStakes, (stakes) => {
        const { members, epoch } = keyedSet(stakes);
        const again = guardSet(epoch, [...members].reverse());
        expect(again.members).toEqual(members);
        expect(guardSetHash(again)).toBe(guardSetHash({ epoch, members }));
        expect(guardSetHash({ epoch: epoch + 1, members })).not.toBe(guardSetHash({ epoch, members }));
      }),
      { numRuns: 30 },
    );
  });

  it("is refused with a guard twice, more than 32, no stake, or a name that is none", () => {
    const member = (number: number, stakeWei = 1n) => ({ guard: addressOf(number), stakeWei });
    expect(() => guardSet(1, [member(1), member(1)])).toThrow("a guard twice");
    expect(() =>
      guardSet(
        1,
        Array.from({ length: 33 }, (_, index) => member(index)),
      ),
    ).toThrow("33 guards");
    expect(() => guardSet(1, [member(1, 0n)])).toThrow("a stake out of range");
    expect(() => guardSet(1, [member(1, 1n << 96n)])).toThrow("a stake out of range");
    expect(() => guardSet(1, [{ guard: "0xAB", stakeWei: 1n }])).toThrow("a guard that is no address");
  });
});

describe("a committee", () => {
  it("has at most seven seats, and the fewest more than two thirds of them decide", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 32].map(committeeOf)).toEqual(
      [
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 3],
        [5, 4],
        [6, 5],
        [7, 5],
        [7, 5],
      ].map(([seats, threshold]) => ({ seats, threshold })),
    );
    for (const guards of [0, 33, 1.5]) expect(() => committeeOf(guards)).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
