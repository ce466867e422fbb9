import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64UrlToBytes, bytesToBase64Url } from "./base64Url.js";

describe("base64url", () => {
  it("is what Node says, in both directions, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = bytesToBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64url"));
        expect(base64UrlToBytes(text)).toEqual(bytes);
      }),
    );
  });

  it("has one form for the same bytes: none with padding, other letters, or bits that no byte needs", () => {
    const texts = [
      "A",
      "AAAAA",
      "AA==",
      "AA=",
      "A+AA",
      "A/AA",
      "AB",
      "AAB",
      "AAAAAB",
      "AA A",
      "AAA\n",
      "äAAA",
      "A\u0141AA",
    ];
    for (const text of texts) expect(base64UrlToBytes(text)).toBeUndefined();
    expect(base64UrlToBytes("")).toEqual(new Uint8Array());
  });

  it("is decoded to what encodes to it, or not at all", () => {
    const char = fc.constantFrom(..."ABgw_-09z+/= ");
    fc.assert(
      fc.property(fc.string({ unit: char, maxLength: 12 }), (text) => {
        const bytes = base64UrlToBytes(text);
        if (bytes !== undefined) expect(bytesToBase64Url(bytes)).toBe(text);
        else expect(Buffer.from(text, "base64url").toString("base64url")).not.toBe(text);
      }),
    );
  });
});
