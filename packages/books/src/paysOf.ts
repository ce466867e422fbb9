import { type Address, findSplits, type SetPayee, sharesOf } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { BooksError } from "./booksError.js";

/** Who has the shares of all that aren't miners or the operator. */
export type Funds = {
  /** The contract that pays for duties. Without it the treasury has the validators' share. */
  readonly validators?: Address;
  /** Without it its share, and all that falls to it, is the operator's. */
  readonly treasury?: Address;
};

/**
 * Who has what of a receipt's fee: each payee once, by address, nobody with nothing. What they leave is the operator's. Model owners have no
 * address yet: theirs is the treasury's. Throws BOOKS_SPLITS_UNKNOWN.
 */
export function paysOf(
  { receipt, payees }: Pick<BookedReceipt, "receipt" | "payees">,
  { treasury, validators = treasury }: Funds = {},
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
  if (validators !== undefined) pay(validators, shares.validatorsWei);
  if (treasury !== undefined) pay(treasury, shares.treasuryWei + shares.modelOwnerWei);
  return [...pays].sort(([left], [right]) => (left < right ? -1 : 1)).map(([payee, netWei]) => ({ payee, netWei }));
}
