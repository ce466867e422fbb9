import { type DutyFacts, type DutyTask, dutiesOf, type ShownVerdict } from "../duty/dutiesOf.js";
import { dutyCommitment } from "../duty/dutySecret.js";
import type { VerdictOutcome } from "../duty/verdict.js";
import { anAddress, aWord } from "./aTask.js";

export const CHAIN_ID = 31_337;
export const DUTY_EPOCH = 7;

/** A task of strangers, checked once on average. */
export function aDutyTask(index: number, over: Partial<DutyTask> = {}): DutyTask {
  return { taskId: aWord(`task ${index}`), ratePpm: 1_000_000, parties: new Set([anAddress("stranger")]), ...over };
}

/** An epoch in which so many validators of equal weight committed and showed their secrets. */
export function someDuties(validators: number, over: Partial<DutyFacts> = {}): DutyFacts {
  const names = Array.from({ length: validators }, (_, index) => `validator ${index}`);
  const reveals = names.map((name) => ({ validator: anAddress(name), secret: aWord(`secret of ${name}`) }));
  return {
    chainId: CHAIN_ID,
    epoch: DUTY_EPOCH,
    validators: names.map((name) => ({
      validator: anAddress(name),
      owner: anAddress(`owner of ${name}`),
      weight: 10n,
    })),
    commits: reveals.map((reveal) => ({
      validator: reveal.validator,
      commitment: dutyCommitment({ chainId: CHAIN_ID, epoch: DUTY_EPOCH, ...reveal }),
    })),
    reveals,
    tasks: Array.from({ length: 40 }, (_, index) => aDutyTask(index)),
    verdicts: [],
    ...over,
  };
}

/** The verdict of everybody who was drawn, on all of their tasks. */
export function verdictsOf(
  facts: DutyFacts,
  say: (of: { readonly validator: string; readonly taskId: string }) => VerdictOutcome | undefined,
): readonly ShownVerdict[] {
  return dutiesOf({ ...facts, verdicts: [] }).duties.flatMap(({ validator, taskId }) => {
    const outcome = say({ validator, taskId });
    return outcome === undefined ? [] : [{ validator, taskId, outcome }];
  });
}
