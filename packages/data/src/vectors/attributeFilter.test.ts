import { describe, expect, it } from "vitest";
import { type AttributeFilter, fits } from "./attributeFilter.js";

const HAS = { region: "eu", year: 2_024, isDraft: false };
const compare = (type: "eq" | "ne" | "gt" | "gte" | "lt" | "lte", key: string, value: string | number | boolean) =>
  fits({ type, key, value }, HAS);

describe("a filter on attributes", () => {
  it("compares numbers and texts with their own kind alone", () => {
    expect([compare("gt", "year", 2_023), compare("gte", "year", 2_024), compare("lt", "year", 2_024)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([compare("lte", "region", "eu"), compare("gt", "region", "de"), compare("gt", "region", 1)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([compare("eq", "isDraft", false), compare("gt", "isDraft", false)]).toEqual([true, false]);
  });

  it("takes an absent attribute for unlike everything", () => {
    expect([compare("eq", "none", "x"), compare("ne", "none", "x"), compare("lt", "none", 1)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(compare("eq", "constructor", "x")).toBe(false);
  });

  it("asks whether one is among several", () => {
    expect(fits({ type: "in", key: "region", value: ["us", "eu"] }, HAS)).toBe(true);
    expect(fits({ type: "nin", key: "region", value: ["us", "eu"] }, HAS)).toBe(false);
    expect(fits({ type: "nin", key: "none", value: ["us"] }, HAS)).toBe(true);
  });

  it("joins others by and, by or, and within one another", () => {
    const eu: AttributeFilter = { type: "eq", key: "region", value: "eu" };
    const old: AttributeFilter = { type: "lt", key: "year", value: 2_000 };
    expect(fits({ type: "and", filters: [eu, old] }, HAS)).toBe(false);
    expect(fits({ type: "or", filters: [old, { type: "and", filters: [eu] }] }, HAS)).toBe(true);
  });
});
