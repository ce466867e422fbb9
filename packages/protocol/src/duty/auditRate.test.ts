import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIT_RULES, auditRatePpm, PPM } from "./auditRate.js";

describe("the audit rate", () => {
  it("is all for a miner's first tasks, and never below the least for the best name", () => {
    expect(auditRatePpm({ tasks: 49, reputationPpm: PPM })).toBe(PPM);
    expect(auditRatePpm({ tasks: 50, reputationPpm: PPM })).toBe(AUDIT_RULES.leastPpm);
    expect(auditRatePpm({ tasks: 50, reputationPpm: 0 })).toBe(PPM);
  });

  it("falls as the name gets better", () => {
    const anyReputation = fc.integer({ min: 0, max: PPM });
    fc.assert(
      fc.property(anyReputation, anyReputation, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [often, rare] = [low, high].map((reputationPpm) => auditRatePpm({ tasks: 1_000, reputationPpm }));
        expect(often).toBeGreaterThanOrEqual(rare ?? Number.NaN);
        expect(rare).toBeGreaterThanOrEqual(AUDIT_RULES.leastPpm);
      }),
    );
  });

  it("refuses what is no reputation", () => {
    for (const reputationPpm of [PPM + 1, -1, 0.5, Number.NaN])
      expect(() => auditRatePpm({ tasks: 0, reputationPpm })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
