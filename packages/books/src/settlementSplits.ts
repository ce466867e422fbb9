import type { Address } from "@cortensor/protocol";
import { BooksError } from "./booksError.js";

/** Shares are counted in basis points of the fee. */
export const BPS = 10_000n;
/** The miners' share in a session class that pays validators, router and treasury too. */
export const MINERS_BPS = 8_300;
export const ROUTER_BPS = 500;

/** Who is paid beside the miners, each a share of every fee. The miners have all the rest. */
export type Splits = { readonly shares: readonly { readonly payee: Address; readonly bps: number }[] };

/** What each party has of one fee. */
export type FeeParts = { readonly minersWei: bigint; readonly shareWei: readonly bigint[] };

/**
 * Divides a fee. Each share is rounded down to a whole wei, and the miners have what is left: no wei is lost, and rounding
 * favours the miners. Throws BOOKS_BAD_SPLITS for shares that aren't 0…10,000 together.
 */
export function splitFee(feeWei: bigint, splits: Splits): FeeParts {
  assertSplits(splits);
  const shareWei = splits.shares.map(({ bps }) => (feeWei * BigInt(bps)) / BPS);
  return { minersWei: feeWei - shareWei.reduce((sum, wei) => sum + wei, 0n), shareWei };
}

/**
 * Divides the miners' part over their segments in proportion to their weights (what each would be paid alone), exactly:
 * each is rounded down, and the left-over wei go one each to the first segments. Without any weight all goes to the first.
 */
export function shareAmongMiners(minersWei: bigint, weights: readonly bigint[]): readonly bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map((_, index) => (index === 0 ? minersWei : 0n));
  const parts = weights.map((weight) => (minersWei * weight) / total);
  let left = minersWei - parts.reduce((sum, wei) => sum + wei, 0n);
  return parts.map((wei) => {
    if (left === 0n) return wei;
    left -= 1n;
    return wei + 1n;
  });
}

function assertSplits(splits: Splits): void {
  let total = 0;
  for (const { bps } of splits.shares) {
    if (!Number.isInteger(bps) || bps < 0)
      throw new BooksError({ code: "BOOKS_BAD_SPLITS", reason: `share of ${bps} bps` });
    total += bps;
  }
  if (total > Number(BPS))
    throw new BooksError({ code: "BOOKS_BAD_SPLITS", reason: `shares of ${total} bps together` });
}
