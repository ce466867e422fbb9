import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalParams, decodeParams, encodeParams } from "./canonicalParams.js";
import { decodePrompt, encodePrompt } from "./commit.js";
import type { Prompt, SamplingParams } from "./inferenceRequest.js";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const prompt: fc.Arbitrary<Prompt> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text }),
  fc.record({
    kind: fc.constant("chat" as const),
    messages: fc.array(fc.record({ role: fc.constantFrom("system", "user", "assistant"), content: text }), {
      maxLength: 5,
    }),
  }),
);
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const params = fc
  .record({
    temperature: real(0, 2),
    topK: fc.integer({ min: 1, max: 40 }),
    topP: real(0, 1),
    minP: real(0, 1),
    presencePenalty: real(-2, 2),
    frequencyPenalty: real(-2, 2),
    logitBias: fc.dictionary(fc.nat(200_000).map(String), real(-100, 100), { maxKeys: 5 }),
    stop: fc.array(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 4 }),
    maxTokens: fc.integer({ min: 1, max: 131_072 }),
    seed: fc.option(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })),
  })
  .map(
    ({ seed, ...rest }): SamplingParams => canonicalParams({ ...rest, ...(seed === null ? {} : { userSeed: seed }) }),
  );

/** What a contract writes: version 1, a chat of one user's message. */
const HI = Uint8Array.from([1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 2, 0x68, 0x69]);

describe("prompts in their encoding", () => {
  it("come back as they were, and so do parameters", () => {
    fc.assert(
      fc.property(prompt, params, (asked, sampled) => {
        expect(decodePrompt(encodePrompt(asked).slice())).toEqual(asked);
        expect(decodeParams(encodeParams(sampled).slice())).toEqual(sampled);
      }),
    );
  });

  it("are read as a contract writes them", () => {
    expect(decodePrompt(HI)).toEqual({ kind: "chat", messages: [{ role: "user", content: "hi" }] });
  });

  it.each([
    ["another version", [2, ...HI.slice(1)]],
    ["a kind that isn't text or chat", [1, 2, ...HI.slice(2)]],
    ["a role that isn't", [...HI.slice(0, 6), 3, ...HI.slice(7)]],
    ["bytes beyond the end", [...HI, 0]],
    ["a text that is cut", [...HI.slice(0, -1)]],
    ["a text that isn't UTF-8", [...HI.slice(0, -1), 0xff]],
    ["more messages than a chat has", [1, 1, 0, 1, 0, 0]],
  ])("are refused with %s", (_what, bytes) => {
    expect(() => decodePrompt(Uint8Array.from(bytes))).toThrow("PROTOCOL_BAD_RECORD");
  });

  it("are refused where parameters are none, cut, or in another order", () => {
    const two = canonicalParams({
      ...{ temperature: 0, topK: 1, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 },
      ...{ logitBias: { 5: 1, 7: 1 }, stop: [], maxTokens: 3 },
    });
    const bytes = encodeParams(two).slice();
    expect(() => decodeParams(bytes.slice(0, -1))).toThrow("PROTOCOL_BAD_RECORD");
    expect(() => decodeParams(Uint8Array.from([9, ...bytes.slice(1)]))).toThrow("PROTOCOL_BAD_RECORD");
    const at = bytes.length - 17;
    const swapped = [...bytes.slice(0, at), ...bytes.slice(at + 8, at + 16), ...bytes.slice(at, at + 8), 0];
    expect(() => decodeParams(Uint8Array.from(swapped))).toThrow("PROTOCOL_BAD_PARAMS");
    const hot = Uint8Array.from([1, 0x7f, ...bytes.slice(2)]);
    expect(() => decodeParams(hot)).toThrow("PROTOCOL_BAD_PARAMS");
  });
});
