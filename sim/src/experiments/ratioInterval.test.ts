import { createRandom } from "@cortensor/proof";
import { describe, expect, it } from "vitest";
import { ratioInterval } from "./ratioInterval.js";

const HOW = { blockLength: 3, resamples: 400, seed: 1 };

describe("a ratio over time", () => {
  it("is that of the sums, and without chance its interval is a point", () => {
    const parts = [1, 2, 3].map((under) => ({ over: under / 4, under }));
    expect(ratioInterval(parts, HOW)).toEqual({ value: 0.25, low: 0.25, high: 0.25 });
  });

  it("holds the true ratio in its interval about as often as it says", () => {
    let held = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      const random = createRandom(trial);
      const parts = Array.from({ length: 50 }, () => ({ over: random() + random(), under: 4 }));
      const { low, high } = ratioInterval(parts, { ...HOW, seed: trial });
      if (low <= 0.25 && high >= 0.25) held += 1;
    }
    expect(held).toBeGreaterThan(170);
    expect(held).toBeLessThan(200);
  });

  it("is refused where nothing was measured", () => {
    expect(() => ratioInterval([], HOW)).toThrow("nothing");
  });
});
