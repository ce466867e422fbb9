import { describe, expect, it } from "vitest";
import { testEvidence } from "../test/testEvidence.js";
import { type NetworkFacts, sameNetwork } from "./sameNetwork.js";

const FACTS: NetworkFacts = {
  ...{ miners: 1, validators: 5, epochMs: 30_000, tokensPerSecond: 300, tasksPerSecond: 1, prefillSpeedup: 8 },
  sizes: [{ nIn: 40, nOut: 64 }],
  auditRatesPpm: [1_000_000],
  costs: [{ generation: 10, check: 3 }],
};
const simulate = (changes: Partial<NetworkFacts>, falseAlarms = 0) => {
  const evidence = testEvidence({ detection: 1, falseAlarms });
  return sameNetwork({ ...FACTS, ...changes }, { evidence, text: "rich", hours: 0.05, seeds: 20 });
};

describe("a simulation of a network that really ran", () => {
  it("spends on checking the ratio times the rate, within its interval", () => {
    const all = simulate({});
    expect(all.violations).toEqual([]);
    expect([all.low < 0.3, all.high > 0.3]).toEqual([true, true]);
    expect(Math.abs(all.value - 0.3)).toBeLessThan(0.02);
  });

  it("takes each epoch's own rate, over and over", () => {
    const half = simulate({ auditRatesPpm: [1_000_000, 0] });
    expect(Math.abs(half.value - 0.15)).toBeLessThan(0.02);
    expect(simulate({ auditRatesPpm: [0] }).checks).toBe(0);
  });

  it("has a checker make again what it suspects, after another look", () => {
    const { value, checks, tasks } = simulate({}, 1);
    expect(Math.abs((value * tasks) / checks - 1.6)).toBeLessThan(0.01);
  });

  it("knows its ratio no better than it was measured", () => {
    const costs = [
      { generation: 10, check: 1 },
      { generation: 10, check: 5 },
    ];
    const { low, high } = simulate({ costs });
    expect(high - low).toBeGreaterThan(2 * (simulate({}).high - simulate({}).low));
  });
});
