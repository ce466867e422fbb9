import { type Interval, wilsonInterval } from "@cortensor/proof";
import { PPM } from "@cortensor/protocol";
import type { Evidence, Text } from "../evidence/evidence.js";
import { type WorldConfig, worldConfig } from "../network/config.js";
import { runWorld } from "../network/runWorld.js";
import { HONEST } from "../network/strategy.js";
import { SEASONED_AUDITS } from "./adversaries.js";

export type SteadyNetwork = {
  /** Checking ÷ generation, in all tiers, planted results included. */
  readonly overhead: number;
  /** Of each seed alone. */
  readonly overheads: readonly number[];
  /** The part of it that is replays, of whatever was suspect. */
  readonly replays: number;
  readonly tasks: number;
  readonly checks: number;
  /** Mean reputation of the miners at the end. */
  readonly reputation: number;
  /** Honest checks that were suspect. */
  readonly suspects: { readonly count: number; readonly of: number } & Interval;
  /** Honest miners slashed, and their share of tasks with its 95 % interval. */
  readonly slashed: { readonly count: number } & Interval;
  readonly withheld: number;
  readonly events: number;
  readonly violations: readonly string[];
};

/** What checking costs where everybody is honest, and what it does to them; over so many seeds. */
export function steadyNetwork(parts: {
  readonly evidence: Evidence;
  readonly text: Text;
  readonly seeds: number;
  readonly hours: number;
  /** What is another way than `worldConfig` has it. */
  readonly changes?: Partial<WorldConfig>;
}): SteadyNetwork {
  const sums = {
    generation: 0,
    checking: 0,
    replaying: 0,
    tasks: 0,
    checks: 0,
    honest: 0,
    suspects: 0,
    slashed: 0,
    withheld: 0,
    events: 0,
  };
  const violations: string[] = [];
  const reputations: number[] = [];
  const overheads: number[] = [];
  for (let seed = 0; seed < parts.seeds; seed += 1) {
    const miners = [{ count: 12, strategy: HONEST, stakeFees: 1_000, seasonedAudits: SEASONED_AUDITS }];
    const { evidence, text, hours, changes } = parts;
    const config = worldConfig({ seed, evidence, text, hours, miners, isCautious: true, ...changes });
    const { world, ...result } = runWorld(config);
    overheads.push((world.cost.checking + world.cost.replaying) / world.cost.generation);
    sums.generation += world.cost.generation;
    sums.checking += world.cost.checking;
    sums.replaying += world.cost.replaying;
    sums.tasks += world.counts.delivered;
    sums.checks += world.counts.checks;
    sums.honest += world.counts.honestChecks;
    sums.suspects += world.counts.honestSuspects;
    sums.slashed += world.counts.honestSlashed;
    sums.withheld += world.counts.honestWithheld;
    sums.events += result.events;
    violations.push(...result.violations);
    reputations.push(...world.miners.map(({ reputationPpm }) => reputationPpm / PPM));
  }
  return {
    overhead: (sums.checking + sums.replaying) / sums.generation,
    overheads,
    replays: sums.replaying / sums.generation,
    tasks: sums.tasks,
    checks: sums.checks,
    reputation: reputations.reduce((sum, one) => sum + one, 0) / Math.max(1, reputations.length),
    suspects: { count: sums.suspects, of: sums.honest, ...wilsonInterval(sums.suspects, sums.honest) },
    slashed: { count: sums.slashed, ...wilsonInterval(sums.slashed, sums.tasks) },
    withheld: sums.withheld,
    events: sums.events,
    violations,
  };
}
