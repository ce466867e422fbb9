import { ProtocolError } from "../errors.js";

/** Rates and shares are counted in millionths, so that everybody computes the same whole number. */
export const PPM = 1_000_000;

/** How often a miner's tasks are checked. */
export type AuditRules = {
  /** However good its name is: what deterrence is computed with. */
  readonly leastPpm: number;
  readonly mostPpm: number;
  /** A miner's first tasks are checked at `mostPpm`, whatever they show. */
  readonly newcomerTasks: number;
};

export const AUDIT_RULES: AuditRules = { leastPpm: 50_000, mostPpm: PPM, newcomerTasks: 50 };

/**
 * `a = least + (most − least) × (1 − reputation)`, in millionths, rounded up. A good name makes checks rarer, down to the least, never cheating
 * safer than that. Throws PROTOCOL_OUT_OF_RANGE for a reputation that can't be.
 */
export function auditRatePpm(
  of: {
    /** Tasks that the miner has delivered in all. */
    readonly tasks: number;
    /** See `reputationPpm`. */
    readonly reputationPpm: number;
  },
  rules: AuditRules = AUDIT_RULES,
): number {
  const { leastPpm, mostPpm, newcomerTasks } = rules;
  const { tasks, reputationPpm } = of;
  if (!Number.isInteger(reputationPpm) || reputationPpm < 0 || reputationPpm > PPM) {
    const range = `0…${PPM}`;
    throw new ProtocolError({
      code: "PROTOCOL_OUT_OF_RANGE",
      field: "reputationPpm",
      value: String(reputationPpm),
      range,
    });
  }
  if (tasks < newcomerTasks) return mostPpm;
  return leastPpm + Math.ceil(((mostPpm - leastPpm) * (PPM - reputationPpm)) / PPM);
}
