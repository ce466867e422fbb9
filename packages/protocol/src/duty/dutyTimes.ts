import { cutOffOf, type EpochTimes, epochStart } from "../guards/epochTimes.js";
import type { UnixSeconds } from "../primitives.js";

/** When a validator does what for the results of one epoch. */
export type DutyTimes = {
  /** Before this second the commitment to the epoch's secret is posted. */
  readonly committedBefore: UnixSeconds;
  /** Before this second the results' root is posted, or it stays empty and the next epoch's has these results. */
  readonly rootBefore: UnixSeconds;
  /** Before this second verdicts are committed to. */
  readonly verdictsBefore: UnixSeconds;
  /** From this second on, and before the next, the secret and the verdicts are shown. */
  readonly shownFrom: UnixSeconds;
  readonly shownBefore: UnixSeconds;
};

/**
 * Duties of epoch `e` are drawn from the results under the results root of `e`. That root is posted, or can't be any more, before anybody may show
 * a secret: no miner can change a result in view of the draw, and no validator its secret in view of the results.
 */
export function dutyTimes(times: EpochTimes, epoch: number): DutyTimes {
  const shownFrom = epochStart(times, epoch + 2);
  return {
    committedBefore: epochStart(times, epoch),
    rootBefore: cutOffOf(times, epoch + 1),
    verdictsBefore: shownFrom,
    shownFrom,
    shownBefore: cutOffOf(times, epoch + 2),
  };
}
