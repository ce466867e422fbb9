import { describe, expect, it } from "vitest";
import { epochId, isAddress, isBytes32, isHex, parseAddress, parseBytes32 } from "./primitives.js";

const MIXED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

describe("primitives", () => {
  it("take an address of any case and keep it in lower case", () => {
    expect(parseAddress(MIXED)).toBe(MIXED.toLowerCase());
    expect(isAddress(MIXED.toLowerCase())).toBe(true);
  });

  it.each(["", "0x", MIXED.slice(2), MIXED.slice(0, -1), `${MIXED}00`, MIXED.replace("a", "g")])(
    "refuse %j as an address",
    (text) => {
      expect(() => parseAddress(text)).toThrow("PROTOCOL_BAD_HEX");
    },
  );

  it("don't take mixed case for an address in its one form", () => {
    expect(isAddress(MIXED)).toBe(false);
  });

  it("know hex and words from other things", () => {
    expect([isHex("0x"), isHex("0xab"), isHex("0xabc"), isHex("ab"), isHex(7)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    const word = `0x${"Ab".repeat(32)}`;
    expect(parseBytes32(word)).toBe(word.toLowerCase());
    expect(isBytes32(word)).toBe(false);
    expect(() => parseBytes32("0xab")).toThrow("PROTOCOL_BAD_HEX");
  });

  it("count epochs in whole, non-negative numbers", () => {
    expect(epochId(0)).toBe(0);
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => epochId(value)).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});
