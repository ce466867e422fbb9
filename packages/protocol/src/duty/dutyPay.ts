import type { DutyPayLeaf } from "../guards/epochLeaves.js";
import { DISPUTE_SECONDS_MAX } from "../machine/dispute.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { DutyTally } from "./dutyTally.js";
import { type DisputeNews, hearDisputes, type OpenDisputes, type RightJudge } from "./hearDisputes.js";

/** Results are checked in the epoch after their own, and the verdicts shown in the second: an epoch's root pays the duties of so many before. */
export const DUTY_PAY_EPOCHS = 2;

/** A result may be disputed for so long after its task's deadline. */
const DISPUTABLE_SECONDS = 86_400;
/** Between a task's settlement and its deadline, and between an end that is due and whoever enforces it. */
const LATE_SECONDS = 43_200;

/** How many epochs an accusation's pay waits for a dispute to end: by then every dispute that may be opened is over. */
export function accusedEpochs(epochSeconds: number): number {
  return Math.ceil((DISPUTABLE_SECONDS + DISPUTE_SECONDS_MAX + LATE_SECONDS) / epochSeconds);
}

/** How far a lane's counter for the fund went: by a settlement, or by who raised it. One that isn't higher moved nothing. */
export type FundCredit = { readonly lane: Address; readonly creditedWei: bigint };

/** What is set aside for a duty that said of a task that it is wrong. */
export type Accusation = {
  readonly taskId: Bytes32;
  readonly validator: Address;
  /** Whose duties it was among. */
  readonly epoch: number;
  /** What each check of that epoch was worth. */
  readonly priceWei: bigint;
  /** Of it, what is still set aside: nothing once it is paid. */
  readonly asideWei: bigint;
};

/** What became of the validators' part of all fees, from the first epoch on. Credited is earned, set aside and left, to the wei. */
export type DutyPayBook = {
  /** Each lane's counter for the fund. */
  readonly creditedWei: ReadonlyMap<Address, bigint>;
  readonly earnedWei: ReadonlyMap<Address, bigint>;
  readonly accusations: readonly Accusation[];
  readonly disputes: OpenDisputes;
  /** Who was right in a dispute, and waits for money to be paid from. */
  readonly owed: readonly RightJudge[];
  /** Credited, and nobody earned it yet. */
  readonly leftWei: bigint;
};

/** Of one epoch's results: what their settlements credited to the fund, who is paid for how many of their checks, and what was heard of disputes meanwhile. */
export type DutyPayEpoch = {
  readonly epoch: number;
  readonly credits: readonly FundCredit[];
  readonly tallies: readonly Pick<DutyTally, "validator" | "paid" | "accused">[];
  /** Among the records of the epoch by whose root this is paid. */
  readonly news: readonly DisputeNews[];
  /** See `accusedEpochs`. */
  readonly keptEpochs: number;
};

export const NO_DUTY_PAY: DutyPayBook = {
  creditedWei: new Map(),
  earnedWei: new Map(),
  accusations: [],
  disputes: new Map(),
  owed: [],
  leftWei: 0n,
};

/**
 * One epoch's pay. First come judges that were right in disputes. Of what is left then every paid duty and every accusation has the same, `⌊money ÷ all of them⌋`. An accusation's is set aside: its
 * validator earns it once a dispute ends with what it said, and what no dispute bore out in time is money again. What all that leaves is shared in the next epoch. Epochs come one after the other,
 * those without records too.
 */
export function dutyPayStep(before: DutyPayBook, of: DutyPayEpoch): DutyPayBook {
  const { epoch, news, tallies } = of;
  const { creditedWei, newWei } = creditAll(before, of);
  const { waiting, goneWei } = waitingAt(before, of);
  const priceWei = new Map(waiting.map((one) => [one.taskId, one.priceWei]));
  const { open: disputes, upheld, judges } = hearDisputes(before.disputes, { news, priceWei });
  const earnedWei = new Map(before.earnedWei);
  const earn = (validator: Address, wei: bigint): void => {
    if (wei > 0n) earnedWei.set(validator, (earnedWei.get(validator) ?? 0n) + wei);
  };

  let leftWei = before.leftWei + newWei + goneWei;
  const owed = [...before.owed, ...judges].filter(({ judge, wei }) => {
    if (wei > leftWei) return true;
    earn(judge, wei);
    leftWei -= wei;
    return false;
  });
  const made = tallies.flatMap(({ validator, accused }) => accused.map((taskId) => ({ taskId, validator })));
  const checks = tallies.reduce((sum, { paid }) => sum + BigInt(paid), BigInt(made.length));
  const eachWei = checks === 0n ? 0n : leftWei / checks;
  for (const { validator, paid } of tallies) earn(validator, eachWei * BigInt(paid));
  const accusations = waiting.map((one) => {
    if (!upheld.has(one.taskId)) return one;
    earn(one.validator, one.asideWei);
    return { ...one, asideWei: 0n };
  });
  const aside = made.map((one) => ({ ...one, epoch, priceWei: eachWei, asideWei: eachWei }));
  return {
    ...{ creditedWei, earnedWei, disputes, owed, leftWei: leftWei - eachWei * checks },
    accusations: [...accusations, ...aside],
  };
}

function creditAll(
  { creditedWei: before }: DutyPayBook,
  { credits }: DutyPayEpoch,
): { readonly creditedWei: ReadonlyMap<Address, bigint>; readonly newWei: bigint } {
  const creditedWei = new Map(before);
  let newWei = 0n;
  for (const { lane, creditedWei: toWei } of credits) {
    const fromWei = creditedWei.get(lane) ?? 0n;
    if (toWei <= fromWei) continue;
    creditedWei.set(lane, toWei);
    newWei += toWei - fromWei;
  }
  return { creditedWei, newWei };
}

/** Accusations that a dispute may still bear out, and what was set aside for the others. */
function waitingAt(
  { accusations }: DutyPayBook,
  { epoch, keptEpochs }: DutyPayEpoch,
): { readonly waiting: readonly Accusation[]; readonly goneWei: bigint } {
  const isWaiting = (one: Accusation): boolean => one.epoch > epoch - keptEpochs;
  const gone = accusations.filter((one) => !isWaiting(one));
  return {
    waiting: accusations.filter(isWaiting),
    goneWei: gone.reduce((sum, { asideWei }) => sum + asideWei, 0n),
  };
}

/** What guards attest of it: who ever earned something, by address. */
export function dutyPayLeaves({ earnedWei }: DutyPayBook): readonly DutyPayLeaf[] {
  return [...earnedWei]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([validator, wei]) => ({ validator, earnedWei: wei }));
}
