import { type DutyWeight, PPM } from "@cortensor/protocol";

/**
 * Chance that at least one validator checks a task: `1 − Π(1 − a × wᵥ)`. A little below the rate, which is the *mean* number of checks; at
 * rates of a few hundredths they are the same, at a rate of 1 it is 63 % and more.
 */
export function auditedShare(ratePpm: number, weights: readonly DutyWeight[]): number {
  const unseen = weights.reduce(
    (left, { weight, total }) => left * (1 - (ratePpm / PPM) * (Number(weight) / Number(total))),
    1,
  );
  return 1 - unseen;
}
