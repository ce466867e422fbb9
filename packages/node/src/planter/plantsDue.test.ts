import { describe, expect, it } from "vitest";
import { PLANTS_MAX, plantsDue } from "./plantsDue.js";

const never = () => 0;

describe("plants that are due", () => {
  it("are two of a hundred checked tasks, a part of one so often", () => {
    expect(plantsDue({ checked: 250, others: 0, random: never })).toBe(5);
    const draws = Array.from({ length: 1_000 }, (_, index) => index / 1_000);
    const made = draws.map((draw) => plantsDue({ checked: 10, others: 0, random: () => draw }));
    expect(made.reduce((sum, one) => sum + one, 0)).toBe(200);
  });

  it("leave room for what others planted, and are none without checks", () => {
    expect(plantsDue({ checked: 250, others: 3, random: never })).toBe(2);
    expect(plantsDue({ checked: 250, others: 6, random: () => 0.999 })).toBe(0);
    expect(plantsDue({ checked: 0, others: 0, random: () => 0.999 })).toBe(0);
  });

  it("are as many as a planter plants at least, however few tasks were checked", () => {
    expect(plantsDue({ checked: 0, others: 0, least: 3, random: never })).toBe(3);
    expect(plantsDue({ checked: 250, others: 0, least: 3, random: never })).toBe(5);
    expect(plantsDue({ checked: 0, others: 0, least: PLANTS_MAX + 1, random: never })).toBe(PLANTS_MAX);
  });

  it("are never more than a planter's most", () => {
    expect(plantsDue({ checked: 1_000_000, others: 0, random: never })).toBe(PLANTS_MAX);
  });
});
