import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPrekeyAccepted, prekeyDestroyedAt, prekeyEpochAt, prekeyEpochStart, prekeyPlan } from "./prekeyRotation.js";

const TIMES = { startSeconds: 1_000, prekeySeconds: 400 };
const times = fc.record({ startSeconds: fc.nat(10_000), prekeySeconds: fc.integer({ min: 1, max: 100_000 }) });

describe("prekeys in time", () => {
  it("are of the epoch that their second is in", () => {
    expect([999, 1_000, 1_399, 1_400].map((now) => prekeyEpochAt(TIMES, now))).toEqual([-1, 0, 0, 1]);
    expect(prekeyEpochStart(TIMES, 3)).toBe(2_200);
  });

  it("are accepted in their epoch and the two behind it, and not a second before or after", () => {
    const accepted = [2_199, 2_200, 3_399, 3_400].map((now) => isPrekeyAccepted(TIMES, 3, now));
    expect(accepted).toEqual([false, true, true, false]);
    expect(prekeyDestroyedAt(TIMES, 3)).toBe(3_400);
  });

  it("are destroyed in the very second from which they aren't accepted", () => {
    fc.assert(
      fc.property(times, fc.nat(100), fc.nat(1_000_000), (one, epoch, now) => {
        const isGone = now >= prekeyDestroyedAt(one, epoch);
        if (isPrekeyAccepted(one, epoch, now)) expect(isGone).toBe(false);
        expect(prekeyPlan(one, [epoch], now).destroy.includes(epoch)).toBe(
          isGone || epoch > prekeyEpochAt(one, now) + 1,
        );
      }),
    );
  });

  it("leave a miner that follows its plan with every key that may still be needed, and no other", () => {
    fc.assert(
      fc.property(times, fc.array(fc.nat(120_000), { minLength: 1, maxLength: 30 }), (one, waits) => {
        let held: readonly number[] = [];
        let now = one.startSeconds;
        for (const wait of waits) {
          now += wait;
          const { make, destroy } = prekeyPlan(one, held, now);
          expect(make.filter((epoch) => held.includes(epoch))).toEqual([]);
          held = [...held, ...make].filter((epoch) => !destroy.includes(epoch));
          const current = prekeyEpochAt(one, now);
          expect(held).toContain(current);
          expect(held.every((epoch) => epoch >= current - 2 && epoch <= current + 1)).toBe(true);
          expect(prekeyPlan(one, held, now)).toEqual({ make: [], destroy: [] });
        }
      }),
    );
  });

  it("are made ahead in the last quarter of an epoch, and not before", () => {
    expect(prekeyPlan(TIMES, [3], 2_499)).toEqual({ make: [], destroy: [] });
    expect(prekeyPlan(TIMES, [3], 2_500)).toEqual({ make: [4], destroy: [] });
    expect(prekeyPlan(TIMES, [9, 0, 1, 2, 3], 2_500)).toEqual({ make: [4], destroy: [0, 9] });
  });

  it("are made for the network's first epoch ahead of it, and for none before", () => {
    expect(prekeyPlan(TIMES, [], 899)).toEqual({ make: [], destroy: [] });
    expect(prekeyPlan(TIMES, [], 900)).toEqual({ make: [0], destroy: [] });
    expect(prekeyPlan(TIMES, [5, 0, -1], 999)).toEqual({ make: [], destroy: [-1, 5] });
  });
});
