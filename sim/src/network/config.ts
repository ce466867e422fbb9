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
};

/** A typical task: the unit in which stakes are counted is its fee. */
export const TYPICAL_TASK = { nIn: 256, nOut: 256 } as const;
/** What a model's token costs: of no weight, since every figure is a ratio. */
export const MODEL_PRICES = { weiPerTokenIn: 10n ** 12n, weiPerTokenOut: 3n * 10n ** 12n } as const;
/** What a prompt's token costs a miner beside an answer's. */
export const PREFILL_SPEEDUP = 15;
/** Of a fee, what a miner saves by a cheat: the protocol's figure for design, more than any measured cheat saves. */
export const GAIN_BPS = 5_000n;
export const EPOCH_MS = 600_000;

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
    ...parts,
  };
}
