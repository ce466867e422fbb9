import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8ToBytes } from "./bytes.js";
import { StopScanner } from "./stopScanner.js";

function scanAll(stop: readonly string[], pieces: readonly Uint8Array[]): { text: string; isStopped: boolean } {
  const scanner = new StopScanner(stop);
  let text = "";
  for (const piece of pieces) text += scanner.push(piece).text;
  return { text: text + scanner.finish(), isStopped: scanner.isStopped };
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((left, right) => left - right);
  return edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));
}

const smallText = fc.string({ unit: fc.constantFrom("a", "b", "é", "🎈"), maxLength: 24 });
const stopText = fc.string({ unit: fc.constantFrom("a", "b", "é", "🎈"), minLength: 1, maxLength: 4 });

describe("StopScanner", () => {
  it("gives the same answer however the bytes are cut into tokens", () => {
    fc.assert(
      fc.property(smallText, fc.array(stopText, { maxLength: 4 }), fc.array(fc.nat(200)), (text, stop, cuts) => {
        const bytes = utf8ToBytes(text);
        expect(scanAll(stop, cutAt(bytes, cuts))).toEqual(scanAll(stop, [bytes]));
      }),
      { numRuns: 1_000 },
    );
  });

  it("shows all text when no stop text is in it, and none of one when it is", () => {
    fc.assert(
      fc.property(smallText, fc.array(stopText, { maxLength: 4 }), (text, stop) => {
        const { text: shown, isStopped } = scanAll(stop, [utf8ToBytes(text)]);
        expect(isStopped).toBe(stop.some((one) => text.includes(one)));
        if (isStopped) expect(text.startsWith(shown) && !stop.some((one) => shown.includes(one))).toBe(true);
        else expect(shown).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it("holds back what may become a stop text, and gives it out when it does not", () => {
    const scanner = new StopScanner(["END"]);
    expect(scanner.push("the E").text).toBe("the ");
    expect(scanner.push("N").text).toBe("");
    expect(scanner.push("!").text).toBe("EN!");
    expect(scanner.push("EN")).toEqual({ text: "", isStopped: false });
    expect(scanner.finish()).toBe("EN");
  });

  it("ends at the stop text that is complete first", () => {
    expect(scanAll(["abc", "b"], [utf8ToBytes("xabc")])).toEqual({ text: "xa", isStopped: true });
    expect(scanAll(["bc", "abc"], [utf8ToBytes("xabc")])).toEqual({ text: "x", isStopped: true });
  });

  it("waits for the rest of a character, and shows U+FFFD when it never comes", () => {
    const [first, ...rest] = cutAt(utf8ToBytes("é"), [1]);
    const scanner = new StopScanner([]);
    expect(scanner.push(first ?? new Uint8Array()).text).toBe("");
    expect(scanner.push(rest[0] ?? new Uint8Array()).text).toBe("é");
    expect(scanner.push(new Uint8Array([0xf0, 0x9f])).text).toBe("");
    expect(scanner.finish()).toBe("\ufffd");
  });

  it("says nothing more once it has stopped", () => {
    const scanner = new StopScanner(["x"]);
    expect(scanner.push("1x2")).toEqual({ text: "1", isStopped: true });
    expect(scanner.push("3")).toEqual({ text: "", isStopped: true });
    expect(scanner.finish()).toBe("");
  });

  it("keeps a byte order mark as any other character", () => {
    expect(scanAll([], [new Uint8Array([0xef, 0xbb, 0xbf, 0x61])]).text).toBe("\ufeffa");
  });
});
