import { describe, expect, it } from "vitest";
import { findType } from "./fileTypes.js";

const TEXT = Buffer.from("Words.");
const typeOf = (filename: string, said = "", bytes: Uint8Array = TEXT) => findType({ filename, said, bytes });

describe("the type of an uploaded file", () => {
  it.each([
    ["a.txt", "text/plain"],
    ["A.MD", "text/markdown"],
    ["x.y.json", "application/json"],
    ["rows.jsonl", "application/jsonl"],
    ["t.csv", "text/csv"],
    ["page.htm", "text/html"],
  ])("of %s is %s", (filename, mediaType) => {
    expect(typeOf(filename)).toEqual({ kind: "known", mediaType });
  });

  it("is its sender's word where its name has no ending, and its name's where both speak", () => {
    expect(typeOf("README", "text/markdown; charset=utf-8")).toEqual({ kind: "known", mediaType: "text/markdown" });
    expect(typeOf("a.txt", "application/pdf")).toEqual({ kind: "known", mediaType: "text/plain" });
  });

  it("is refused by its name where nothing here reads it", () => {
    expect(typeOf("report.pdf", "text/plain")).toEqual({ kind: "unknown", name: ".pdf" });
    expect(typeOf("letter", "application/msword")).toEqual({ kind: "unknown", name: "application/msword" });
  });

  it("isn't text with a NUL in it, or with bytes that are no UTF-8", () => {
    expect(typeOf("a.txt", "", Buffer.from("a\0b"))).toEqual({ kind: "notText" });
    expect(typeOf("a.txt", "", Uint8Array.of(0xff, 0xfe, 0x41))).toEqual({ kind: "notText" });
  });
});
