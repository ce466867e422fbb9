import { expect, it } from "vitest";
import { HourlyBudget } from "./hourlyBudget.js";

it("an hour's budget allows no more than its cap within any hour", () => {
  const budget = new HourlyBudget(100n);
  expect([budget.allows(100n, 0), budget.allows(101n, 0)]).toEqual([true, false]);
  budget.spend(60n, 0);
  budget.spend(30n, 1_800_000);
  expect([budget.allows(10n, 3_599_999), budget.allows(11n, 3_599_999)]).toEqual([true, false]);
  expect([budget.allows(70n, 3_600_000), budget.allows(71n, 3_600_000)]).toEqual([true, false]);
});
