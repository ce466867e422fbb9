import type { TaskFinding } from "../duty/taskFinding.js";
import { KEPT_ONE } from "./keptShare.js";

/** A finding in the units of counts: counts are millionths, so that everybody has the same whole numbers. */
export const MICRO = 1_000_000;
/** A result found wrong counts as many that passed. */
export const FAIL_WEIGHT = 10;

/** What audits have shown of one miner with one model, worn down by time. Tasks that nobody audited count nothing. */
export type AuditCounts = {
  readonly passedMicro: number;
  /** Weighted: see `FAIL_WEIGHT`. */
  readonly failedMicro: number;
};

export const NO_AUDITS: AuditCounts = { passedMicro: 0, failedMicro: 0 };

/** The counts as one epoch's length leaves them, rounded down: `kept` is `keptShare(epochSeconds)`. */
export function agedCounts({ passedMicro, failedMicro }: AuditCounts, kept: bigint): AuditCounts {
  const aged = (micro: number): number => Number((BigInt(micro) * kept) / KEPT_ONE);
  return { passedMicro: aged(passedMicro), failedMicro: aged(failedMicro) };
}

export function withFinding(counts: AuditCounts, finding: TaskFinding): AuditCounts {
  const { passedMicro, failedMicro } = counts;
  if (finding === "passed") return { passedMicro: passedMicro + MICRO, failedMicro };
  return { passedMicro, failedMicro: failedMicro + FAIL_WEIGHT * MICRO };
}
