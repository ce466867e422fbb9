import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { equalStakes, keyedSet } from "../test/someGuards.js";
import { guardSet } from "./guardSet.js";
import { leaderOfSlot, leaderOrder } from "./leaderOrder.js";

const beacon = (index: number) => keccak256(utf8ToBytes(`beacon ${index}`));
/** χ² that chance exceeds once in a thousand. */
const CHI_SQUARED_MAX = { 3: 16.27, 5: 20.52 } as const;

function chiSquared(counts: readonly number[], shares: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, index) => {
    const expected = all * (shares[index] ?? 0);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

describe("the order of leaders", () => {
  it("has every guard once, and is the same whatever order the set came in", () => {
    const stakes = fc.array(fc.bigInt({ min: 1n, max: (1n << 96n) - 1n }), { minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(stakes, fc.nat(), (given, index) => {
        const set = keyedSet(given);
        const order = leaderOrder(set, beacon(index));
        expect([...order].sort()).toEqual(set.members.map(({ guard }) => guard));
        expect(leaderOrder(guardSet(set.epoch, [...set.members].reverse()), beacon(index))).toEqual(order);
      }),
      { numRuns: 40 },
    );
  });

  it("puts a guard first as often as its part of the stake says", () => {
    const set = keyedSet([10n ** 24n, 2n * 10n ** 24n, 3n * 10n ** 24n, 4n * 10n ** 24n]);
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 3_000; index += 1) {
      const place = set.members.findIndex(({ guard }) => guard === leaderOrder(set, beacon(index))[0]);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    expect(chiSquared(counts, [0.1, 0.2, 0.3, 0.4])).toBeLessThan(CHI_SQUARED_MAX[3]);
    expect(chiSquared(counts, [0.25, 0.25, 0.25, 0.25])).toBeGreaterThan(CHI_SQUARED_MAX[3]);
  });

  it("draws the later places by the stake that is left", () => {
    const set = keyedSet([1n, 2n, 3n]);
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const weight = (place: number | undefined) => Number(set.members[place ?? 0]?.stakeWei ?? 0n);
    const shares = orders.map(([first, second]) => (weight(first) / 6) * (weight(second) / (6 - weight(first))));
    const counts = orders.map(() => 0);
    for (let index = 0; index < 3_000; index += 1) {
      const order = leaderOrder(set, beacon(index)).map((leader) =>
        set.members.findIndex(({ guard }) => guard === leader),
      );
      const found = orders.findIndex((one) => one.join() === order.join());
      counts[found] = (counts[found] ?? 0) + 1;
    }
    expect(chiSquared(counts, shares)).toBeLessThan(CHI_SQUARED_MAX[5]);
  });

  it("is another for another beacon, and for another epoch", () => {
    const set = keyedSet(equalStakes(32));
    const order = leaderOrder(set, beacon(1)).join();
    expect(leaderOrder(set, beacon(2)).join()).not.toBe(order);
    expect(leaderOrder({ ...set, epoch: 8 }, beacon(1)).join()).not.toBe(order);
  });

  it("gives each slot one leader, and begins again when there are fewer guards than slots", () => {
    const order = leaderOrder(keyedSet(equalStakes(3)), beacon(1));
    expect([0, 1, 2, 3, 17].map((slot) => leaderOfSlot(order, slot))).toEqual([0, 1, 2, 0, 2].map((at) => order[at]));
    for (const slot of [-1, 0.5]) expect(() => leaderOfSlot(order, slot)).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => leaderOfSlot(leaderOrder(guardSet(1, []), beacon(1)), 0)).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
