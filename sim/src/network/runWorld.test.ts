import { auditedShare, caughtWithin, wilsonInterval } from "@cortensor/proof";
import { describe, expect, it } from "vitest";
import { randomWorld } from "../experiments/randomWorld.js";
import { testEvidence } from "../test/testEvidence.js";
import { worldConfig } from "./config.js";
import { runWorld } from "./runWorld.js";
import { always, HONEST } from "./strategy.js";
import { violationsOf } from "./violations.js";

/** `npm run deep -- sim` runs the seeds that the issue names, in parts; here it is a few of them. */
const SEEDS = Number(process.env.CORTENSOR_SIM_SEEDS ?? 100);
const FROM = Number(process.env.CORTENSOR_SIM_FROM ?? 0);
const evidence = testEvidence({ detection: 0.8, falseAlarms: 0.02 });

describe("a simulated network", () => {
  it("takes the same steps under the same seed, and others under another", () => {
    const run = (seed: number) => runWorld(randomWorld(seed, evidence));
    const [one, again, other] = [run(11), run(11), run(12)];
    expect(again.traceHash).toBe(one.traceHash);
    expect(again.events).toBe(one.events);
    expect(again.world.chain.credits).toEqual(one.world.chain.credits);
    expect(other.traceHash).not.toBe(one.traceHash);
  });

  it("serves what it can: every task is delivered while nobody dies and there is room", () => {
    const { world, violations } = runWorld(worldConfig({ seed: 3, evidence, hours: 0.2, deathsPerCheckpoint: 0 }));
    expect(violations).toEqual([]);
    expect(world.counts.delivered).toBe(world.tasks.length);
    expect(world.counts.delivered).toBeGreaterThan(200);
  });

  it("hands tasks over when their miners die, and pays each miner what it made", () => {
    const { world, violations } = runWorld(worldConfig({ seed: 4, evidence, hours: 0.3, deathsPerCheckpoint: 0.01 }));
    expect(violations).toEqual([]);
    expect(world.counts.handOvers).toBeGreaterThan(0);
    const shared = world.tasks.filter(({ payees }) => new Set(payees.map(({ miner }) => miner)).size > 1);
    expect(shared.length).toBeGreaterThan(0);
    for (const { payees, nOut } of shared) {
      const made = payees.reduce((sum, { from, to }) => sum + to - from, 0);
      expect(made).toBeLessThanOrEqual(nOut);
    }
  });

  it("slashes a cheat and nobody else, and pays the cheat for nothing that was found", () => {
    const miners = [
      { count: 6, strategy: HONEST, stakeFees: 1_000, seasonedAudits: 300 },
      { count: 2, strategy: always("swap"), stakeFees: 100 },
    ];
    const { world, violations } = runWorld(worldConfig({ seed: 5, evidence, hours: 0.3, miners }));
    expect(violations).toEqual([]);
    expect(world.counts.slashed).toBeGreaterThan(0);
    expect(world.counts.honestSuspects).toBeGreaterThan(0);
    expect(world.counts.honestSlashed + world.counts.honestWithheld).toBe(0);
    for (const { isDishonest, stakeWei, plannedStakeWei } of world.miners)
      expect(stakeWei < plannedStakeWei).toBe(isDishonest);
  });

  it("would say so if honest work were slashed", () => {
    const { world } = runWorld(worldConfig({ seed: 6, evidence, hours: 0.2, replayErrors: 1 }));
    expect(world.counts.honestSlashed).toBeGreaterThan(0);
    expect(violationsOf(world)).toEqual([]);
    const asIfExact = Object.assign(Object.create(world) as typeof world, {
      config: { ...world.config, replayErrors: 0 },
    });
    expect(violationsOf(asIfExact)).toEqual(["honest work was punished"]);
  });

  it("is harmed by validators that cover cheats only where they are a third and more", () => {
    const miners = [
      { count: 6, strategy: HONEST, stakeFees: 1_000, seasonedAudits: 300 },
      { count: 2, strategy: always("swap"), stakeFees: 1_000 },
    ];
    const slashed = (honest: number, allied: number): number => {
      const config = worldConfig({ seed: 7, evidence, hours: 0.2, miners, validators: { honest, lazy: 0, allied } });
      return runWorld(config).world.counts.slashed;
    };
    expect(slashed(7, 2)).toBeGreaterThan(0);
    expect(slashed(3, 4)).toBe(0);
  });

  it("finds cheats within n tasks as often as 1 − (1 − aδ)ⁿ says, at three audit rates", { timeout: 300_000 }, () => {
    const seventh = { weight: 1n, total: 7n };
    for (const ratePpm of [20_000, 50_000, 150_000]) {
      const tasks = Math.round(1_000_000 / ratePpm);
      const { world } = runWorld(
        worldConfig({
          seed: ratePpm,
          evidence,
          hours: (tasks * 2.5) / 600,
          deathsPerCheckpoint: 0,
          auditRules: { leastPpm: ratePpm, mostPpm: ratePpm, newcomerTasks: 0 },
          miners: [{ count: 150, strategy: always("swap"), stakeFees: 1_000_000 }],
        }),
      );
      const tallies = world.miners.map(({ tally }) => tally).filter(({ cheated }) => cheated >= tasks);
      const caught = tallies.filter(({ firstFound }) => firstFound <= tasks).length;
      expect(tallies.length).toBeGreaterThan(60);
      const audit = auditedShare(
        ratePpm * 0.8,
        Array.from({ length: 7 }, () => seventh),
      );
      const { low, high } = wilsonInterval(caught, tallies.length, 0.999);
      const expected = caughtWithin({ audit, detection: 1 }, tasks);
      expect(expected).toBeGreaterThan(low);
      expect(expected).toBeLessThan(high);
    }
  });

  it(`breaks nothing under ${SEEDS} seeds, whatever their faults and adversaries`, { timeout: 1_200_000 }, () => {
    for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
      const { violations } = runWorld(randomWorld(seed, evidence));
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  });
});
