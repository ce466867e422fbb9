import { PREFILL_TOKENS_MIN, PREFILLS_MAX } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeptPrefix, prefilledTokens, warmPrefills } from "./warmPrefix.js";

const LEAST = PREFILL_TOKENS_MIN;
const tokens = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, at) => from + at);
const kept = (prefills: readonly number[]): KeptPrefix => ({
  tag: "a",
  tokens: tokens(prefilledTokens(prefills)),
  prefills,
});
const ask = (promptTokens: readonly number[], tag: string | undefined = "a") => ({ tag, promptTokens });

describe("what a prompt may begin with", () => {
  it("is every whole prefill in front that it shares", () => {
    expect(warmPrefills(kept([20, 30]), ask(tokens(80)))).toEqual([20, 30]);
    expect(warmPrefills(kept([20, 30]), ask([...tokens(49), 999, ...tokens(30, 500)]))).toEqual([20]);
    expect(warmPrefills(kept([20, 30]), ask([...tokens(19), ...tokens(61, 500)]))).toEqual([]);
  });

  it("is nothing under another tag, under none, or of an empty cache", () => {
    expect(warmPrefills(kept([20]), ask(tokens(80), "b"))).toEqual([]);
    expect(warmPrefills(kept([20]), { tag: undefined, promptTokens: tokens(80) })).toEqual([]);
    expect(warmPrefills(undefined, ask(tokens(80)))).toEqual([]);
  });

  it("leaves enough to run, and ends before a prefill that is too short, or one too many", () => {
    expect(warmPrefills(kept([20]), ask(tokens(20)))).toEqual([]);
    expect(warmPrefills(kept([20]), ask(tokens(20 + LEAST - 1)))).toEqual([]);
    expect(warmPrefills(kept([20]), ask(tokens(20 + LEAST)))).toEqual([20]);
    expect(warmPrefills(kept([20, LEAST - 1, 20]), ask(tokens(80)))).toEqual([20]);
    const many = Array.from({ length: PREFILLS_MAX }, () => LEAST);
    expect(warmPrefills(kept(many), ask(tokens(LEAST * (PREFILLS_MAX + 2))))).toHaveLength(PREFILLS_MAX - 1);
  });

  it("is always a beginning of both, and with the rest a recipe that replay follows", () => {
    const prefill = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.array(prefill, { minLength: 1, maxLength: 80 }),
        fc.nat(200),
        fc.nat(400),
        (prefills, shared, more) => {
          const cache = kept(prefills);
          const promptTokens = [...cache.tokens.slice(0, shared), ...tokens(more, 10_000)];
          const warm = warmPrefills(cache, ask(promptTokens));
          const from = prefilledTokens(warm);
          expect(promptTokens.slice(0, from)).toEqual(cache.tokens.slice(0, from));
          expect(warm).toEqual(prefills.slice(0, warm.length));
          if (warm.length > 0) {
            expect(Math.min(...warm, promptTokens.length - from)).toBeGreaterThanOrEqual(LEAST);
            expect(warm.length + 1).toBeLessThanOrEqual(PREFILLS_MAX);
          }
        },
      ),
    );
  });
});
