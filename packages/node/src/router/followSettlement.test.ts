import { expect, it } from "vitest";
import { GIVE_UP_MS, LOST_MS, nextStep, type SettlementFacts } from "./followSettlement.js";

const facts = (over: Partial<SettlementFacts>): SettlementFacts => ({
  head: 112n,
  finalityBlocks: 12,
  blockNumber: undefined,
  unseenMs: 0,
  isPending: false,
  ...over,
});

it("confirms a settlement when enough blocks stand on it, and not one block before", () => {
  expect(nextStep(facts({ blockNumber: 100n }))).toBe("confirm");
  expect(nextStep(facts({ blockNumber: 101n }))).toBe("wait");
});

it("sends one again that was in no block for long enough, and waits for one that may still come", () => {
  expect(nextStep(facts({ unseenMs: LOST_MS - 1 }))).toBe("wait");
  expect(nextStep(facts({ unseenMs: LOST_MS - 1, isPending: true }))).toBe("wait");
  expect(nextStep(facts({ unseenMs: LOST_MS }))).toBe("sendAgain");
});

it("raises one whose transaction waits, and never gives it up", () => {
  expect(nextStep(facts({ unseenMs: LOST_MS, isPending: true }))).toBe("raise");
  expect(nextStep(facts({ unseenMs: GIVE_UP_MS, isPending: true }))).toBe("raise");
});
