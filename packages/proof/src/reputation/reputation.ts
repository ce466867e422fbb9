import { expCanonical } from "@cortensor/protocol";
import { wilsonInterval } from "../statistics/wilson.js";
import { betaQuantile } from "./betaQuantile.js";

/** An audit that failed counts as many that passed. */
export const FAIL_WEIGHT = 10;
/** What was seen counts half after this. */
export const HALF_LIFE_SECONDS = 14 * 86_400;
/** What a miner that nobody has checked is worth: bad, yet alive. */
const PRIOR = { passed: 1, failed: 3 } as const;
/** Of the distribution of its quality, the value that it exceeds with 95 %. */
const LOWER_SHARE = 0.05;
const LN_2 = Math.LN2;

/** What audits have shown of one miner with one model, worn down by time. Tasks that nobody audited count nothing. */
export type AuditRecord = {
  readonly passed: number;
  /** Weighted: see `FAIL_WEIGHT`. */
  readonly failed: number;
  readonly atSeconds: number;
};

export const NO_AUDITS: AuditRecord = { passed: 0, failed: 0, atSeconds: 0 };

/** The record as it counts at a time: half of it after each half-life. Never made younger. */
export function agedTo(record: AuditRecord, atSeconds: number): AuditRecord {
  if (atSeconds <= record.atSeconds) return record;
  const kept = expCanonical((-LN_2 * (atSeconds - record.atSeconds)) / HALF_LIFE_SECONDS);
  return { passed: record.passed * kept, failed: record.failed * kept, atSeconds };
}

export function addAudit(record: AuditRecord, outcome: "passed" | "failed", atSeconds: number): AuditRecord {
  const aged = agedTo(record, atSeconds);
  if (outcome === "passed") return { ...aged, passed: aged.passed + 1 };
  return { ...aged, failed: aged.failed + FAIL_WEIGHT };
}

/** `q`: the 5 % quantile of Beta(1 + passed, 3 + failed). 0.017 for a newcomer, 0.8 after thirty passes. */
export function qualityOf({ passed, failed }: AuditRecord): number {
  return betaQuantile(LOWER_SHARE, PRIOR.passed + passed, PRIOR.failed + failed);
}

/** `u`: the lower end of Wilson's 95 % interval of tasks delivered among tasks accepted. 0 for who accepted none. */
export function availabilityOf(of: { readonly accepted: number; readonly delivered: number }): number {
  return wilsonInterval(of.delivered, of.accepted).low;
}

/** `q × u`, 0…1. Steers traffic and how often a miner is checked; it never replaces stake. */
export function reputationOf(
  record: AuditRecord,
  work: { readonly accepted: number; readonly delivered: number },
): number {
  return qualityOf(record) * availabilityOf(work);
}
