import { WORK_KEPT_EPOCHS } from "../limits.js";
import { nextReputation, type Reputation } from "../reputation/reputationAt.js";
import { auditedWork, type WorkFinding } from "./auditedWork.js";
import { type EpochPublished, NO_WORK, rememberWork, settledWork, type WorkMemory } from "./workMemory.js";

/** All that the next epoch's reputations follow from. */
export type ReputationMemory = {
  readonly work: WorkMemory;
  /** Findings of tasks of which no record tells yet, and since when they wait. */
  readonly waiting: readonly { readonly epoch: number; readonly finding: WorkFinding }[];
  /** By miner, then model. */
  readonly reputations: readonly Reputation[];
};

export const NO_REPUTATIONS: ReputationMemory = { work: NO_WORK, waiting: [], reputations: [] };

/**
 * One epoch's step, from its public records alone. A finding waits for its task's record as a settlement does, so that whoever tells of a task late hides nothing.
 */
export function reputationStep(
  before: ReputationMemory,
  of: EpochPublished & { readonly findings: readonly WorkFinding[]; readonly epochSeconds: number },
): ReputationMemory {
  const { epoch, epochSeconds } = of;
  const { memory, deliveries } = rememberWork(before.work, of);
  const kept = before.waiting.filter((one) => one.epoch > epoch - WORK_KEPT_EPOCHS);
  const all = [...kept, ...of.findings.map((finding) => ({ epoch, finding }))];
  const isKnown = ({ finding }: (typeof all)[number]): boolean => settledWork(memory, finding.id) !== undefined;
  const audited = auditedWork(
    memory,
    all.filter(isKnown).map(({ finding }) => finding),
  );
  const reputations = nextReputation(before.reputations, { epochSeconds, work: { audited, deliveries } });
  return { work: memory, waiting: all.filter((one) => !isKnown(one)), reputations };
}
