import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRecord, word } from "../compliance/makers.js";
import { isPlainText, recordRow } from "../sql/recordRow.js";
import { canonicalJson } from "./canonicalJson.js";
import { formatSinkRecord, parseSinkRecord } from "./sinkRecord.js";
import { boundRecord, withhold } from "./withhold.js";

const SESSION = word("session");
const anyText = fc.string({ unit: "binary" });

describe("a record's text", () => {
  it("reads back as it was, whatever the texts hold, and is always well-formed", () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 1 }), (prompt, result, sequence) => {
        const record = aRecord(SESSION, sequence, { prompt, result });
        const text = formatSinkRecord(record);
        expect(parseSinkRecord(text)).toEqual(record);
        expect(isPlainText(text)).toBe(true);
        expect(formatSinkRecord(parseSinkRecord(text))).toBe(text);
      }),
    );
  });
  it("is the same in whatever order its fields came", () => {
    expect(canonicalJson({ b: [1, null, true], a: { d: "x", c: undefined } })).toBe(
      '{"a":{"d":"x"},"b":[1,null,true]}',
    );
  });
  it.each([
    ["no JSON", "{"],
    ["a field too many", (json: object) => ({ ...json, more: 1 })],
    ["no sequence", (json: object) => ({ ...json, sequence: 0 })],
    ["a session in capitals", (json: object) => ({ ...json, session: SESSION.toUpperCase() })],
    [
      "a fraction of a wei",
      (json: object) => ({ ...json, usage: { promptTokens: 1, completionTokens: 1, feeWei: "1.5" } }),
    ],
    ["content of no kind", (json: object) => ({ ...json, content: { kind: "other" } })],
  ])("is refused with %s", (_what, change) => {
    const good: object = JSON.parse(formatSinkRecord(aRecord(SESSION, 1)));
    const text = typeof change === "string" ? change : JSON.stringify(change(good));
    expect(() => parseSinkRecord(text)).toThrow(expect.objectContaining({ code: "SINK_BAD_RECORD" }));
  });
  it("is refused with a receipt that is none", () => {
    const good: object = JSON.parse(formatSinkRecord(aRecord(SESSION, 1)));
    expect(() => parseSinkRecord(JSON.stringify({ ...good, receipt: {} }))).toThrow(
      expect.objectContaining({ code: "PROTOCOL_BAD_DOCUMENT" }),
    );
  });
});

describe("a record that can't go as it is", () => {
  it("keeps everything but its texts, and says how large they were and what they hash to", () => {
    const record = aRecord(SESSION, 4, { prompt: "p".repeat(100) });
    const small = withhold(record, "too_large");
    expect({ ...small, content: record.content }).toEqual(record);
    expect(small.content).toMatchObject({ kind: "withheld", reason: "too_large" });
    expect(JSON.stringify(small.content)).not.toContain("ppp");
    expect(withhold(small, "refused_by_sink")).toBe(small);
    expect(parseSinkRecord(formatSinkRecord(small))).toEqual(small);
  });
  it("goes whole up to the bound, and without its texts a byte above", () => {
    const record = aRecord(SESSION, 1, { prompt: "p".repeat(10_000) });
    const bytes = Buffer.byteLength(formatSinkRecord(record));
    expect(boundRecord(record, bytes).record).toBe(record);
    expect(boundRecord(record, bytes - 1).record).toEqual(withhold(record, "too_large"));
  });
  it("stands in columns where it can, and as escapes where it can't", () => {
    fc.assert(
      fc.property(anyText, anyText, (prompt, result) => {
        const row = recordRow(aRecord(SESSION, 1, { prompt, result }));
        for (const value of row) if (typeof value === "string") expect(isPlainText(value)).toBe(true);
        const [kept, escaped] = [row[5], row[8]];
        expect(kept === null).toBe(escaped !== null);
      }),
    );
  });
});
