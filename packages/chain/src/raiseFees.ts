/** What a transaction offers for a unit of gas, in wei of the chain's own coin. */
export type Fees = { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint };

/** A replacement offers this much more than what it replaces: nodes ask for 10 or 12.5 %. */
const RAISE_PERCENT = 25n;
/** A replacement offers at most this many times what the chain's own estimate is by then. */
export const FEE_FACTOR_MAX = 4n;

/** The fees of a replacement: at least the current estimate. Undefined: the bound is reached, and waiting is all that is left. */
export function raiseFees(last: Fees, current: Fees): Fees | undefined {
  const maxFeePerGas = larger(raise(last.maxFeePerGas), current.maxFeePerGas);
  if (maxFeePerGas > FEE_FACTOR_MAX * current.maxFeePerGas) return undefined;
  const tip = larger(raise(last.maxPriorityFeePerGas), current.maxPriorityFeePerGas);
  return { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas };
}

/** Rounded up: a fee of 1 wei rises too. */
function raise(wei: bigint): bigint {
  return (wei * (100n + RAISE_PERCENT) + 99n) / 100n;
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
