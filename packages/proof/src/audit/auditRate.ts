/** Rates are counted in millionths, so that everybody computes the same whole number. */
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
 * safer than that.
 */
export function auditRatePpm(
  of: {
    /** Tasks that the miner has delivered in all, of this model. */
    readonly tasks: number;
    /** 0…1: see `reputationOf`. */
    readonly reputation: number;
  },
  rules: AuditRules = AUDIT_RULES,
): number {
  const { leastPpm, mostPpm, newcomerTasks } = rules;
  if (!(of.reputation >= 0 && of.reputation <= 1)) throw new RangeError("a reputation lies between 0 and 1");
  if (of.tasks < newcomerTasks) return mostPpm;
  return Math.min(mostPpm, Math.ceil(leastPpm + (mostPpm - leastPpm) * (1 - of.reputation)));
}
