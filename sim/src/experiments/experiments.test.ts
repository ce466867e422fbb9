import { describe, expect, it } from "vitest";
import { trustThenCheat } from "../network/strategy.js";
import { testEvidence } from "../test/testEvidence.js";
import { stakeNeeded } from "./stakeNeeded.js";
import { steadyNetwork } from "./steadyNetwork.js";
import { washTradeLoss } from "./washTrade.js";

const validators = { honest: 7, lazy: 0, allied: 0 };

describe("the stake that cheating needs not to pay", () => {
  const sweep = (detection: number) => {
    const evidence = testEvidence({ detection, falseAlarms: 0 });
    const strategy = trustThenCheat("swap");
    return stakeNeeded(
      { strategy, validators, seasonedAudits: 1_000 },
      { evidence, text: "rich", seeds: 4, hours: 1, stakes: [2, 168] },
    );
  };

  it("is found where cheats are found: a small one pays, a large one doesn't", { timeout: 300_000 }, () => {
    const { points, stakeFees, violations } = sweep(1);
    expect(violations).toEqual([]);
    expect(points[0]?.cheated).toBeGreaterThan(0);
    expect(points[1]?.slashes).toBeGreaterThan(0);
    expect(points[1]?.high).toBeLessThan(0);
    expect(stakeFees).toBeDefined();
  });

  it("isn't there where nothing is found, and that is said", { timeout: 300_000 }, () => {
    const { points, stakeFees } = sweep(0);
    expect(points.every(({ low, slashes }) => low > 0 && slashes === 0)).toBe(true);
    expect(stakeFees).toBeUndefined();
  });
});

describe("a network of honest miners", () => {
  it("spends on checking what rate and ratio say, and slashes nobody", { timeout: 300_000 }, () => {
    const evidence = testEvidence({ detection: 1, falseAlarms: 0.01, ratio: 0.2 });
    const steady = steadyNetwork({ evidence, text: "rich", seeds: 2, hours: 0.5 });
    expect(steady.violations).toEqual([]);
    expect(steady.slashed.count).toBe(0);
    expect(steady.suspects.count).toBeGreaterThan(0);
    const rate = steady.checks / steady.tasks;
    expect(rate).toBeGreaterThan(0.05);
    expect(rate).toBeLessThan(0.08);
    // T1 at the ratio and two hundredths of it planted; each suspect is made again by three.
    const expected = rate * (0.2 * 1.02 + 3 * (steady.suspects.count / steady.suspects.of));
    expect(Math.abs(steady.overhead / expected - 1)).toBeLessThan(0.15);
  });
});

describe("trading with oneself", () => {
  it("costs 17 % of each fee", () => {
    expect(washTradeLoss()).toBeCloseTo(0.17, 4);
  });
});
