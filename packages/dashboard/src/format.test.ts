import { describe, expect, it } from "vitest";
import { formatCor, formatLevels, formatLife, formatPing, formatTime, formatVerification, shortHex } from "./format.js";

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

describe("formatVerification", () => {
  it("says until when a miner is verified, or why it isn't", () => {
    const verifiedUntil = Date.UTC(2031, 4, 6, 12) / 1_000;
    expect(formatVerification({ verifiedUntil })).toBe(`until ${new Date(verifiedUntil * 1_000).toLocaleDateString()}`);
    expect(formatVerification({ verifiedUntil })).toContain("31");
    expect(formatVerification({})).toBe("no");
    expect(formatVerification({ unverified: "wrongSecret" })).toBe("no: wrongSecret");
  });
});

describe("a node's life", () => {
  it("is its state, with the session that it is reserved for", () => {
    expect(formatLife(undefined)).toBe("");
    expect(formatLife({ state: "ephemeral" })).toBe("ephemeral");
    expect(formatLife({ state: "reserved", reservedFor: 7 })).toBe("reserved for session 7");
  });

  it("tells of its last ping, and of none", () => {
    expect(formatPing(undefined)).toBe("never");
    expect(formatPing({ pingedAt: 0 })).toBe("never");
    expect(formatPing({ pingedAt: 1_900_000_000 })).toBe(formatTime(1_900_000_000_000));
  });

  it("lists its levels, the latest first", () => {
    expect(formatLevels([])).toBe("");
    const lines = formatLevels([
      { level: 1, atSeconds: 1_900_000_000 },
      { level: 2, atSeconds: 1_900_003_600 },
    ]).split("\n");
    expect(lines.map((line) => line.slice(0, 7))).toEqual(["2 since", "1 since"]);
  });
});
