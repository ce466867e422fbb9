import { DEFAULT_MATCH_RULES, type MatchRules } from "@cortensor/node";
import { AUDIT_RULES, type AuditRules } from "@cortensor/protocol";
import type { Evidence, Text } from "../evidence/evidence.js";
import { HONEST, type Strategy } from "./strategy.js";

/** Miners of one kind. */
export type MinerPlan = {
  readonly count: number;
  readonly strategy: Strategy;
  /** In typical fees: see `TYPICAL_TASK`. */
  readonly stakeFees: number;
  /** Output tokens. Default: drawn for each miner. */
  readonly tokensPerSecond?: number;
  /** Audits passed, and ten times as many tasks delivered, before the simulation begins. Default 0: a newcomer. */
  readonly seasonedAudits?: number;
};

/** Who checks. Each has an owner and an equal stake of its own. */
export type ValidatorPlan = {
  readonly honest: number;
  /** Say "right" without looking. */
  readonly lazy: number;
  /** Check like honest ones, and cover every dishonest miner in each tier. */
  readonly allied: number;
};

export type WorldConfig = {
  readonly seed: number;
  readonly hours: number;
  readonly miners: readonly MinerPlan[];
  readonly validators: ValidatorPlan;
  /** Arriving work ÷ what all miners could do. */
  readonly load: number;
  readonly accounts: number;
  readonly auditRules: AuditRules;
  readonly matchRules: MatchRules;
  readonly evidence: Evidence;
  readonly text: Text;
  /** Detection by the lower end of its measured interval, false alarms by the upper: what hurts the network most. */
  readonly isCautious: boolean;
  /** Chance that a miner dies at a checkpoint. */
  readonly deathsPerCheckpoint: number;
  /** Chance that an honest replay of an honest result differs: 0 within a kernel class, as measured. */
  readonly replayErrors: number;
  /** Of all checks, how many more are of results that the network planted, known to be wrong. */
  readonly plantedShare: number;
  readonly epochMs: number;
  /** How many times cheaper a prompt's token is than an answer's. */
  readonly prefillSpeedup: number;
  /** Who makes again what a check suspects: three others, or first the checker itself, which also does so where an answer is too short to be judged. */
  readonly replaysBy: "panel" | "checker";
  /** Tasks that were seen elsewhere: each simulated one is as long as one of them. Absent: lengths are drawn. */
  readonly sizes?: readonly TaskSize[];
  /** How often clients ask. Absent: as often as the load says. */
  readonly tasksPerSecond?: number;
  /** At which the tasks of each epoch are checked, over and over. Absent: by each miner's reputation. */
  readonly auditRatesPpm?: readonly number[];
};

export type TaskSize = { readonly nIn: number; readonly nOut: number };

/** A typical task: the unit in which stakes are counted is its fee. */
export const TYPICAL_TASK = { nIn: 256, nOut: 256 } as const;
/** What a model's token costs: of no weight, since every figure is a ratio. */
export const MODEL_PRICES = { weiPerTokenIn: 10n ** 12n, weiPerTokenOut: 3n * 10n ** 12n } as const;
/** Of a fee, what a miner saves by a cheat: the protocol's figure for design, more than any measured cheat saves. */
export const GAIN_BPS = 5_000n;

export function worldConfig(parts: Partial<WorldConfig> & Pick<WorldConfig, "seed" | "evidence">): WorldConfig {
  return {
    hours: 1,
    miners: [{ count: 8, strategy: HONEST, stakeFees: 1_000 }],
    validators: { honest: 7, lazy: 0, allied: 0 },
    load: 0.5,
    accounts: 20,
    auditRules: AUDIT_RULES,
    matchRules: DEFAULT_MATCH_RULES,
    text: "rich",
    isCautious: false,
    deathsPerCheckpoint: 0.0005,
    replayErrors: 0,
    plantedShare: 0.02,
    epochMs: 600_000,
    prefillSpeedup: 15,
    replaysBy: "panel",
    ...parts,
  };
}
