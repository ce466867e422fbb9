import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLIP_BELOW_POINTS, clippedMean, type StakedScore, stakeMedian } from "./clipScores.js";
import { combineVerdicts } from "./combineVerdicts.js";
import { judgeAnswer, type ValidatorScores } from "./judgeAnswer.js";
import { CRITERIA, POINTS_MAX, RUBRIC, type RubricScores, renderRubric } from "./rubric.js";

const points = fc.integer({ min: 0, max: POINTS_MAX });
const stake = fc.bigInt({ min: 1n, max: 10n ** 27n });
const staked = fc.record({ score: points, stakeWei: stake });
const stakeOf = (scores: readonly StakedScore[]): bigint => scores.reduce((sum, { stakeWei }) => sum + stakeWei, 0n);

/** A majority by stake, and others who have less together. */
const parties = fc
  .tuple(fc.array(staked, { minLength: 1, maxLength: 5 }), fc.array(staked, { minLength: 1, maxLength: 5 }))
  .filter(([most, rest]) => stakeOf(rest) < stakeOf(most));

const same = (score: number): RubricScores =>
  Object.fromEntries(CRITERIA.map((criterion) => [criterion, score])) as RubricScores;
const three = (...scores: readonly number[]): readonly ValidatorScores[] =>
  scores.map((score) => ({ stakeWei: 10n, scores: same(score) }));

describe("scores clipped at the stake-weighted median", () => {
  it("can't be raised by a minority above the highest of the others, nor lowered under the clip below their lowest", () => {
    fc.assert(
      fc.property(parties, ([most, rest]) => {
        const result = clippedMean([...most, ...rest]);
        const honest = most.map(({ score }) => score);
        expect(result).toBeLessThanOrEqual(Math.max(...honest));
        expect(result).toBeGreaterThanOrEqual(Math.min(...honest) - CLIP_BELOW_POINTS);
      }),
    );
  });

  it("of a majority of one mind lose to a minority at most its part of the clip", () => {
    fc.assert(
      fc.property(points, parties, (score, [most, rest]) => {
        const scores = [...most.map(({ stakeWei }) => ({ stakeWei, score })), ...rest];
        const part = Number((stakeOf(rest) * 1_000_000n) / stakeOf(scores)) / 1_000_000;
        const result = clippedMean(scores);
        expect(result).toBeLessThanOrEqual(score);
        expect(result).toBeGreaterThanOrEqual(score - part * CLIP_BELOW_POINTS - 1e-5);
      }),
    );
  });

  it("don't change when a stake is split over several names", () => {
    fc.assert(
      fc.property(fc.array(staked, { minLength: 1, maxLength: 5 }), (scores) => {
        const split = scores.flatMap(({ score, stakeWei }) => [
          { score, stakeWei },
          { score, stakeWei },
        ]);
        expect(stakeMedian(split)).toBe(stakeMedian(scores));
        expect(clippedMean(split)).toBeCloseTo(clippedMean(scores), 5);
      }),
    );
  });

  it("never fall when one of them rises", () => {
    const raised = fc.tuple(fc.array(staked, { minLength: 1, maxLength: 6 }), fc.nat(), points);
    fc.assert(
      fc.property(raised, ([scores, at, score]) => {
        const chosen = at % scores.length;
        const higher = scores.map((one, index) =>
          index === chosen ? { ...one, score: Math.max(score, one.score) } : one,
        );
        expect(clippedMean(higher)).toBeGreaterThanOrEqual(clippedMean(scores) - 1e-6);
      }),
    );
  });

  it("are refused without a score, or without stake behind one", () => {
    expect(() => clippedMean([])).toThrow(RangeError);
    expect(() => clippedMean([{ score: 5, stakeWei: 0n }])).toThrow(RangeError);
    expect(() => clippedMean([{ score: Number.NaN, stakeWei: 1n }])).toThrow(RangeError);
  });
});

describe("the judge", () => {
  it("calls an answer good from six points on", () => {
    expect(judgeAnswer(three(6, 6, 6), 30n)).toMatchObject({ kind: "good", points: 6 });
    expect(judgeAnswer(three(5, 5, 10), 30n)).toMatchObject({ kind: "poor", points: 5 });
  });

  it("weighs the criteria by the rubric", () => {
    const scores = { ...same(0), answersTheQuestion: 10, isCorrect: 10 };
    const said = [1n, 2n, 3n].map((stakeWei) => ({ stakeWei, scores }));
    const weights = Object.values(RUBRIC).reduce((sum, { weight }) => sum + weight, 0);
    expect(judgeAnswer(said, 6n)).toMatchObject({ kind: "good", points: (8 * 10) / weights });
  });

  it("decides nothing with two validators, or with half of the stake that was drawn", () => {
    expect(judgeAnswer(three(9, 9), 20n)).toEqual({ kind: "undecided" });
    expect(judgeAnswer(three(9, 9, 9), 60n)).toEqual({ kind: "undecided" });
    expect(judgeAnswer(three(9, 9, 9), 59n)).toMatchObject({ kind: "good" });
  });

  it("refuses points out of range or in parts", () => {
    expect(() => judgeAnswer(three(11, 5, 5), 30n)).toThrow(RangeError);
    expect(() => judgeAnswer(three(5.5, 5, 5), 30n)).toThrow(RangeError);
  });

  it("has its rubric in the documentation as it is in the code", () => {
    const page = readFileSync(new URL("../../../../docs/PROOF.md", import.meta.url), "utf8");
    expect(page).toContain(renderRubric());
  });
});

describe("distance and judge together", () => {
  const comparison = { distances: [0, 0.9, 0], nearest: 0, outliers: [1] };
  const [good, poor, undecided] = [
    judgeAnswer(three(8, 8, 8), 30n),
    judgeAnswer(three(2, 2, 2), 30n),
    judgeAnswer([], 1n),
  ];
  const verdict = (answer: number, judgement = undecided, isThresholdKnown = true) =>
    combineVerdicts({ comparison, isThresholdKnown, answer, judgement });

  it("reject only what both speak against, and dispute what they differ on", () => {
    expect([verdict(0, good), verdict(1, poor)]).toEqual(["accepted", "rejected"]);
    expect([verdict(0, poor), verdict(1, good)]).toEqual(["disputed", "disputed"]);
  });

  it("go by the one that decided something, and by nothing when none did", () => {
    expect([verdict(0), verdict(1)]).toEqual(["accepted", "rejected"]);
    expect([verdict(1, good, false), verdict(0, poor, false)]).toEqual(["accepted", "rejected"]);
    expect(verdict(1, undecided, false)).toBe("undecided");
    const uncompared = { comparison: undefined, isThresholdKnown: true, answer: 0, judgement: undecided };
    expect(combineVerdicts(uncompared)).toBe("undecided");
  });
});
