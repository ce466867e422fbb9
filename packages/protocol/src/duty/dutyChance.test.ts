import { describe, expect, it } from "vitest";
import { hexToBytes } from "../bytes.js";
import { aWord } from "../test/aTask.js";
import { chiSquare } from "../test/chiSquare.js";
import { aDutyTask, someDuties } from "../test/someDuties.js";
import { PPM } from "./auditRate.js";
import { dutiesOf } from "./dutiesOf.js";
import { dutyBound, dutyDraw, isBelow } from "./dutyDraw.js";

/**
 * χ² that chance exceeds once in a thousand, by degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, upper
 * 0.001. All secrets and tasks below are fixed, so that a draw is as it is or the rule has changed.
 */
const CHI_SQUARE_MAX = { 1: 10.828, 3: 16.266, 4: 18.467, 15: 37.697, 19: 43.82, 99: 148.23 } as const;

const TASKS = Array.from({ length: 100 }, (_, index) => hexToBytes(aWord(`task ${index}`)));
const SECRETS = Array.from({ length: 1_000 }, (_, index) => aWord(`epoch's secret ${index}`));
const POINTS = SECRETS.map((secret) => TASKS.map(dutyDraw(secret)));

/** Σ (hits − expected)² ÷ variance over independent counts of `trials` draws each: as many degrees of freedom as there are counts. */
function binomialChiSquare(hits: readonly number[], chances: readonly number[], trials: number): number {
  return hits.reduce((sum, count, index) => {
    const chance = chances[index] ?? 0;
    return sum + (count - trials * chance) ** 2 / (trials * chance * (1 - chance));
  }, 0);
}

describe("chance in the draw of duties", () => {
  it("is the same for every task", () => {
    const bound = dutyBound(200_000, { weight: 1n, total: 2n });
    const hits = TASKS.map((_, task) => POINTS.filter((points) => isBelow(points[task] ?? bound, bound)).length);
    const equal = TASKS.map(() => 1);
    // Counts of hits, given their sum, spread 1 − 0.1 as far as multinomial ones.
    expect(chiSquare(hits, equal) / 0.9).toBeLessThan(CHI_SQUARE_MAX[99]);
    const favoured = hits.map((count, task) => (task < 10 ? 2 * count : count));
    expect(chiSquare(favoured, equal) / 0.9).toBeGreaterThan(CHI_SQUARE_MAX[99]);
  });

  it("is in proportion to a validator's weight, and to the rate", () => {
    const weights = [1n, 2n, 3n, 14n];
    const total = 20n;
    for (const ratePpm of [50_000, 400_000, PPM]) {
      const chances = weights.map((weight) => (ratePpm / PPM) * (Number(weight) / Number(total)));
      const hits = weights.map((weight, validator) => {
        const bound = dutyBound(ratePpm, { weight, total });
        const own = POINTS.slice(250 * validator, 250 * (validator + 1));
        return own.reduce((sum, points) => sum + points.filter((point) => isBelow(point, bound)).length, 0);
      });
      expect(binomialChiSquare(hits, chances, 25_000)).toBeLessThan(CHI_SQUARE_MAX[4]);
      const equal = chances.map(() => chances.reduce((sum, one) => sum + one, 0) / chances.length);
      expect(binomialChiSquare(hits, equal, 25_000)).toBeGreaterThan(CHI_SQUARE_MAX[4]);
    }
  });

  it("is as each task's own rate says where an epoch's tasks have several, each on its own", () => {
    const rates = [50_000, 240_000, PPM];
    const tasks = Array.from({ length: 600 }, (_, index) => aDutyTask(index, { ratePpm: rates[index % 3] ?? 0 }));
    const { duties } = dutiesOf(someDuties(20, { tasks }));
    const places = new Map(tasks.map(({ taskId }, index) => [taskId, index % 3]));
    const hits = rates.map((_, place) => duties.filter(({ taskId }) => places.get(taskId) === place).length);
    const chances = rates.map((rate) => rate / PPM / 20);
    expect(binomialChiSquare(hits, chances, 20 * 200)).toBeLessThan(CHI_SQUARE_MAX[3]);
    const equal = chances.map(() => chances.reduce((sum, one) => sum + one, 0) / chances.length);
    expect(binomialChiSquare(hits, equal, 20 * 200)).toBeGreaterThan(CHI_SQUARE_MAX[3]);
  });

  it("is in every part of a point, to the last byte", () => {
    for (const place of [0, 15, 31]) {
      const bins = Array.from({ length: 16 }, () => 0);
      for (const points of POINTS) {
        for (const point of points) {
          const bin = (point[place] ?? 0) % 16;
          bins[bin] = (bins[bin] ?? 0) + 1;
        }
      }
      expect(
        chiSquare(
          bins,
          bins.map(() => 1),
        ),
      ).toBeLessThan(CHI_SQUARE_MAX[15]);
    }
  });

  it("of one validator says nothing of another's", () => {
    const bound = dutyBound(500_000, { weight: 1n, total: 2n });
    const both = [0, 0, 0, 0];
    for (let pair = 0; pair < SECRETS.length; pair += 2) {
      for (const task of TASKS.keys()) {
        const hits = [POINTS[pair]?.[task], POINTS[pair + 1]?.[task]].map((point) => isBelow(point ?? bound, bound));
        const cell = Number(hits[0]) * 2 + Number(hits[1]);
        both[cell] = (both[cell] ?? 0) + 1;
      }
    }
    const [neither = 0, second = 0, first = 0, two = 0] = both;
    const all = neither + second + first + two;
    const expected = [neither + second, first + two].flatMap((row) =>
      [neither + first, second + two].map((column) => (row * column) / all),
    );
    expect(chiSquare(both, expected)).toBeLessThan(CHI_SQUARE_MAX[1]);
  });

  it("of one secret is spread over an epoch's tasks without runs", () => {
    const bound = dutyBound(PPM, { weight: 1n, total: 10n });
    const gaps = Array.from({ length: 20 }, () => 0);
    for (const points of POINTS) {
      let last = -1;
      for (const [task, point] of points.entries()) {
        if (!isBelow(point, bound)) continue;
        // The first hit of an epoch, and gaps cut off by its end, would be shorter ones.
        if (last >= 0 && last < 80 && task - last <= 20) gaps[task - last - 1] = (gaps[task - last - 1] ?? 0) + 1;
        last = task;
      }
    }
    const geometric = gaps.map((_, index) => 0.9 ** index * 0.1);
    expect(chiSquare(gaps, geometric)).toBeLessThan(CHI_SQUARE_MAX[19]);
  });
});
