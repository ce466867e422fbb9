import { createRandom, type Interval, type Random } from "@cortensor/proof";
import type { Evidence, Text } from "../evidence/evidence.js";
import { type TaskSize, worldConfig } from "../network/config.js";
import { runWorld } from "../network/runWorld.js";
import { HONEST } from "../network/strategy.js";
import { spanOf } from "./ratioInterval.js";

/** What a network that really ran was like. */
export type NetworkFacts = {
  readonly miners: number;
  readonly validators: number;
  readonly epochMs: number;
  readonly tokensPerSecond: number;
  readonly tasksPerSecond: number;
  readonly prefillSpeedup: number;
  readonly sizes: readonly TaskSize[];
  /** Of each of its epochs; a longer simulation begins with the first again. */
  readonly auditRatesPpm: readonly number[];
  /** What making answers of these lengths cost, and checking each. */
  readonly costs: readonly { readonly generation: number; readonly check: number }[];
};

export type SimulatedOverhead = Interval & {
  /** Checking ÷ generation of all seeds. */
  readonly value: number;
  readonly tasks: number;
  readonly checks: number;
  readonly replays: number;
  readonly violations: readonly string[];
};

/**
 * What checking costs in simulations of a network that really ran. Each seed draws its check ratio anew from the costs that were measured, so that the interval, of 95 % of the
 * seeds, says both how much such a network varies and how well its ratio is known.
 */
export function sameNetwork(
  { miners: count, validators, costs, ...facts }: NetworkFacts,
  parts: { readonly evidence: Evidence; readonly text: Text; readonly hours: number; readonly seeds: number },
): SimulatedOverhead {
  const { evidence, text, hours, seeds } = parts;
  const { tokensPerSecond, ...network } = facts;
  const sums = { generation: 0, checking: 0, replaying: 0, tasks: 0, checks: 0 };
  const overheads: number[] = [];
  const violations: string[] = [];
  for (let seed = 0; seed < seeds; seed += 1) {
    const checkRatios = [{ promptPerAnswer: 1, ratio: drawnRatio(costs, createRandom(seed)) }];
    const { world, violations: broken } = runWorld(
      worldConfig({
        ...{ seed, text, hours, ...network },
        evidence: { ...evidence, checkRatios },
        miners: [{ count, strategy: HONEST, stakeFees: 1_000, tokensPerSecond }],
        validators: { honest: validators, lazy: 0, allied: 0 },
        ...{ replaysBy: "checker", plantedShare: 0, deathsPerCheckpoint: 0 },
      }),
    );
    const { generation, checking, replaying } = world.cost;
    overheads.push((checking + replaying) / generation);
    sums.generation += generation;
    sums.checking += checking;
    sums.replaying += replaying;
    sums.tasks += world.counts.delivered;
    sums.checks += world.counts.checks;
    violations.push(...broken);
  }
  return {
    value: (sums.checking + sums.replaying) / sums.generation,
    ...spanOf(overheads),
    ...{ tasks: sums.tasks, checks: sums.checks, replays: sums.replaying / sums.generation, violations },
  };
}

/** The ratio of as many measured costs, drawn with putting back. */
function drawnRatio(costs: NetworkFacts["costs"], random: Random): number {
  let [check, generation] = [0, 0];
  for (let draw = 0; draw < costs.length; draw += 1) {
    const one = costs[Math.floor(random() * costs.length)];
    check += one?.check ?? 0;
    generation += one?.generation ?? 0;
  }
  return check / generation;
}
