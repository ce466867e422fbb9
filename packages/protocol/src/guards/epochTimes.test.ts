import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutOffOf, epochStart, firstOpenEpoch, leaderSlotAt, recordEpochAt } from "./epochTimes.js";

const NETWORK = { t0: 1_000, epochSeconds: 600 };
const LOCAL = { t0: 1_000, epochSeconds: 30 };
const anyTimes = fc.record({ t0: fc.nat(2_000_000_000), epochSeconds: fc.integer({ min: 1, max: 5_000 }) });

describe("an epoch", () => {
  it("is cut off a tenth before its end: a minute of ten, three seconds of thirty", () => {
    expect(cutOffOf(NETWORK, 2)).toBe(1_000 + 3 * 600 - 60);
    expect(cutOffOf(LOCAL, 0)).toBe(1_027);
  });

  it("has in its records what happens from one cut-off up to the next, whatever its length", () => {
    fc.assert(
      fc.property(anyTimes, fc.nat(10_000), (times, epoch) => {
        const cutOff = cutOffOf(times, epoch);
        expect(recordEpochAt(times, cutOff - 1)).toBe(epoch);
        expect(recordEpochAt(times, cutOff)).toBe(epoch + 1);
        expect(cutOff).toBeGreaterThan(epochStart(times, epoch));
      }),
    );
  });

  it("counts what happened before the network began to its first records", () => {
    expect(recordEpochAt(NETWORK, 5)).toBe(0);
  });

  it("is led by slots of a twentieth, from its end until the next cut-off", () => {
    const end = epochStart(NETWORK, 5);
    expect(leaderSlotAt(NETWORK, 4, end - 1)).toBeUndefined();
    expect([0, 29, 30, 59, 60, 539].map((after) => leaderSlotAt(NETWORK, 4, end + after))).toEqual([0, 0, 1, 1, 2, 17]);
    expect(leaderSlotAt(NETWORK, 4, end + 540)).toBeUndefined();
    expect([0, 1, 2, 3, 26].map((after) => leaderSlotAt(LOCAL, 0, 1_030 + after))).toEqual([0, 0, 1, 2, 17]);
  });

  it("never has a slot before an earlier one, and none is skipped while an epoch has twenty seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 1_000 }), (epochSeconds) => {
        const times = { t0: 0, epochSeconds };
        const slots = Array.from({ length: epochSeconds }, (_, after) => leaderSlotAt(times, 0, epochSeconds + after));
        const led = slots.filter((slot) => slot !== undefined);
        expect([...new Set(led)]).toEqual(Array.from({ length: (led.at(-1) ?? 0) + 1 }, (_, slot) => slot));
      }),
      { numRuns: 40 },
    );
  });

  it("is open to anyone once it starts at or after the hosted phase's end", () => {
    expect(firstOpenEpoch(NETWORK, 1_000)).toBe(0);
    expect(firstOpenEpoch(NETWORK, 1_600)).toBe(1);
    expect(firstOpenEpoch(NETWORK, 1_601)).toBe(2);
    expect(firstOpenEpoch(NETWORK, 0)).toBe(0);
  });

  it("has no length below a second, and no number below zero", () => {
    expect(() => epochStart({ t0: 0, epochSeconds: 0 }, 1)).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => epochStart(NETWORK, -1)).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
