import { moved, refused, type Step } from "../machine/step.js";
import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { type SolanaDeposit, solanaCreditWei, solanaDepositId } from "./solanaDeposit.js";

/** What a till takes: one mint, into one vault of one cluster, for one network. */
export type SolanaTill = {
  readonly genesisHash: Bytes32;
  readonly vault: Bytes32;
  readonly mint: Bytes32;
  readonly decimals: number;
  readonly chainId: number;
  readonly network: Address;
  /** Most that may be credited in one window: what a dishonest quorum can make of nothing in that time. */
  readonly capWei: bigint;
  readonly windowSeconds: number;
};

/** What a till has credited. `windowWei` is of the window named by `window`, which begins at `window × windowSeconds`. */
export type SolanaCredits = {
  readonly credited: ReadonlySet<Bytes32>;
  readonly window: number;
  readonly windowWei: bigint;
  readonly totalWei: bigint;
};

export const NO_SOLANA_CREDITS: SolanaCredits = { credited: new Set(), window: 0, windowWei: 0n, totalWei: 0n };

export type CreditRefusal =
  | "otherTill"
  /** It was credited before. */
  | "already"
  /** The window is full: again in a later one. */
  | "windowFull"
  /** Above what any window lets through: the vault's keepers send it back. */
  | "aboveCap"
  | "clockBack";

/**
 * What a till makes of a deposit that stands under an attested root: what the contract has to do, and guards before they sign. Once for each place, at
 * most the cap in each window; a refused one changes nothing and may come again.
 */
export function creditSolanaDeposit(
  till: SolanaTill,
  credits: SolanaCredits,
  { deposit, nowSeconds }: { readonly deposit: SolanaDeposit; readonly nowSeconds: UnixSeconds },
): Step<SolanaCredits, CreditRefusal> {
  if (!isOfTill(till, deposit)) return refused("otherTill");
  const id = solanaDepositId(deposit);
  if (credits.credited.has(id)) return refused("already");
  const wei = solanaCreditWei(deposit.amount, till.decimals);
  if (wei > till.capWei) return refused("aboveCap");
  const window = Math.floor(nowSeconds / till.windowSeconds);
  if (window < credits.window) return refused("clockBack");
  const windowWei = (window === credits.window ? credits.windowWei : 0n) + wei;
  if (windowWei > till.capWei) return refused("windowFull");
  return moved({
    credited: new Set([...credits.credited, id]),
    window,
    windowWei,
    totalWei: credits.totalWei + wei,
  });
}

/** Whether a deposit is one that a till takes at all. */
export function isOfTill(till: SolanaTill, deposit: SolanaDeposit): boolean {
  return (
    deposit.genesisHash === till.genesisHash &&
    deposit.vault === till.vault &&
    deposit.mint === till.mint &&
    deposit.chainId === till.chainId &&
    deposit.network === till.network
  );
}
