import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOf, DOMAIN, keyedGuards, wordOf } from "../test/someGuards.js";
import { NO_DIFF, signVerdict, VERDICT_OUTCOMES, type Verdict } from "./verdict.js";
import { decodeVerdictDocument, encodeVerdictDocument, isSignedDocument } from "./verdictDocument.js";

const [own = { guard: addressOf(1), key: wordOf(1) }, stranger = own] = keyedGuards(2);
const aVerdict = (task: number, changes: Partial<Verdict> = {}) =>
  signVerdict(
    DOMAIN,
    {
      taskId: wordOf(task),
      tier: 1,
      outcome: "passed",
      stats: wordOf(0),
      firstDiff: NO_DIFF,
      salt: wordOf(9),
      ...changes,
    },
    own.key,
  );
const someVerdict = fc
  .record({ task: fc.nat({ max: 1_000 }), outcome: fc.constantFrom(...VERDICT_OUTCOMES), firstDiff: fc.nat() })
  .map(({ task, ...changes }) => aVerdict(task, changes));
const document = (verdicts: readonly ReturnType<typeof aVerdict>[]) => ({
  ...{ chainId: 31_337, epoch: 7, validator: own.guard },
  verdicts,
});
const bad = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });

describe("a document of verdicts", () => {
  it("is the same whatever order its verdicts come in, and read as it was written", () => {
    const verdicts = fc.uniqueArray(someVerdict, {
      minLength: 1,
      maxLength: 6,
      selector: ({ verdict }) => verdict.taskId,
    });
    fc.assert(
      fc.property(verdicts, (some) => {
        const bytes = encodeVerdictDocument(document(some));
        expect(encodeVerdictDocument(document([...some].reverse()))).toEqual(bytes);
        expect(encodeVerdictDocument(decodeVerdictDocument(bytes))).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it("has one form: no byte of it can be added, left out, or be one that the writer wouldn't write", () => {
    const bytes = encodeVerdictDocument(document([aVerdict(1), aVerdict(2)]));
    for (const other of [bytes.slice(0, -1), bytes.slice(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)])
      expect(() => decodeVerdictDocument(other)).toThrow(bad);
    const swapped = Uint8Array.of(...bytes.slice(0, 41), ...bytes.slice(207), ...bytes.slice(41, 207));
    expect(() => decodeVerdictDocument(swapped)).toThrow(bad);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const other = bytes.map((byte, at) => (at === place ? byte ^ change : byte));
        try {
          expect(encodeVerdictDocument(decodeVerdictDocument(other))).toEqual(other);
        } catch (error) {
          expect(error).toEqual(bad);
        }
      }),
    );
  });

  it("is refused without verdicts, with a task twice, and with a verdict of another tier", () => {
    for (const verdicts of [[], [aVerdict(1), aVerdict(1)], [aVerdict(1, { tier: 2 })]])
      expect(() => encodeVerdictDocument(document(verdicts))).toThrow(bad);
  });

  it("is its validator's when every verdict is", () => {
    expect(isSignedDocument(DOMAIN, document([aVerdict(1)]))).toBe(true);
    expect(isSignedDocument(DOMAIN, { ...document([aVerdict(1)]), validator: stranger.guard })).toBe(false);
    const broken = { ...aVerdict(1), signature: `0x${"00".repeat(64)}` as const };
    expect(isSignedDocument(DOMAIN, document([broken]))).toBe(false);
  });
});
