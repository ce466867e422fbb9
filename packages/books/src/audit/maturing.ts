import type { UnixSeconds } from "@cortensor/protocol";

/** A window in which an operator's earnings are counted together: what is earned in one matures when the next has passed. */
const WINDOW_SECONDS = 86_400;

/** An operator's own part of its settlements that it hasn't withdrawn, in wei, as its contract keeps it. */
export type Earnings = {
  readonly maturedWei: bigint;
  /** Earned in the window before `window`. */
  readonly olderWei: bigint;
  /** Earned in `window`. */
  readonly newestWei: bigint;
  /** Chain time ÷ 24 h. */
  readonly window: number;
};

export const NO_EARNINGS: Earnings = { maturedWei: 0n, olderWei: 0n, newestWei: 0n, window: 0 };

/** The same earnings as they stand at a later time. */
export function earningsAt(earnings: Earnings, atSeconds: UnixSeconds): Earnings {
  const window = Math.floor(atSeconds / WINDOW_SECONDS);
  const { maturedWei, olderWei, newestWei } = earnings;
  if (window <= earnings.window) return earnings;
  if (window === earnings.window + 1) {
    return { maturedWei: maturedWei + olderWei, olderWei: newestWei, newestWei: 0n, window };
  }
  return { maturedWei: maturedWei + olderWei + newestWei, olderWei: 0n, newestWei: 0n, window };
}
