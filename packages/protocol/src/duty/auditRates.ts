import type { Address } from "../primitives.js";
import type { Reputation } from "../reputation/reputationAt.js";
import { availabilityPpm, reputationPpm } from "../reputation/reputationPpm.js";
import { AUDIT_RULES, type AuditRules, auditRatePpm } from "./auditRate.js";

/** How often each miner's tasks are checked. Whoever isn't in it is a newcomer. */
export type AuditRates = ReadonlyMap<Address, number>;

/**
 * The rates that follow from an epoch's reputations. A settled task doesn't say of which model it is, so a miner has one rate: that of its counts of all models
 * together. A model that it serves no more wears off and makes it no newcomer, and a result found wrong counts against all that it serves.
 */
export function auditRates(reputations: readonly Reputation[], rules: AuditRules = AUDIT_RULES): AuditRates {
  const all = new Map<Address, Omit<Reputation, "modelId" | "speedPpm">>();
  for (const { miner, passedMicro, failedMicro, accepted, delivered } of reputations) {
    const known = all.get(miner) ?? { miner, passedMicro: 0, failedMicro: 0, accepted: 0, delivered: 0 };
    all.set(miner, {
      miner,
      passedMicro: known.passedMicro + passedMicro,
      failedMicro: known.failedMicro + failedMicro,
      accepted: known.accepted + accepted,
      delivered: known.delivered + delivered,
    });
  }
  return new Map([...all].map(([miner, one]) => [miner, rateOf(one, rules)]));
}

function rateOf(one: Omit<Reputation, "miner" | "modelId" | "speedPpm">, rules: AuditRules): number {
  return auditRatePpm(
    { tasks: one.delivered, reputationPpm: reputationPpm({ ...one, availabilityPpm: availabilityPpm(one) }) },
    rules,
  );
}

/** That of the least trusted of some miners; a newcomer's without any. */
export function leastTrustedRate(miners: readonly Address[], rates: AuditRates): number {
  const newcomer = auditRatePpm({ tasks: 0, reputationPpm: 0 });
  return miners.length === 0 ? newcomer : Math.max(...miners.map((miner) => rates.get(miner) ?? newcomer));
}
