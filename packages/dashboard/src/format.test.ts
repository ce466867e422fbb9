import { describe, expect, it } from "vitest";
import { formatCor, shortHex } from "./format.js";

describe("formatCor", () => {
  it("shows wei as COR without rounding up", () => {
    expect(formatCor(0n)).toBe("0 COR");
    expect(formatCor(10n ** 18n)).toBe("1 COR");
    expect(formatCor(1_999_999_999_999_999_999n)).toBe("1.999999 COR");
    expect(formatCor(5n * 10n ** 14n)).toBe("0.0005 COR");
  });
});

describe("shortHex", () => {
  it("keeps both ends of a long id and all of a short one", () => {
    expect(shortHex("0x1234567890abcdef1234")).toBe("0x123456…1234");
    expect(shortHex("0x1234")).toBe("0x1234");
  });
});
