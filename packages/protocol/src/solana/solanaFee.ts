import { COR_DECIMALS } from "./limits.js";
import type { SolanaShares } from "./solanaShares.js";

const BPS = 10_000n;

/** What a fee on Solana is counted by: the mint's decimals, and the shares of the fee. */
export type SolanaPrice = { readonly decimals: number; readonly shares: Pick<SolanaShares, "networkBps"> };

/** Wei of COR in the smallest unit of a mint. */
function unitWei(decimals: number): bigint {
  return 10n ** BigInt(COR_DECIMALS - decimals);
}

/** The most that the network may charge for a task, so that what its escrow pays covers it after the network's share there. */
export function solanaFeeCapWei({ decimals, shares }: SolanaPrice, amount: bigint): bigint {
  return (amount * unitWei(decimals) * (BPS - BigInt(shares.networkBps))) / BPS;
}

/** What may be asked for on Solana, for what a task cost in the network: rounded up, and never above what lies there. */
export function solanaFeeOf({ decimals, shares }: SolanaPrice, feeWei: bigint, amount: bigint): bigint {
  const kept = unitWei(decimals) * (BPS - BigInt(shares.networkBps));
  const fee = (feeWei * BPS + kept - 1n) / kept;
  return fee < amount ? fee : amount;
}
