/** How often one task is checked, and how often a check of a cheat finds it. */
export type AuditRates = { readonly audit: number; readonly detection: number };

/** Chance that a cheat is caught at least once in `tasks` tasks, each audited independently: `1 − (1 − aδ)ⁿ`. */
export function caughtWithin({ audit, detection }: AuditRates, tasks: number): number {
  checkShare(audit);
  checkShare(detection);
  if (!Number.isInteger(tasks) || tasks < 0) throw new RangeError("tasks are counted");
  return -Math.expm1(tasks * Math.log1p(-audit * detection));
}

/** The least number of tasks after which a cheat is caught with at least this chance: `⌈ln(1 − chance) ÷ ln(1 − aδ)⌉`. */
export function tasksUntilCaught({ audit, detection }: AuditRates, chance: number): number {
  checkShare(audit);
  checkShare(detection);
  if (!(chance >= 0 && chance < 1)) throw new RangeError("a chance below 1");
  return Math.max(0, Math.ceil(Math.log1p(-chance) / Math.log1p(-audit * detection)));
}

function checkShare(share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError("a share lies between 0 and 1");
}
