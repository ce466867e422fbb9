import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIT_RULES, auditRatePpm, PPM } from "../duty/auditRate.js";
import { PENALTIES } from "../offences.js";
import { BPS } from "../splits.js";
import { type AuditCounts, FAIL_WEIGHT, MICRO, NO_AUDITS, withFinding } from "./auditCounts.js";
import { availabilityPpm, qualityPpm, reputationPpm } from "./reputationPpm.js";

const anyCounts = fc.record({
  passedMicro: fc.nat(2_000_000_000),
  failedMicro: fc.nat(500_000_000),
});
const anyAvailability = fc.integer({ min: 0, max: PPM });
const after = (passed: number, failed: number): AuditCounts => ({
  passedMicro: passed * MICRO,
  failedMicro: failed * FAIL_WEIGHT * MICRO,
});

describe("reputation", () => {
  it("never falls with a pass, never rises with a failure", () => {
    fc.assert(
      fc.property(anyCounts, anyAvailability, (counts, availability) => {
        const of = (some: AuditCounts): number => reputationPpm({ ...some, availabilityPpm: availability });
        expect(of(withFinding(counts, "passed"))).toBeGreaterThanOrEqual(of(counts));
        expect(of(withFinding(counts, "failed"))).toBeLessThanOrEqual(of(counts));
      }),
      { numRuns: 200 },
    );
  });

  it("never falls with a delivery, never rises with a task that wasn't delivered", () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (delivered, lost) => {
        const accepted = delivered + lost;
        const now = availabilityPpm({ accepted, delivered });
        expect(availabilityPpm({ accepted: accepted + 1, delivered: delivered + 1 })).toBeGreaterThanOrEqual(now);
        expect(availabilityPpm({ accepted: accepted + 1, delivered })).toBeLessThanOrEqual(now);
        expect(now).toBeLessThan(PPM);
      }),
    );
  });

  it("is worst for a newcomer, yet alive, and good after thirty passes", () => {
    expect(qualityPpm(NO_AUDITS)).toBe(16_952);
    expect(qualityPpm(after(30, 0))).toBe(821_265);
    expect(qualityPpm(after(2_000, 0))).toBeGreaterThan(990_000);
    expect(auditRatePpm({ tasks: 0, reputationPpm: 0 })).toBe(AUDIT_RULES.mostPpm);
  });

  it("leaves whoever was caught once better off than a newcomer, so that starting again gains nothing", () => {
    expect(qualityPpm(withFinding(after(30, 0), "failed"))).toBeGreaterThan(qualityPpm(NO_AUDITS));
    const trusted = { tasks: 1_000, reputationPpm: qualityPpm(withFinding(after(30, 0), "failed")) };
    expect(auditRatePpm(trusted)).toBeLessThan(auditRatePpm({ tasks: 0, reputationPpm: qualityPpm(NO_AUDITS) }));
  });

  it("never makes cheating pay, however good: the least rate deters alone", () => {
    // Protocol A.4: a × δ × (S + F) ≥ 2 × g, with δ = 0.95 and half of the fee saved.
    const [detection, savedOfFee, margin] = [0.95, 0.5, 2];
    const atStake = PENALTIES.wrongResult.causeBps / BPS + 1;
    fc.assert(
      fc.property(anyCounts, anyAvailability, fc.nat(100_000), (counts, availability, tasks) => {
        const ratePpm = auditRatePpm({
          tasks,
          reputationPpm: reputationPpm({ ...counts, availabilityPpm: availability }),
        });
        expect(ratePpm).toBeGreaterThanOrEqual(AUDIT_RULES.leastPpm);
        expect((ratePpm / PPM) * detection * atStake).toBeGreaterThanOrEqual(margin * savedOfFee);
      }),
    );
  });

  it("counts tasks that were accepted and not delivered, as Wilson's interval does", () => {
    expect(availabilityPpm({ accepted: 0, delivered: 0 })).toBe(0);
    expect(availabilityPpm({ accepted: 9, delivered: 0 })).toBe(0);
    expect(availabilityPpm({ accepted: 1_000, delivered: 1_000 })).toBe(996_173);
    const z = 1.959964;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const delivered = Math.floor(n * share);
        const p = delivered / n;
        const reach = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
        const low = Math.max(0, (p + (z * z) / (2 * n) - reach) / (1 + (z * z) / n));
        const ppm = availabilityPpm({ accepted: n, delivered });
        expect(Math.abs(ppm - low * PPM)).toBeLessThanOrEqual(3);
      }),
    );
    expect(() => availabilityPpm({ accepted: 1, delivered: 2 })).toThrow("PROTOCOL_OUT_OF_RANGE");
    expect(() => availabilityPpm({ accepted: 1.5, delivered: 1 })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
