import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkText, countTokens } from "./chunkText.js";

const SIZES = { maxTokens: 20, overlapTokens: 5 };
const chunking = fc.integer({ min: 4, max: 60 }).chain((maxTokens) =>
  fc.record({
    maxTokens: fc.constant(maxTokens),
    overlapTokens: fc.integer({ min: 0, max: Math.floor(maxTokens / 2) }),
  }),
);
const texts = fc.string({
  unit: fc.constantFrom("a", "bcd ", "long", ". ", "\n\n", "ß", "😀", " ", "12"),
  maxLength: 400,
});

describe("a text cut into chunks", () => {
  it("stays one where it has room, and none where it says nothing", () => {
    expect(chunkText("  One sentence.  ", SIZES)).toEqual([{ from: 2, text: "One sentence." }]);
    expect(chunkText(" \n\t ", SIZES)).toEqual([]);
  });

  it("ends chunks behind sentences, and begins the next with what the last one ended with", () => {
    const text = Array.from({ length: 12 }, (_, at) => `Sentence number ${at} here.`).join(" ");
    const chunks = chunkText(text, { maxTokens: 24, overlapTokens: 8 });
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) expect(chunk.text).toMatch(/\.$/);
    for (const [at, chunk] of chunks.slice(1).entries()) {
      const before = chunks[at];
      expect(chunk.from).toBeLessThan((before?.from ?? 0) + (before?.text.length ?? 0));
    }
  });

  it("prefers a paragraph's end to a sentence's", () => {
    const text = `${"word ".repeat(14)}end. More.\n\nNext paragraph. ${"word ".repeat(20)}`;
    expect(chunkText(text, SIZES)[0]?.text.endsWith("More.")).toBe(true);
  });

  it("is as long as it may be at most, and cuts a word without end", () => {
    for (const { text } of chunkText("x".repeat(1_000), SIZES)) expect(countTokens(text)).toBeLessThanOrEqual(20);
  });

  it("loses no word, keeps its places, and never stands still", () => {
    fc.assert(
      fc.property(texts, chunking, (text, sizes) => {
        const chunks = chunkText(text, sizes);
        let covered = 0;
        for (const { from, text: part } of chunks) {
          expect(text.slice(from, from + part.length)).toBe(part);
          expect(text.slice(covered, from).trim()).toBe("");
          expect(countTokens(part)).toBeLessThanOrEqual(Math.max(sizes.maxTokens, 16));
          covered = Math.max(covered, from + part.length);
        }
        expect(text.slice(covered).trim()).toBe("");
        expect(chunkText(text, sizes)).toEqual(chunks);
      }),
    );
  });
});
