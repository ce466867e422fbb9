import type { MaybeEncodedAccount } from "@solana/kit";
import {
  getMintDecoder,
  getMintSize,
  getTokenDecoder,
  getTokenSize,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import type { Wire } from "./wire.js";

/** A token account's facts; undefined for any other account. */
export function readTokenAccount(account: MaybeEncodedAccount) {
  if (!account.exists || account.programAddress !== TOKEN_PROGRAM_ADDRESS) return undefined;
  if (account.data.length !== getTokenSize()) return undefined;
  const { mint, owner, amount } = getTokenDecoder().decode(account.data);
  return { mint, owner, amount };
}

/** A mint's decimals; undefined for any other account. */
export function readDecimals(account: MaybeEncodedAccount): number | undefined {
  if (!account.exists || account.programAddress !== TOKEN_PROGRAM_ADDRESS) return undefined;
  return account.data.length === getMintSize() ? getMintDecoder().decode(account.data).decimals : undefined;
}

/** An amount as Solana's RPC shows it. */
export function toTokenAmount(amount: bigint, decimals: number): Wire {
  const digits = amount.toString().padStart(decimals + 1, "0");
  const fraction = decimals === 0 ? "" : digits.slice(-decimals).replace(/0+$/, "");
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  const uiAmountString = fraction === "" ? whole : `${whole}.${fraction}`;
  return { amount: amount.toString(), decimals, uiAmount: Number(uiAmountString), uiAmountString };
}
