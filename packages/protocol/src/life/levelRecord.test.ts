import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVEL_MAX } from "../limits.js";
import { grantsOf, LEVEL_GRANTS, UNPROVED_LEVEL_MAX } from "./levelGrants.js";
import {
  DEMANDS,
  KEEP_WINDOW,
  LEVEL_HISTORY_MAX,
  type LevelRecord,
  nextDifficulty,
  OUTCOMES,
  type Outcome,
  outcomeOf,
  UNKNOWN_LEVEL,
  withOutcome,
} from "./levelRecord.js";

/** A record after tasks of a node that passes up to a difficulty and fails above it. */
function worked(ability: number, tasks: number, isProved = true): LevelRecord {
  let record = UNKNOWN_LEVEL;
  for (let atSeconds = 0; atSeconds < tasks; atSeconds += 1) {
    const outcome = nextDifficulty(record, isProved) <= ability ? "passed" : "failed";
    record = withOutcome(record, { outcome, isProved, atSeconds });
  }
  return record;
}
const outcomes = (record: LevelRecord, list: readonly Outcome[]): LevelRecord =>
  list.reduce((now, outcome) => withOutcome(now, { outcome, isProved: true, atSeconds: 0 }), record);

describe("a level", () => {
  it.each(Array.from({ length: LEVEL_MAX + 1 }, (_, ability) => ability))(
    "is found where a node's ability ends: %i",
    (ability) => {
      expect(worked(ability, 60).level).toBe(ability);
      expect(worked(ability, 61).level).toBe(ability);
    },
  );

  it("begins with liveness: three answers on end", () => {
    expect(outcomes(UNKNOWN_LEVEL, ["passed", "passed", "missed", "passed", "passed"]).level).toBe(0);
    expect(outcomes(UNKNOWN_LEVEL, ["missed", "passed", "passed", "passed"]).level).toBe(1);
  });

  it("of an engine that can't be proved ends at three", () => {
    expect(worked(10, 100, false).level).toBe(UNPROVED_LEVEL_MAX);
  });

  it("falls by one with the fourth task of its own in ten that isn't passed", () => {
    // At its highest level every task is one of its own.
    const top = worked(10, 60);
    const three = outcomes(top, ["missed", "failed", "missed"]);
    expect(three.level).toBe(10);
    expect(outcomes(three, ["missed"]).level).toBe(9);
    const passes = Array.from({ length: KEEP_WINDOW }, (): Outcome => "passed");
    expect(outcomes(three, [...passes, "missed", "failed", "missed"]).level).toBe(10);
  });

  it("moves by one at a time, within its bounds, and keeps the latest changes", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 400 }), fc.boolean(), (list, isProved) => {
        let record = UNKNOWN_LEVEL;
        list.forEach((outcome, atSeconds) => {
          const difficulty = nextDifficulty(record, isProved);
          expect(difficulty).toBeGreaterThanOrEqual(1);
          expect(difficulty).toBeLessThanOrEqual(Math.min(record.level + 1, LEVEL_MAX));
          const next = withOutcome(record, { outcome, isProved, atSeconds });
          expect(Math.abs(next.level - record.level)).toBeLessThanOrEqual(1);
          if (next.level !== record.level) expect(next.history.at(-1)).toEqual({ level: next.level, atSeconds });
          if (outcome !== "passed") expect(next.level).toBeLessThanOrEqual(record.level);
          record = next;
        });
        expect(record.level).toBeGreaterThanOrEqual(0);
        expect(record.kept.length).toBeLessThanOrEqual(KEEP_WINDOW);
        expect(record.history.length).toBeLessThanOrEqual(LEVEL_HISTORY_MAX);
      }),
      { numRuns: 200 },
    );
  });
});

describe("an answer", () => {
  it("passes when it is right, long enough and in time", () => {
    const answer = { isRight: true, tokens: 64, seconds: 60 };
    expect(outcomeOf(2, answer)).toBe("passed");
    expect(outcomeOf(2, { ...answer, tokens: 63 })).toBe("failed");
    expect(outcomeOf(2, { ...answer, seconds: 61 })).toBe("failed");
    expect(outcomeOf(2, { ...answer, isRight: false })).toBe("failed");
    expect(outcomeOf(2, undefined)).toBe("missed");
    expect(() => outcomeOf(0, answer)).toThrow(RangeError);
    expect(() => outcomeOf(11, answer)).toThrow(RangeError);
  });

  it("is asked more of at each difficulty", () => {
    expect(DEMANDS).toHaveLength(LEVEL_MAX);
    DEMANDS.slice(1).forEach((demand, index) => {
      const lower = DEMANDS[index] ?? demand;
      expect(demand.tokensMin * lower.secondsMax).toBeGreaterThan(lower.tokensMin * demand.secondsMax);
    });
  });
});

describe("what a level grants", () => {
  it("never shrinks as the level grows, and begins above nothing", () => {
    const worth = (level: number): number[] => Object.values(grantsOf(level)).map(Number);
    expect(worth(0)).toEqual([0, 0, 0, 0]);
    for (let level = 1; level <= LEVEL_MAX; level += 1) {
      const lower = worth(level - 1);
      worth(level).forEach((each, index) => {
        expect(each).toBeGreaterThanOrEqual(lower[index] ?? Number.NaN);
      });
    }
  });

  it("lets no engine validate that can't be proved", () => {
    expect(LEVEL_GRANTS.slice(0, UNPROVED_LEVEL_MAX + 1).some(({ mayValidate }) => mayValidate)).toBe(false);
    expect(grantsOf(UNPROVED_LEVEL_MAX + 1).mayValidate).toBe(true);
  });

  it("knows no level 11", () => {
    for (const level of [-1, 11, 0.5])
      expect(() => grantsOf(level)).toThrow(expect.objectContaining({ code: "PROTOCOL_OUT_OF_RANGE" }));
  });
});
