import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapInterval } from "./bootstrap.js";
import { caughtWithin, tasksUntilCaught } from "./detection.js";
import { normalQuantile } from "./normalQuantile.js";
import { meanOf, upperQuantile } from "./quantile.js";
import { createRandom, drawIndex } from "./random.js";
import { areaUnderRoc, operatingPoint, rocCurve } from "./roc.js";
import { tokensNeeded } from "./tokensNeeded.js";
import { wilsonInterval } from "./wilson.js";

const anyShare = fc.double({ min: 0, max: 1, noNaN: true });
const someValues = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });

describe("createRandom", () => {
  it("repeats itself under a seed, differs under another, and is level", () => {
    const take = (seed: number) => Array.from({ length: 10_000 }, createRandom(seed));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
    expect(take(2 ** 40)).not.toEqual(take(0));
    const values = take(1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(meanOf(values)).toBeCloseTo(0.5, 1);
    const counts = Array.from({ length: 10 }, () => 0);
    const random = createRandom(3);
    for (let draw = 0; draw < 20_000; draw += 1) {
      const index = drawIndex(random, 10);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    // χ² of nine degrees of freedom: above 27.9 once in a thousand seeds.
    expect(counts.reduce((sum, count) => sum + (count - 2_000) ** 2 / 2_000, 0)).toBeLessThan(27.9);
  });

  it("refuses a seed that is no whole number", () => {
    expect(() => createRandom(-1)).toThrow(RangeError);
    expect(() => createRandom(0.5)).toThrow(RangeError);
  });
});

describe("normalQuantile", () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.001, -3.090232306167813],
    [1e-12, -7.034483825301131],
  ])("of %s is %s", (probability, z) => {
    expect(normalQuantile(probability)).toBeCloseTo(z, 12);
  });

  it("is odd around a half, and refuses certainty", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.5, noNaN: true }), (probability) => {
        expect(normalQuantile(1 - probability)).toBeCloseTo(-normalQuantile(probability), 5);
      }),
    );
    expect(() => normalQuantile(0)).toThrow(RangeError);
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });
});

describe("wilsonInterval", () => {
  it("gives the published values", () => {
    const { low, high } = wilsonInterval(81, 263);
    expect(low).toBeCloseTo(0.255, 3);
    expect(high).toBeCloseTo(0.3662, 3);
    expect(wilsonInterval(0, 100).high).toBeCloseTo(0.037, 4);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it("holds the share seen, lies within 0 and 1, and narrows with more trials", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 500 }), (some, trials) => {
        const hits = Math.min(some, trials);
        const { low, high } = wilsonInterval(hits, trials);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(hits / trials);
        expect(high).toBeGreaterThanOrEqual(hits / trials);
        expect(high).toBeLessThanOrEqual(1);
        const more = wilsonInterval(hits * 10, trials * 10);
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });

  it("covers the true share about as often as it says", () => {
    const random = createRandom(11);
    const covered = Array.from({ length: 2_000 }, () => {
      const hits = Array.from({ length: 60 }, random).filter((value) => value < 0.1).length;
      const { low, high } = wilsonInterval(hits, 60);
      return low <= 0.1 && high >= 0.1;
    }).filter(Boolean).length;
    expect(covered / 2_000).toBeGreaterThan(0.93);
    expect(covered / 2_000).toBeLessThan(0.99);
  });

  it("refuses more hits than trials", () => {
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
  });
});

describe("tokensNeeded", () => {
  it.each([
    [0.08, 254],
    [0.06, 482],
    [0.04, 1_527],
  ])("tells 2 %% from a share of %s in about %s tokens", (cheat, tokens) => {
    const needed = tokensNeeded({ honest: 0.02, cheat, falseAlarms: 0.01, detection: 0.99 });
    expect(Math.abs(needed - tokens) / tokens).toBeLessThan(0.01);
  });

  it("needs fewer for a larger gap, and refuses none", () => {
    const needed = (cheat: number) => tokensNeeded({ honest: 0.02, cheat, falseAlarms: 0.01, detection: 0.99 });
    expect(needed(0.3)).toBeLessThan(needed(0.1));
    expect(() => needed(0.02)).toThrow(RangeError);
  });
});

