import { type Budget, maxWei, minWei, remainingWei } from "../budget.js";

/**
 * How much of a budget row a router gets on top of its lease. A slice is at most remaining ÷ (2 × live routers), so that no
 * router starves another; what waiting holds can't do without comes straight from the row, to its last wei. A row that is
 * below zero gives nothing. Never more than what remains.
 */
export function chooseGrant(
  budget: Budget,
  ask: {
    /** What holds that wait now lack. */
    readonly neededWei: bigint;
    /** What would keep the slice comfortable. */
    readonly wantedWei: bigint;
    readonly liveRouters: number;
  },
): bigint {
  const remaining = maxWei(0n, remainingWei(budget) ?? 0n);
  const fairWei = remaining / BigInt(2 * Math.max(1, ask.liveRouters));
  return minWei(remaining, maxWei(maxWei(0n, ask.neededWei), minWei(ask.wantedWei, fairWei)));
}
