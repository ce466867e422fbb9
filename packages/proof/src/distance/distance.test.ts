import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../statistics/random.js";
import { calibrateDistance } from "./calibrateDistance.js";
import { compareAnswers } from "./compareAnswers.js";
import { isTelling } from "./distanceFile.js";
import { geometricMedian } from "./geometricMedian.js";
import { cosineDistance, euclideanDistance } from "./vectorDistance.js";

const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
const vectorOf = (length: number) => fc.array(coordinate, { minLength: length, maxLength: length });
const anyVectors = fc
  .integer({ min: 1, max: 6 })
  .chain((length) => fc.array(vectorOf(length), { minLength: 3, maxLength: 7 }));

const sumTo = (point: readonly number[], vectors: readonly (readonly number[])[]): number =>
  vectors.reduce((sum, vector) => sum + euclideanDistance(point, vector), 0);

describe("the distance of two vectors", () => {
  it("is 0 in one direction, 1 across, 2 in the opposite one, whatever their lengths", () => {
    expect(cosineDistance([3, 4], [0.3, 0.4])).toBeCloseTo(0, 12);
    expect(cosineDistance([1, 0], [0, 5])).toBe(1);
    expect(cosineDistance([1, 2], [-2, -4])).toBeCloseTo(2, 12);
    expect(cosineDistance([0, 0], [1, 0])).toBe(1);
  });

  it("is refused for vectors of different lengths, of none, or that aren't finite", () => {
    expect(() => cosineDistance([1], [1, 2])).toThrow(RangeError);
    expect(() => cosineDistance([], [])).toThrow(RangeError);
    expect(() => cosineDistance([Number.NaN], [1])).toThrow(RangeError);
  });
});

