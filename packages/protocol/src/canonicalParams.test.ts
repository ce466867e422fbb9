import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalParams, encodeParams, paramsHash } from "./canonicalParams.js";
import type { SamplingParams } from "./inferenceRequest.js";

const PLAIN: SamplingParams = {
  temperature: 1,
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: {},
  stop: [],
  maxTokens: 256,
};

const anyParams = fc.record({
  temperature: fc.double({ min: 0, max: 2, noNaN: true }),
  topK: fc.integer({ min: 1, max: 40 }),
  topP: fc.double({ min: 0, max: 1, noNaN: true }),
  minP: fc.double({ min: 0, max: 1, noNaN: true }),
  presencePenalty: fc.double({ min: -2, max: 2, noNaN: true }),
  frequencyPenalty: fc.double({ min: -2, max: 2, noNaN: true }),
  logitBias: fc.dictionary(fc.nat(200_000).map(String), fc.double({ min: -100, max: 100, noNaN: true }), {
    maxKeys: 8,
  }),
  stop: fc.array(fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }), { maxLength: 4 }),
  maxTokens: fc.integer({ min: 1, max: 131_072 }),
});

describe("canonicalParams", () => {
  it("makes parameters that hash, and that it leaves as they are", () => {
    fc.assert(
      fc.property(anyParams, (params) => {
        const once = canonicalParams(params);
        expect(canonicalParams(once)).toEqual(once);
        expect(paramsHash(once)).toMatch(/^0x[0-9a-f]{64}$/);
      }),
    );
  });

  it("gives two canonical sets one encoding only when they are equal", () => {
    fc.assert(
      fc.property(anyParams, anyParams, (left, right) => {
        const [one, other] = [canonicalParams(left), canonicalParams(right)];
        expect(encodeParams(one).join() === encodeParams(other).join()).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
  });

  it("rounds to millionths, drops biases of 0 and knows no negative zero", () => {
    const params = canonicalParams({
      ...PLAIN,
      temperature: 0.12345678,
      presencePenalty: -0,
      logitBias: { 7: 1e-9, 8: 2 },
    });
    expect(params.temperature).toBe(0.123457);
    expect(Object.is(params.presencePenalty, 0)).toBe(true);
    expect(params.logitBias).toEqual({ 8: 2 });
  });

  it.each([
    ["temperature", { temperature: 2.1 }],
    ["temperature", { temperature: Number.NaN }],
    ["topK", { topK: 41 }],
    ["topK", { topK: 1.5 }],
    ["topP", { topP: -0.1 }],
    ["minP", { minP: 1.1 }],
    ["presencePenalty", { presencePenalty: 3 }],
    ["frequencyPenalty", { frequencyPenalty: -3 }],
    ["maxTokens", { maxTokens: 0 }],
    ["logitBias", { logitBias: { 5: 101 } }],
    ["logitBias", { logitBias: { [-1]: 1 } }],
    ["stop", { stop: [""] }],
    ["stop", { stop: ["a", "b", "c", "d", "e"] }],
    ["stop", { stop: ["é".repeat(129)] }],
    ["userSeed", { userSeed: 1n << 63n }],
  ])("refuses a %s that is out of range: %o", (field, change) => {
    expect(() => canonicalParams({ ...PLAIN, ...change })).toThrow(`field=${field}`);
  });

  it("refuses to hash what was not made canonical", () => {
    expect(() => paramsHash({ ...PLAIN, temperature: 0.12345678 })).toThrow("PROTOCOL_BAD_PARAMS");
  });
});
