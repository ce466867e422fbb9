import { describe, expect, it } from "vitest";
import { type MeasuredSpeed, measureSpeed, TOKENS_PER_SECOND_MAX } from "./measureSpeed.js";

const TASK = { tokens: 100, elapsedMs: 1_000, atMs: 0 };
/** A miner at 100 tokens a second that makes 50 from now on, a task every so often: what is known after so long. */
const afterThrottling = ({ everyMs, forMs }: { readonly everyMs: number; readonly forMs: number }) => {
  let known: MeasuredSpeed | undefined = { tokensPerSecond: 100, atMs: 0 };
  for (let atMs = everyMs; atMs <= forMs; atMs += everyMs)
    known = measureSpeed(known, { tokens: 100, elapsedMs: 2_000, atMs });
  return known?.tokensPerSecond ?? 0;
};

describe("a miner's measured speed", () => {
  it("is the first task's, then a mean in which the newest weighs a fifth", () => {
    const first = measureSpeed(undefined, TASK);
    expect(first).toEqual({ tokensPerSecond: 100, atMs: 0 });
    expect(measureSpeed(first, { ...TASK, elapsedMs: 2_000 })).toEqual({ tokensPerSecond: 90, atMs: 0 });
  });

  it("forgets half in ten seconds, and never more than all", () => {
    const before = { tokensPerSecond: 100, atMs: 0 };
    const slow = { ...TASK, elapsedMs: 2_000 };
    expect(measureSpeed(before, { ...slow, atMs: 10_000 })?.tokensPerSecond).toBe(75);
    expect(measureSpeed(before, { ...slow, atMs: 1e9 })?.tokensPerSecond).toBe(50);
    // A clock that was set back.
    expect(measureSpeed(before, { ...slow, atMs: -1_000 })?.tokensPerSecond).toBe(90);
  });

  it.each([200, 1_000, 5_000, 15_000, 30_000])(
    "falls below four fifths in thirty seconds at half speed, with a task every %i ms",
    (everyMs) => {
      expect(afterThrottling({ everyMs, forMs: 30_000 })).toBeLessThan(80);
    },
  );

  it("takes nothing from a task of a few tokens, and no speed above the most", () => {
    expect(measureSpeed(undefined, { ...TASK, tokens: 15 })).toBeUndefined();
    const known = { tokensPerSecond: 7, atMs: 3 };
    expect(measureSpeed(known, { ...TASK, tokens: 15 })).toEqual(known);
    expect(measureSpeed(undefined, { tokens: 1e9, elapsedMs: 0, atMs: 0 })?.tokensPerSecond).toBe(
      TOKENS_PER_SECOND_MAX,
    );
  });
});
