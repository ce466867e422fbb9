import { cutOffOf, drandRoundDue, type EpochTimes, epochStart, type UnixSeconds } from "@cortensor/protocol";

/** Slots in the time from an epoch's cut-off to its end: so many guards have a turn before whoever has the round posts it. */
const ROUND_SLOTS = 6;

/** When the round that goes into the next epoch's beacon may be posted. Chain time. */
export type RoundWindow = {
  /** Whose beacon it goes into: the one that begins next. */
  readonly epoch: number;
  readonly round: number;
  /** From when on: secrets are in, and the round is published. */
  readonly opens: UnixSeconds;
  /** Until before when: the epoch begins. */
  readonly closes: UnixSeconds;
};

export function roundWindowAt(
  times: EpochTimes,
  drand: { readonly genesis: UnixSeconds; readonly periodSeconds: number },
  time: UnixSeconds,
): RoundWindow {
  const running = Math.max(0, Math.floor((time - times.t0) / times.epochSeconds));
  const cutOff = cutOffOf(times, running);
  const round = drandRoundDue(drand, cutOff);
  const published = drand.genesis + (round - 1) * drand.periodSeconds;
  return { epoch: running + 1, round, opens: Math.max(cutOff, published), closes: epochStart(times, running + 1) };
}

/** Which slot of the window runs, and whether it is the last, in which nobody waits for another's turn. */
export function roundSlotAt(
  times: EpochTimes,
  { epoch, closes }: RoundWindow,
  time: UnixSeconds,
): { readonly slot: number; readonly isLast: boolean } {
  const cutOff = cutOffOf(times, epoch - 1);
  const slot = Math.floor((ROUND_SLOTS * (time - cutOff)) / (closes - cutOff));
  return { slot, isLast: slot >= ROUND_SLOTS - 1 };
}
