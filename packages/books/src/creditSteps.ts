import type { Address, Bytes32 } from "@cortensor/protocol";
import type { SettlementCredit } from "./books.js";
import { BooksError } from "./booksError.js";
import { WEI_MAX } from "./limits.js";

/** Each credit must be a step up from what its payee was credited before, or the chain would be told an amount of another day. */
export function assertCreditsFollow(parts: {
  readonly id: Bytes32;
  readonly credits: readonly SettlementCredit[];
  readonly creditedWeiOf: (payee: Address) => bigint;
}): void {
  const { id, credits, creditedWeiOf } = parts;
  const isStep = ({ payee, wei, cumulativeWei }: SettlementCredit): boolean =>
    wei > 0n && cumulativeWei <= WEI_MAX && creditedWeiOf(payee) + wei === cumulativeWei;
  const stale = credits.filter((credit) => !isStep(credit)).map(({ payee }) => payee);
  const isOnce = new Set(credits.map(({ payee }) => payee)).size === credits.length;
  if (stale.length === 0 && isOnce) return;
  throw new BooksError({ code: "BOOKS_CREDITS_STALE", id, payees: stale });
}