describe("the geometric median", () => {
  it("has no larger sum of distances than any of the vectors or their mean", () => {
    fc.assert(
      fc.property(anyVectors, (vectors) => {
        const median = geometricMedian(vectors);
        const mean = vectors[0]?.map((_, at) => vectors.reduce((sum, v) => sum + (v[at] ?? 0), 0) / vectors.length);
        for (const other of [...vectors, mean ?? []]) {
          expect(sumTo(median, vectors)).toBeLessThanOrEqual(sumTo(other, vectors) + 1e-6);
        }
      }),
    );
  });

  it("isn't dragged off by fewer than half, however far they are: Minsker's bound", () => {
    // Bernoulli 21, 2015, lemma 2.1: with a share a < 1/2 off, and the others within d of a point, it stays within (1 − a) ÷ √(1 − 2a) × d.
    const anyCase = fc.record({
      honest: fc.array(vectorOf(3), { minLength: 2, maxLength: 4 }),
      liar: fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(anyCase, ({ honest, liar }) => {
        const vectors = [...honest, liar];
        const off = 1 / vectors.length;
        const reach = ((1 - off) / Math.sqrt(1 - 2 * off)) * Math.sqrt(3);
        expect(euclideanDistance(geometricMedian(vectors), [0, 0, 0])).toBeLessThanOrEqual(reach + 1e-6);
      }),
    );
  });

  it("is the vector itself where the others don't pull it away, and the same bits each time", () => {
    const three = [
      [0, 0],
      [1, 0.01],
      [-1, 0.01],
    ];
    expect(geometricMedian(three)).toEqual([0, 0]);
    const wide = [
      [0, 0],
      [1, 0],
      [0.5, 0.9],
    ];
    expect(geometricMedian(wide)).toEqual(geometricMedian(wide.map((one) => [...one])));
    // Fermat's point of an equilateral triangle is its middle.
    const [x = 0, y = 0] = geometricMedian([
      [0, 0],
      [1, 0],
      [0.5, Math.sqrt(3) / 2],
    ]);
    expect([x, y]).toEqual([expect.closeTo(0.5, 9), expect.closeTo(Math.sqrt(3) / 6, 9)]);
  });
});

const TOPIC = [1, 0.2, 0, 0];
const OTHER = [0, 0, 1, -0.4];
const near = (seed: number, topic = TOPIC): readonly number[] => {
  const random = createRandom(seed);
  return topic.map((value) => value + 0.1 * (random() - 0.5));
};

describe("copies of an answer", () => {
  it("give the one nearest their middle, and name the one that speaks of something else", () => {
    const comparison = compareAnswers([near(1), near(2, OTHER), near(3)], 0.2);
    expect(comparison.outliers).toEqual([1]);
    expect([0, 2]).toContain(comparison.nearest);
  });

  it("name nobody without a threshold", () => {
    expect(compareAnswers([near(1), near(2, OTHER), near(3)], undefined).outliers).toEqual([]);
  });

  it("that are the same give the first, at no distance", () => {
    const same = near(4);
    const { nearest, distances } = compareAnswers([same, same, same], 0);
    expect(nearest).toBe(0);
    for (const distance of distances) expect(distance).toBeCloseTo(0, 12);
  });

  it("are never fewer than three", () => {
    expect(() => compareAnswers([near(1), near(2)], 0.2)).toThrow(RangeError);
  });

  it("never call the one nearest the middle an outlier, and don't depend on the vectors' lengths", () => {
    fc.assert(
      fc.property(anyVectors, fc.double({ min: 0, max: 2, noNaN: true }), fc.integer(), (vectors, threshold, seed) => {
        const compared = compareAnswers(vectors, threshold);
        expect(compared.outliers).not.toContain(compared.nearest);
        // By powers of two, which change no bit of a direction: where two medians are as good, one bit decides between them.
        const longer = vectors.map((vector, at) => vector.map((value) => value * 2 ** ((seed >>> at) & 15)));
        expect(compareAnswers(longer, threshold)).toEqual(compared);
      }),
    );
  });
});

describe("the threshold of outliers", () => {
  const honest = Array.from({ length: 200 }, (_, at) => [near(3 * at), near(3 * at + 1), near(3 * at + 2)]);
  const swapped = Array.from({ length: 100 }, (_, at) => [near(5 * at), near(5 * at + 1), near(at, OTHER)]);

  it("comes from one half of the honest groups, and says what it does to the other and to cheats", () => {
    const threshold = calibrateDistance({ honest, cheats: { swapped, honest }, falseAlarmsMax: 0.01 });
    expect(threshold).toMatchObject({ copies: 3, held: { answers: 300 } });
    expect(threshold.held.outliers / threshold.held.answers).toBeLessThan(0.04);
    const [found, honestly] = threshold.cheats;
    expect(found).toMatchObject({ name: "swapped", answers: 100, outliers: 100 });
    expect((honestly?.outliers ?? 1) / 200).toBeLessThan(0.04);
  });

  it("tells only when honest copies bear it out, and some cheat is found more often", () => {
    const threshold = calibrateDistance({ honest, cheats: { swapped }, falseAlarmsMax: 0.01 });
    expect(isTelling(threshold)).toBe(true);
    expect(isTelling({ ...threshold, held: { answers: 99, outliers: 0 } })).toBe(false);
    expect(isTelling({ ...threshold, held: { answers: 300, outliers: 30 } })).toBe(false);
    expect(isTelling({ ...threshold, cheats: [] })).toBe(false);
    expect(isTelling(calibrateDistance({ honest, cheats: { honest }, falseAlarmsMax: 0.01 }))).toBe(false);
  });

  it("is refused for groups of different sizes, or too few", () => {
    const parts = { cheats: {}, falseAlarmsMax: 0.01 };
    expect(() => calibrateDistance({ honest: honest.slice(0, 1), ...parts })).toThrow(RangeError);
    const mixed = [honest[0] ?? [], [near(1), near(2), near(3), near(4)]];
    expect(() => calibrateDistance({ honest: mixed, ...parts })).toThrow(RangeError);
  });
});
