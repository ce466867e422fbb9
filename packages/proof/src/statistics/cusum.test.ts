import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addToCusum, type CusumTask, calibrateAlarm, countAlarms, kappaBetween, tokensToAlarm } from "./cusum.js";
import { createRandom } from "./random.js";

const anyTask = fc.record({
  marginNats: fc.double({ min: 0, max: 60, noNaN: true }),
  tokens: fc.integer({ min: 1, max: 200 }),
});

/** Tasks of 20 tokens, a share of which is off by one nat. */
function tasksOf(share: number, seed: number, count = 300): readonly CusumTask[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const marginNats = Array.from({ length: 20 }, random).filter((value) => value < share).length;
    return { marginNats, tokens: 20 };
  });
}

describe("the CUSUM", () => {
  it("is never negative, grows with the margin, and is worn off by honest tokens", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), anyTask, (sumNats, task) => {
        const rule = { kappaNats: 0.05 };
        const next = addToCusum(sumNats, task, rule);
        expect(next).toBeGreaterThanOrEqual(0);
        expect(addToCusum(sumNats, { ...task, marginNats: task.marginNats + 1 }, rule)).toBeGreaterThanOrEqual(next);
        expect(addToCusum(sumNats, { ...task, marginNats: 0 }, rule)).toBeLessThanOrEqual(sumNats);
      }),
    );
  });

  it("alarms as soon as the largest rise since any task is above h", () => {
    fc.assert(
      fc.property(fc.array(anyTask, { maxLength: 30 }), (tasks) => {
        const rule = { kappaNats: 0.2, alarmNats: 20 };
        const sums = tasks.map(({ marginNats, tokens }) => marginNats - rule.kappaNats * tokens);
        const rise = (end: number): number =>
          Math.max(
            0,
            ...sums.slice(0, end + 1).map((_, start) => sums.slice(start, end + 1).reduce((a, b) => a + b, 0)),
          );
        const first = tasks.findIndex((_, end) => rise(end) > rule.alarmNats + 1e-9);
        const alarm = tokensToAlarm(tasks, rule);
        const tokens = tasks.slice(0, first + 1).reduce((sum, task) => sum + task.tokens, 0);
        expect(alarm).toBe(first < 0 ? undefined : tokens);
      }),
    );
  });

  it("is calibrated to alarm on honest work no oftener than said, under another draw too", () => {
    // A pool of a few hundred tasks would carry its own sampling error into the alarm.
    const honest = tasksOf(0.02, 1, 20_000);
    const kappaNats = kappaBetween(tasksOf(0.02, 5), tasksOf(0.06, 6));
    const tokensBetween = 50_000;
    const parts = { kappaNats, tokensBetween, alarmLeastNats: 2 };
    const alarmNats = calibrateAlarm(honest, { ...parts, random: createRandom(2) });
    expect(alarmNats).toBe(calibrateAlarm(honest, { ...parts, random: createRandom(2) }));
    const fresh = tasksOf(0.02, 3, 50_000);
    expect(countAlarms(fresh, { kappaNats, alarmNats })).toBeLessThanOrEqual((2 * 50_000 * 20) / tokensBetween);
    expect(alarmNats).toBeGreaterThan(2);
  });

  it("finds a small deviation over several tasks", () => {
    const kappaNats = kappaBetween(tasksOf(0.02, 5), tasksOf(0.06, 6));
    const parts = { kappaNats, tokensBetween: 50_000, alarmLeastNats: 2, random: createRandom(2) };
    const alarmNats = calibrateAlarm(tasksOf(0.02, 1), parts);
    expect(tokensToAlarm(tasksOf(0.06, 4), { kappaNats, alarmNats })).toBeLessThan(2_000);
  });

  it("puts κ as many deviations from honest work as from the cheat, a tenth of the way at least", () => {
    const spread = (means: readonly number[]) => means.map((mean) => ({ marginNats: mean * 10, tokens: 10 }));
    // Means 0.1 and 0.5, deviations 0.1 and 0.3: a quarter of the way.
    expect(kappaBetween(spread([0, 0.2]), spread([0.2, 0.8]))).toBeCloseTo(0.2, 12);
    expect(kappaBetween(spread([0.1, 0.1]), spread([0.2, 0.8]))).toBeCloseTo(0.14, 12);
    expect(kappaBetween(spread([0.1]), spread([0.5]))).toBeCloseTo(0.3, 12);
  });

  it("never lets a single token raise the alarm where honest work shows nothing", () => {
    const silent = [{ marginNats: 0, tokens: 32 }];
    const parts = { kappaNats: 0.01, tokensBetween: 1_000, alarmLeastNats: 8, random: createRandom(1) };
    expect(calibrateAlarm(silent, parts)).toBe(8);
  });

  it("refuses a cheat that shows no more than honest work, and no tasks at all", () => {
    expect(() => kappaBetween(tasksOf(0.02, 1), tasksOf(0.02, 1))).toThrow(RangeError);
    expect(() => kappaBetween([], tasksOf(0.02, 1))).toThrow(RangeError);
    const parts = { kappaNats: 0.01, tokensBetween: 1_000, alarmLeastNats: 8, random: createRandom(1) };
    expect(() => calibrateAlarm([], parts)).toThrow(RangeError);
  });
});
