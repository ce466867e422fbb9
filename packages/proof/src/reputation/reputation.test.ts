import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaQuantile } from "./betaQuantile.js";
import {
  type AuditRecord,
  addAudit,
  agedTo,
  availabilityOf,
  HALF_LIFE_SECONDS,
  NO_AUDITS,
  qualityOf,
  reputationOf,
} from "./reputation.js";

const anyRecord = fc.record({
  passed: fc.double({ min: 0, max: 5_000, noNaN: true }),
  failed: fc.double({ min: 0, max: 500, noNaN: true }),
  atSeconds: fc.nat(1_000_000),
});
const after = (passes: number, fails: number): AuditRecord => ({ passed: passes, failed: 10 * fails, atSeconds: 0 });

describe("the quantile of a Beta distribution", () => {
  it("equals what closed forms give", () => {
    // Beta(1, b): 1 − (1 − p)^(1 ÷ b). Beta(a, 1): p^(1 ÷ a).
    expect(betaQuantile(0.05, 1, 3)).toBeCloseTo(1 - 0.95 ** (1 / 3), 12);
    expect(betaQuantile(0.05, 31, 1)).toBeCloseTo(0.05 ** (1 / 31), 12);
    expect(betaQuantile(0.5, 7.5, 7.5)).toBeCloseTo(0.5, 12);
    expect(betaQuantile(0.2, 4, 9)).toBeCloseTo(1 - betaQuantile(0.8, 9, 4), 12);
  });

  it("refuses what is no share, and shapes below a half", () => {
    expect(() => betaQuantile(0, 1, 1)).toThrow(RangeError);
    expect(() => betaQuantile(0.5, 0.4, 1)).toThrow(RangeError);
  });
});

describe("reputation", () => {
  it("is worst for a newcomer, yet alive, and good after thirty passes", () => {
    expect(qualityOf(NO_AUDITS)).toBeCloseTo(0.017, 3);
    expect(qualityOf(after(30, 0))).toBeCloseTo(0.82, 2);
    expect(qualityOf(after(2_000, 0))).toBeGreaterThan(0.99);
  });

  it("never falls with a pass, never rises with a failure", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const quality = qualityOf(record);
        expect(qualityOf(addAudit(record, "passed", record.atSeconds))).toBeGreaterThanOrEqual(quality);
        expect(qualityOf(addAudit(record, "failed", record.atSeconds))).toBeLessThanOrEqual(quality);
        expect(quality).toBeGreaterThan(0);
        expect(quality).toBeLessThan(1);
      }),
      { numRuns: 200 },
    );
  });

  it("forgets half in fourteen days, for good and for bad, and nothing backwards", () => {
    const record = { passed: 100, failed: 40, atSeconds: 0 };
    const aged = agedTo(record, HALF_LIFE_SECONDS);
    expect(aged.passed).toBeCloseTo(50, 9);
    expect(aged.failed).toBeCloseTo(20, 9);
    expect(agedTo(aged, 0)).toEqual(aged);
  });

  it("leaves whoever was caught once better off than a newcomer, so that starting again gains nothing", () => {
    const caught = addAudit(after(30, 0), "failed", 0);
    expect(qualityOf(caught)).toBeGreaterThan(qualityOf(NO_AUDITS));
  });

  it("counts tasks that were accepted and not delivered", () => {
    expect(availabilityOf({ accepted: 0, delivered: 0 })).toBe(0);
    const [all, most] = [1_000, 900].map((delivered) => availabilityOf({ accepted: 1_000, delivered }));
    expect(all).toBeGreaterThan(0.99);
    expect(most).toBeLessThan(0.9);
    expect(reputationOf(after(100, 0), { accepted: 1_000, delivered: 900 })).toBeLessThan(0.9);
  });
});
