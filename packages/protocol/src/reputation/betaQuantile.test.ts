import { describe, expect, it } from "vitest";
import { betaQuantile } from "./betaQuantile.js";

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
