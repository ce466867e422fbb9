import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutAtLines } from "./cutAtLines.js";

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function cut(chunks: readonly Uint8Array[], most: number): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of cutAtLines(given(chunks), most)) pieces.push(new TextDecoder().decode(piece));
  return pieces;
}

describe("pieces of lines", () => {
  it("are all of it, none too long, and each but the last ends where a line does", async () => {
    const line = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 9 }), async (lines, size) => {
        const text = lines.map((one) => `${one}\n`).join("");
        const bytes = new TextEncoder().encode(text);
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
        const pieces = await cut(chunks, 8);
        expect(pieces.join("")).toBe(text);
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(8);
          expect(piece.endsWith("\n")).toBe(true);
        }
      }),
    );
  });

  it("are cut within a line that is longer than a piece", async () => {
    expect(await cut([new TextEncoder().encode("abcdefghij\nk\n")], 4)).toEqual(["abcd", "efgh", "ij\n", "k\n"]);
  });
});
