import { type Address, findSplits, type SetPayee, sharesOf } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { BooksError } from "./booksError.js";

/**
 * Who has what of a receipt's fee: each payee once, by address, nobody with nothing. What they leave is the operator's. Validators,
 * model owners and the treasury have one address yet, the treasury's; without it their shares are the operator's too.
 * Throws BOOKS_SPLITS_UNKNOWN.
 */
export function paysOf(
  { receipt, payees }: Pick<BookedReceipt, "receipt" | "payees">,
  treasury?: Address,
): readonly SetPayee[] {
  const { taskId, splitsHash } = receipt;
  const splits = findSplits(splitsHash);
  if (splits === undefined) throw new BooksError({ code: "BOOKS_SPLITS_UNKNOWN", taskId, splitsHash });
  const shares = sharesOf(payees, splits);
  const pays = new Map<Address, bigint>();
  const pay = (payee: Address, wei: bigint): void => {
    const address = payee.toLowerCase() as Address;
    if (wei > 0n) pays.set(address, (pays.get(address) ?? 0n) + wei);
  };
  for (const [index, { miner }] of payees.entries()) pay(miner, shares.netWei[index] ?? 0n);
  if (treasury !== undefined) pay(treasury, shares.validatorsWei + shares.treasuryWei + shares.modelOwnerWei);
  return [...pays].sort(([left], [right]) => (left < right ? -1 : 1)).map(([payee, netWei]) => ({ payee, netWei }));
}