describe("detection over many tasks", () => {
  it("follows 1 − (1 − aδ)ⁿ", () => {
    expect(caughtWithin({ audit: 0.05, detection: 0.95 }, 100)).toBeCloseTo(1 - (1 - 0.0475) ** 100, 12);
    expect(caughtWithin({ audit: 1, detection: 1 }, 1)).toBe(1);
    expect(caughtWithin({ audit: 0.5, detection: 0.5 }, 0)).toBe(0);
  });

  it("agrees with a seeded run of audits", () => {
    const random = createRandom(5);
    const runs = 4_000;
    const caught = Array.from({ length: runs }, () =>
      Array.from({ length: 20 }, () => random() < 0.1 && random() < 0.6).some(Boolean),
    ).filter(Boolean).length;
    const { low, high } = wilsonInterval(caught, runs, 0.999);
    const expected = caughtWithin({ audit: 0.1, detection: 0.6 }, 20);
    expect(expected).toBeGreaterThan(low);
    expect(expected).toBeLessThan(high);
  });

  it("says the least number of tasks for a chance", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        (audit, detection, chance) => {
          const tasks = tasksUntilCaught({ audit, detection }, chance);
          expect(caughtWithin({ audit, detection }, tasks)).toBeGreaterThanOrEqual(chance - 1e-9);
          if (tasks > 0) expect(caughtWithin({ audit, detection }, tasks - 1)).toBeLessThan(chance + 1e-9);
        },
      ),
    );
  });

  it("refuses what is no share", () => {
    expect(() => caughtWithin({ audit: 1.1, detection: 1 }, 1)).toThrow(RangeError);
    expect(() => tasksUntilCaught({ audit: 0.5, detection: 0.5 }, 1)).toThrow(RangeError);
  });
});

describe("upperQuantile", () => {
  it("is one of the values, and leaves at most the rest above it", () => {
    fc.assert(
      fc.property(someValues, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const quantile = upperQuantile(values, share);
        expect(values).toContain(quantile);
        const above = values.filter((value) => value > quantile).length;
        expect(above).toBeLessThanOrEqual((1 - share) * values.length + 1e-6);
      }),
    );
  });

  it("takes rank 99 of 100 for 0.99", () => {
    expect(
      upperQuantile(
        Array.from({ length: 100 }, (_, index) => index + 1),
        0.99,
      ),
    ).toBe(99);
    expect(() => upperQuantile([], 0.5)).toThrow(RangeError);
  });
});

describe("a ROC curve", () => {
  it("rises from nothing to everything, and its trapezoids have the area that the ranks say", () => {
    fc.assert(
      fc.property(someValues, someValues, (honest, cheat) => {
        const curve = rocCurve(honest, cheat);
        expect(curve[0]).toMatchObject({ falseAlarms: 0, detection: 0 });
        expect(curve.at(-1)).toMatchObject({ falseAlarms: 1, detection: 1 });
        const area = curve.slice(1).reduce((sum, point, index) => {
          const before = curve[index] ?? point;
          expect(point.falseAlarms).toBeGreaterThanOrEqual(before.falseAlarms);
          expect(point.detection).toBeGreaterThanOrEqual(before.detection);
          return sum + ((point.falseAlarms - before.falseAlarms) * (point.detection + before.detection)) / 2;
        }, 0);
        expect(areaUnderRoc(honest, cheat)).toBeCloseTo(area, 9);
        expect(areaUnderRoc(cheat, honest)).toBeCloseTo(1 - area, 9);
      }),
    );
  });

  it("keeps to the false alarms asked for", () => {
    fc.assert(
      fc.property(someValues, someValues, fc.double({ min: 0, max: 0.9, noNaN: true }), (honest, cheat, alarms) => {
        const point = operatingPoint(honest, cheat, alarms);
        expect(point.falseAlarms).toBeLessThanOrEqual(alarms + 1e-9);
        expect(point.caught).toBe(cheat.filter((value) => value > point.threshold).length);
      }),
    );
    expect(operatingPoint([0, 0, 1], [2, 2, 0], 0)).toMatchObject({ threshold: 1, detection: 2 / 3 });
  });
});

describe("bootstrapInterval", () => {
  it("holds the mean about as often as it says, drawing sequences whole", () => {
    const random = createRandom(21);
    const covered = Array.from({ length: 100 }, () => {
      // Windows of one sequence are alike: the sequence's own level decides.
      const sequences = Array.from({ length: 30 }, () => {
        const level = random();
        return Array.from({ length: 8 }, () => level + random() / 10);
      });
      const statistic = (drawn: readonly (readonly number[])[]) => meanOf(drawn.flat());
      const { low, high } = bootstrapInterval(sequences, { statistic, random, resamples: 100 });
      return low <= 0.55 && high >= 0.55;
    }).filter(Boolean).length;
    expect(covered / 100).toBeGreaterThan(0.85);
  });

  it("is a point for equal sequences, and refuses none", () => {
    const options = { statistic: meanOf, random: createRandom(1), resamples: 50 };
    expect(bootstrapInterval([3, 3, 3], options)).toEqual({ low: 3, high: 3 });
    expect(() => bootstrapInterval([], options)).toThrow(RangeError);
  });

  it("stays within the values", () => {
    fc.assert(
      fc.property(someValues, anyShare, (values, share) => {
        const options = { statistic: meanOf, random: createRandom(9), resamples: 50, confidence: share };
        const { low, high } = bootstrapInterval(values, options);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      }),
      { numRuns: 50 },
    );
  });
});
