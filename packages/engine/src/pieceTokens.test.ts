import type { Prompt } from "@cortensor/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";
import { decodePieces, decodePromptPieces, encodePieces, encodePromptPieces, PIECE_VOCABULARY } from "./pieceTokens.js";

const text = fc.string({ unit: "grapheme" });
const role = fc.constantFrom("system" as const, "user" as const, "assistant" as const);
const prompt: fc.Arbitrary<Prompt> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text }),
  fc.record({ kind: fc.constant("chat" as const), messages: fc.array(fc.record({ role, content: text })) }),
);

it("reads back whatever it spelled, in at most one token per byte", () => {
  fc.assert(
    fc.property(text, (value) => {
      const ids = encodePieces(value);
      expect(decodePieces(ids)).toBe(value);
      expect(ids.length).toBe(Math.ceil(Buffer.byteLength(value) / 3));
      expect(ids.every((id) => id >= 0 && id < PIECE_VOCABULARY.tokens)).toBe(true);
    }),
  );
});

it("reads back whatever prompt it spelled", () => {
  fc.assert(
    fc.property(prompt, (value) => {
      expect(decodePromptPieces(encodePromptPieces(value))).toEqual(value);
    }),
  );
});

it.each([[[65]], [[]], [encodePieces("hello")]])("refuses tokens that are no prompt: %s", (ids) => {
  expect(() => decodePromptPieces(ids)).toThrow("ENGINE_BAD_JOB");
});
