import { BooksError } from "./booksError.js";

/** Shares are counted in basis points of what the clients pay. */
export const BPS = 10_000n;
export const ROUTER_BPS = 500;
export const TREASURY_BPS = 300;

/** What is paid beside the miners, who have all the rest. */
export type Splits = {
  readonly operatorBps: number;
  /** As the payment contract takes it. */
  readonly treasuryBps: number;
};

/** What each party has of one amount. */
export type AmountParts = { readonly minersWei: bigint; readonly operatorWei: bigint; readonly treasuryWei: bigint };

/**
 * Divides an amount. The treasury's share is rounded down, as its contract does; so are operator and treasury together; the
 * miners have what is left. No wei is lost, and rounding favours the miners.
 * Throws BOOKS_BAD_SPLITS for shares that aren't whole, or not 0…10,000 together.
 */
export function splitAmount(wei: bigint, splits: Splits): AmountParts {
  assertSplits(splits);
  const treasuryWei = (wei * BigInt(splits.treasuryBps)) / BPS;
  const sharesWei = (wei * BigInt(splits.operatorBps + splits.treasuryBps)) / BPS;
  return { minersWei: wei - sharesWei, operatorWei: sharesWei - treasuryWei, treasuryWei };
}

/**
 * Divides an amount in proportion to weights, exactly: each part is rounded down, and the left-over wei go one each to the
 * first with any weight. So nobody is more than one wei from the exact share. Without any weight nobody gets anything.
 */
export function shareByWeight(wei: bigint, weights: readonly bigint[]): readonly bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (wei * weight) / total);
  let left = wei - parts.reduce((sum, part) => sum + part, 0n);
  return parts.map((part, index) => {
    if (left === 0n || weights[index] === 0n) return part;
    left -= 1n;
    return part + 1n;
  });
}

function assertSplits({ operatorBps, treasuryBps }: Splits): void {
  const areWhole = [operatorBps, treasuryBps].every((bps) => Number.isInteger(bps) && bps >= 0);
  if (areWhole && operatorBps + treasuryBps <= Number(BPS)) return;
  throw new BooksError({
    code: "BOOKS_BAD_SPLITS",
    reason: `operator ${operatorBps} bps, treasury ${treasuryBps} bps`,
  });
}
