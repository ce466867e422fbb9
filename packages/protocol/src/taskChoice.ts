import type { SessionTerms } from "./price.js";

/** How a client may want its answer looked at: not at all, checked by validators (T1), or compared with copies of other miners. */
export const VALIDATIONS = ["none", "check", "redundant"] as const;
export type Validation = (typeof VALIDATIONS)[number];

/** Copies that a client may choose: odd, so that of two opinions one has the most. */
export const REDUNDANCIES = [1, 3, 5] as const;
export type Redundancy = (typeof REDUNDANCIES)[number];
/** Copies of `redundant` where no number is said. */
export const REDUNDANCY_DEFAULT: Redundancy = 3;

/** What a client chooses for one task, in place of what its session says. */
export type TaskChoice = {
  readonly validation?: Validation;
  readonly redundancy?: Redundancy;
  /** Most that the task may cost, in wei of COR: dearer ones are refused before anything is held. */
  readonly maxFeeWei?: bigint;
};

/** Whether the copies that are chosen go with the validation that is: several only with `redundant`, which is never one. */
export function isConsistentChoice({ validation, redundancy }: TaskChoice): boolean {
  if (validation === undefined || redundancy === undefined) return true;
  return (validation === "redundant") === redundancy > 1;
}

/**
 * A session's terms as a task's choice leaves them. Copies are the client's to choose; validators it can only ask for, since what a session has agreed
 * to pay for checks isn't taken back by a header.
 */
export function chosenTerms(own: SessionTerms, choice: TaskChoice | undefined): SessionTerms {
  if (choice === undefined) return own;
  const { validation, redundancy } = choice;
  const redundant = copiesOf(choice) ?? own.redundant;
  if (validation === "check") return { ...own, redundant, numOfValidatorNodes: Math.max(1, own.numOfValidatorNodes) };
  return validation === undefined && redundancy === undefined ? own : { ...own, redundant };
}

function copiesOf({ validation, redundancy }: TaskChoice): number | undefined {
  if (redundancy !== undefined) return redundancy;
  if (validation === undefined) return undefined;
  return validation === "redundant" ? REDUNDANCY_DEFAULT : 1;
}
