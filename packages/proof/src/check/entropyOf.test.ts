import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entropyOf } from "./checkTokens.js";

const topOf = (shares: readonly number[]) => shares.map((share, id) => ({ id, logprob: Math.log(share) }));

describe("entropyOf", () => {
  it("is the entropy of what the sampler draws from, at its temperature", () => {
    expect(entropyOf(topOf([0.5, 0.5]))).toBeCloseTo(Math.log(2), 12);
    expect(entropyOf(topOf([0.8, 0.2]))).toBeCloseTo(0.5004, 4);
    // At half the temperature the shares are squared: 16 to 1.
    expect(entropyOf(topOf([0.8, 0.2]), 0.5)).toBeCloseTo(0.2237, 4);
    expect(entropyOf(topOf([0.8, 0.2]), 0)).toBe(0);
  });

  it("takes what isn't known as one token more", () => {
    expect(entropyOf(topOf([0.5, 0.25]))).toBeCloseTo(entropyOf(topOf([0.5, 0.25, 0.25])), 12);
  });

  it("never rises as the temperature falls, and stays a number where shares vanish", () => {
    const shares = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(shares, fc.double({ min: 0.01, max: 1, noNaN: true }), (weights, temperature) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const top = topOf(weights.map((weight) => weight / total));
        const entropy = entropyOf(top, temperature);
        expect(entropy).toBeGreaterThanOrEqual(0);
        expect(entropy).toBeLessThanOrEqual(entropyOf(top) + 1e-9);
      }),
    );
  });
});
