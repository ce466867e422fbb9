import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SponsorCaps } from "./sponsorCaps.js";

const HOUR_MS = 3_600_000;
const account = (number: number) => `0x${number.toString(16).padStart(40, "0")}` as const;

describe("what a sponsor brings", () => {
  it("is no more of one account in a day, of all in an hour, or at once, than it allows", () => {
    const caps = new SponsorCaps({ hourMax: 3, accountMax: 2, openMax: 2 });
    expect(caps.take(account(1), { nowMs: 0, open: 0 })).toBeUndefined();
    expect(caps.take(account(1), { nowMs: 1, open: 2 })).toBe("open");
    expect(caps.take(account(1), { nowMs: 1, open: 1 })).toBeUndefined();
    expect(caps.take(account(1), { nowMs: 2, open: 0 })).toBe("account");
    expect(caps.take(account(2), { nowMs: 3, open: 0 })).toBeUndefined();
    expect(caps.take(account(3), { nowMs: 4, open: 0 })).toBe("hour");
    expect(caps.leftThisHour(4)).toBe(0);
    expect(caps.take(account(3), { nowMs: HOUR_MS, open: 0 })).toBeUndefined();
    expect(caps.take(account(1), { nowMs: 2 * HOUR_MS, open: 0 })).toBe("account");
    expect(caps.take(account(1), { nowMs: 24 * HOUR_MS + 1, open: 0 })).toBeUndefined();
  });

  it("stays within its caps in whatever order accounts come", () => {
    const come = fc.array(fc.record({ of: fc.nat(4), waitMs: fc.nat(HOUR_MS) }), { maxLength: 60 });
    fc.assert(
      fc.property(come, (comers) => {
        const limits = { hourMax: 4, accountMax: 3, openMax: 1 };
        const caps = new SponsorCaps(limits);
        const taken: { readonly of: number; readonly atMs: number }[] = [];
        let nowMs = 0;
        for (const { of, waitMs } of comers) {
          nowMs += waitMs;
          if (caps.take(account(of), { nowMs, open: 0 }) === undefined) taken.push({ of, atMs: nowMs });
          const since = (ms: number) => taken.filter(({ atMs }) => nowMs - atMs < ms);
          expect(since(HOUR_MS).length).toBeLessThanOrEqual(limits.hourMax);
          expect(since(24 * HOUR_MS).filter((one) => one.of === of).length).toBeLessThanOrEqual(limits.accountMax);
        }
      }),
    );
  });
});
