import { meanOf, normalQuantile } from "@cortensor/proof";
import { type WorldConfig, worldConfig } from "../network/config.js";
import { runWorld } from "../network/runWorld.js";
import { HONEST } from "../network/strategy.js";
import { TYPICAL_FEE_WEI } from "../network/world.js";
import { type Adversary, SEASONED_AUDITS } from "./adversaries.js";

/** Stakes tried, in typical fees. */
export const STAKES_FEES = [2, 5, 10, 21, 42, 84, 168, 336] as const;

export type ProfitPoint = {
  readonly stakeFees: number;
  /** Of one adversary over the whole time, in typical fees: compute saved − slashed − fees not paid. */
  readonly profitFees: number;
  /** 95 % interval over the seeds. */
  readonly low: number;
  readonly high: number;
  readonly cheated: number;
  readonly slashes: number;
};

export type StakeNeeded = {
  readonly adversary: string;
  readonly points: readonly ProfitPoint[];
  /** The least stake tried from which on no stake leaves a profit: the interval's upper end is at most 0. Undefined when there is none. */
  readonly stakeFees?: number;
  readonly violations: readonly string[];
};

export type SweepParts = Pick<WorldConfig, "evidence" | "text"> & {
  readonly seeds: number;
  readonly hours: number;
  readonly stakes?: readonly number[];
};

/** Two adversaries among six honest miners, at each stake, under each seed. What they would have earned later isn't counted: only stake deters. */
export function stakeNeeded({ strategy, validators, seasonedAudits }: Adversary, parts: SweepParts): StakeNeeded {
  const violations: string[] = [];
  const points = (parts.stakes ?? STAKES_FEES).map((stakeFees): ProfitPoint => {
    const runs = Array.from({ length: parts.seeds }, (_, seed) => {
      const result = runWorld(
        worldConfig({
          seed,
          evidence: parts.evidence,
          text: parts.text,
          hours: parts.hours,
          validators,
          isCautious: true,
          miners: [
            { count: 6, strategy: HONEST, stakeFees: 1_000, seasonedAudits: SEASONED_AUDITS },
            { count: 2, strategy, stakeFees, seasonedAudits },
          ],
        }),
      );
      violations.push(...result.violations.map((what) => `${strategy.name}, seed ${seed}: ${what}`));
      const cheats = result.world.miners.filter(({ isDishonest }) => isDishonest).map(({ tally }) => tally);
      const profits = cheats.map(({ gainWei, slashedWei, forfeitedWei }) =>
        feesOf(gainWei - slashedWei - forfeitedWei),
      );
      return { profit: meanOf(profits), cheated: total(cheats, "cheated"), slashes: total(cheats, "slashes") };
    });
    const profits = runs.map(({ profit }) => profit);
    const { mean, reach } = intervalOf(profits);
    const count = (key: "cheated" | "slashes"): number => meanOf(runs.map((run) => run[key]));
    return {
      stakeFees,
      profitFees: mean,
      low: mean - reach,
      high: mean + reach,
      cheated: count("cheated"),
      slashes: count("slashes"),
    };
  });
  const lastProfit = points.findLastIndex(({ high }) => high > 0);
  const least = points[lastProfit + 1];
  return { adversary: strategy.name, points, violations, ...(least && { stakeFees: least.stakeFees }) };
}

/** Wei as typical fees: figures, not money. */
function feesOf(wei: bigint): number {
  return Number((wei * 1_000n) / TYPICAL_FEE_WEI) / 1_000;
}

function total(
  tallies: readonly { readonly cheated: number; readonly slashes: number }[],
  key: "cheated" | "slashes",
): number {
  return tallies.reduce((sum, tally) => sum + tally[key], 0);
}

/** A mean of runs and how far its 95 % interval reaches, runs being independent. */
function intervalOf(values: readonly number[]): { readonly mean: number; readonly reach: number } {
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, reach: normalQuantile(0.975) * Math.sqrt(variance / values.length) };
}
