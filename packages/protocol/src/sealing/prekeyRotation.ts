import type { UnixSeconds } from "../primitives.js";

/** How prekeys follow one another on a network, in chain time. */
export type PrekeyTimes = {
  /** Where prekey epoch 0 begins. */
  readonly startSeconds: UnixSeconds;
  /** A day in production; a local profile rotates within minutes. */
  readonly prekeySeconds: number;
};

/** A prekey's length in production: what a miner's stolen key opens at most, with the epochs that are still accepted behind it. */
export const PREKEY_SECONDS = 86_400;
/** Epochs behind the current one whose prekeys are still accepted: a client may hold a bundle through a day, and a chain be late. */
export const PREKEY_EPOCHS_KEPT = 2;
/** The next epoch's bundle is made, and its hash posted, when the current one has no more than this part left. */
const LEAD_PARTS = 4;

/** Negative before the start. */
export function prekeyEpochAt(times: PrekeyTimes, nowSeconds: UnixSeconds): number {
  return Math.floor((nowSeconds - times.startSeconds) / times.prekeySeconds);
}

/** First second of a prekey epoch. */
export function prekeyEpochStart(times: PrekeyTimes, prekeyEpoch: number): UnixSeconds {
  return times.startSeconds + prekeyEpoch * times.prekeySeconds;
}

/** Whether what is sealed to an epoch's prekey is still opened: the current epoch's and those of the two before it. */
export function isPrekeyAccepted(times: PrekeyTimes, prekeyEpoch: number, nowSeconds: UnixSeconds): boolean {
  const age = prekeyEpochAt(times, nowSeconds) - prekeyEpoch;
  return age >= 0 && age <= PREKEY_EPOCHS_KEPT;
}

/** First second at which an epoch's private key must be gone: from then on nothing that was sealed to it can be opened by anyone. */
export function prekeyDestroyedAt(times: PrekeyTimes, prekeyEpoch: number): UnixSeconds {
  return prekeyEpochStart(times, prekeyEpoch + PREKEY_EPOCHS_KEPT + 1);
}

/** What a miner does about its prekeys. Each list is ascending. */
export type PrekeyPlan = { readonly make: readonly number[]; readonly destroy: readonly number[] };

/**
 * What is to be made and destroyed now, of the epochs whose private keys a miner holds. An epoch that passed without a key gets none: nobody could
 * have sealed to it. A key of the far future is destroyed, since no rule of this network made it.
 */
export function prekeyPlan(times: PrekeyTimes, held: readonly number[], nowSeconds: UnixSeconds): PrekeyPlan {
  const now = prekeyEpochAt(times, nowSeconds);
  const left = prekeyEpochStart(times, now + 1) - nowSeconds;
  const wanted = LEAD_PARTS * left <= times.prekeySeconds ? [now, now + 1] : [now];
  const isKept = (epoch: number) => epoch >= 0 && epoch >= now - PREKEY_EPOCHS_KEPT && epoch <= now + 1;
  return {
    make: wanted.filter((epoch) => epoch >= 0 && !held.includes(epoch)),
    destroy: held.filter((epoch) => !isKept(epoch)).sort((one, two) => one - two),
  };
}
