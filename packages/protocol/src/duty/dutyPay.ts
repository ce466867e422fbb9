import type { DutyPayLeaf } from "../guards/epochLeaves.js";
import type { Address } from "../primitives.js";
import type { DutyTally } from "./dutyTally.js";

/** Results are checked in the epoch after their own, and the verdicts shown in the second: an epoch's root pays the duties of so many before. */
export const DUTY_PAY_EPOCHS = 2;

/** How far a lane's counter for the fund went: by a settlement, or by who raised it. One that isn't higher moved nothing. */
export type FundCredit = { readonly lane: Address; readonly creditedWei: bigint };

/** What became of the validators' part of all fees, from the first epoch on. Credited is earned and left, to the wei. */
export type DutyPayBook = {
  /** Each lane's counter for the fund. */
  readonly creditedWei: ReadonlyMap<Address, bigint>;
  readonly earnedWei: ReadonlyMap<Address, bigint>;
  /** Credited, and no duty earned it yet. */
  readonly leftWei: bigint;
};

/** Of one epoch's results: what their settlements credited to the fund, and who is paid for how many of their checks. */
export type DutyPayEpoch = {
  readonly credits: readonly FundCredit[];
  readonly tallies: readonly Pick<DutyTally, "validator" | "paid">[];
};

export const NO_DUTY_PAY: DutyPayBook = { creditedWei: new Map(), earnedWei: new Map(), leftWei: 0n };

/**
 * One epoch's pay. Every paid duty earns the same, `⌊(left + credited) ÷ paid duties⌋`; what that leaves, and all of it where nobody did a duty,
 * is shared in the next epoch. Epochs come one after the other, those without records too.
 */
export function dutyPayStep(before: DutyPayBook, { credits, tallies }: DutyPayEpoch): DutyPayBook {
  const creditedWei = new Map(before.creditedWei);
  let leftWei = before.leftWei;
  for (const { lane, creditedWei: toWei } of credits) {
    const fromWei = creditedWei.get(lane) ?? 0n;
    if (toWei <= fromWei) continue;
    creditedWei.set(lane, toWei);
    leftWei += toWei - fromWei;
  }
  const duties = tallies.reduce((sum, { paid }) => sum + BigInt(paid), 0n);
  const eachWei = duties === 0n ? 0n : leftWei / duties;
  const earnedWei = new Map(before.earnedWei);
  for (const { validator, paid } of tallies) {
    const wei = eachWei * BigInt(paid);
    if (wei > 0n) earnedWei.set(validator, (earnedWei.get(validator) ?? 0n) + wei);
  }
  return { creditedWei, earnedWei, leftWei: leftWei - eachWei * duties };
}

/** What guards attest of it: who ever earned something, by address. */
export function dutyPayLeaves({ earnedWei }: DutyPayBook): readonly DutyPayLeaf[] {
  return [...earnedWei]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([validator, wei]) => ({ validator, earnedWei: wei }));
}
