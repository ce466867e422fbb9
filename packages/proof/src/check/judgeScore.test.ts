import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeScore, type WindowThresholds } from "./judgeScore.js";
import { addScores, type CheckedToken, figuresOf, NO_TOKENS, scoreOf } from "./taskScore.js";

const windowOf = (tokens: number, meanMarginNats: number): WindowThresholds => ({
  tokens,
  meanMarginNats,
  worstMarginNats: 2,
  outsideShare: 0.05,
  meanLogprobErrorNats: 0.1,
});
const WINDOWS = [windowOf(256, 0.01), windowOf(32, 0.1), windowOf(64, 0.05)];

const aToken = (changes: Partial<CheckedToken> = {}): CheckedToken => ({
  marginNats: 0,
  isOutside: false,
  logprobErrorNats: 0.01,
  entropyNats: 1,
  ...changes,
});
const tokensOf = (count: number, changes: Partial<CheckedToken> = {}): readonly CheckedToken[] =>
  Array.from({ length: count }, () => aToken(changes));

describe("a task's score", () => {
  it("is the same however its tokens are cut into segments", () => {
    const anyToken = fc.record({
      marginNats: fc.integer({ min: 0, max: 8 }),
      isOutside: fc.boolean(),
      entropyNats: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyToken, { maxLength: 50 }), fc.nat(50), (tokens, cut) => {
        const parts = [scoreOf(tokens.slice(0, cut)), scoreOf(tokens.slice(cut))];
        expect(addScores(parts)).toEqual(scoreOf(tokens));
      }),
    );
    expect(scoreOf([])).toEqual(NO_TOKENS);
    expect(figuresOf(NO_TOKENS).meanMarginNats).toBe(0);
  });

  it("means its log-probability error over the tokens that have a fingerprint", () => {
    const { logprobErrorNats: _none, ...bare } = aToken();
    const score = scoreOf([aToken({ logprobErrorNats: 0.4 }), bare]);
    expect(score.fingerprinted).toBe(1);
    expect(figuresOf(score).meanLogprobErrorNats).toBe(0.4);
  });
});

describe("judgeScore", () => {
  it("passes what is at most at its thresholds", () => {
    expect(judgeScore(scoreOf(tokensOf(300, { marginNats: 0.009 })), WINDOWS)).toEqual({ kind: "passed" });
  });

  it("takes the longest window that the task fills", () => {
    expect(judgeScore(scoreOf(tokensOf(255, { marginNats: 0.04 })), WINDOWS)).toEqual({ kind: "passed" });
    expect(judgeScore(scoreOf(tokensOf(256, { marginNats: 0.04 })), WINDOWS)).toEqual({
      kind: "suspect",
      above: ["meanMarginNats"],
    });
  });

  it("suspects one token alone, an outside share, and forged fingerprints, each by name", () => {
    const early = scoreOf([...tokensOf(299), aToken({ marginNats: 2.5 })]);
    expect(judgeScore(early, WINDOWS)).toEqual({ kind: "suspect", above: ["worstMarginNats"] });
    const outside = scoreOf([...tokensOf(36), ...tokensOf(4, { isOutside: true })]);
    expect(judgeScore(outside, WINDOWS)).toEqual({ kind: "suspect", above: ["outsideShare"] });
    const forged = scoreOf(tokensOf(64, { logprobErrorNats: 0.2 }));
    expect(judgeScore(forged, WINDOWS)).toEqual({ kind: "suspect", above: ["meanLogprobErrorNats"] });
  });

  it("says when a task is too short, and when nothing is calibrated", () => {
    expect(judgeScore(scoreOf(tokensOf(31, { marginNats: 8 })), WINDOWS)).toEqual({ kind: "short", tokensMin: 32 });
    expect(judgeScore(scoreOf(tokensOf(300, { marginNats: 8 })), [])).toEqual({ kind: "uncalibrated" });
  });
});
