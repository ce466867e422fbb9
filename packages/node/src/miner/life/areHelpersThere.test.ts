import type { Address, NodeLife } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { areHelpersThere } from "./areHelpersThere.js";
import { aLife, NOW } from "./test/aView.js";

const ownerOf = (number: number): Address => `0x${number.toString(16).padStart(40, "0")}`;
const OWN = ownerOf(1);
const helper = (number: number, level: number, life: Partial<NodeLife> = {}) => ({
  owner: ownerOf(number),
  life: aLife({ state: "ephemeral", level, ...life }),
});
const areThere = (helpers: Parameters<typeof areHelpersThere>[0]) =>
  areHelpersThere(helpers, { owner: OWN, nowSeconds: NOW });

describe("helpers for a task", () => {
  it("are two makers and a scorer of three other owners", () => {
    expect(areThere([helper(2, 2), helper(3, 2), helper(4, 4)])).toBe(true);
    expect(areThere([helper(2, 2), helper(3, 4)])).toBe(false);
    expect(areThere([helper(2, 3), helper(3, 3), helper(4, 3)])).toBe(false);
    expect(areThere([helper(2, 2), helper(2, 2), helper(4, 4)])).toBe(false);
    expect(areThere([helper(1, 2), helper(3, 2), helper(4, 4)])).toBe(false);
  });

  it("are none that are reserved, silent, or whose level is too old", () => {
    const reservation = { session: 1, untilSeconds: NOW + 1, tasksLeft: undefined, tasksRunning: 0 };
    for (const state of ["reserved", "dedicated", "silent", "verified"] as const) {
      expect(areThere([helper(2, 2, { state, reservation }), helper(3, 2), helper(4, 4)])).toBe(false);
    }
    expect(areThere([helper(2, 2, { levelUntilSeconds: NOW }), helper(3, 2), helper(4, 4)])).toBe(false);
  });
});
