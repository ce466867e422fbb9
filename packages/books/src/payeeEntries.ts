import {
  type Address,
  type Bytes32,
  findSplits,
  hashPaidSegment,
  leafHash,
  netWei,
  type PaidSegment,
} from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { BooksError } from "./booksError.js";

/** What one entry of a receipt adds to its payee's credit note. */
export type PayeeEntry = { readonly payee: Address; readonly netWei: bigint; readonly leaf: Bytes32 };

/** A receipt's entries, in their order. Throws BOOKS_SPLITS_UNKNOWN: nobody can tell what it pays. */
export function payeeEntriesOf({ receipt, payees }: Pick<BookedReceipt, "receipt" | "payees">): readonly PayeeEntry[] {
  const { taskId, splitsHash } = receipt;
  const splits = findSplits(splitsHash);
  if (splits === undefined) throw new BooksError({ code: "BOOKS_SPLITS_UNKNOWN", taskId, splitsHash });
  return payees.map(({ miner, replica, segment, wei }) => {
    const net = netWei(wei, splits);
    const leaf = paidSegmentLeaf({ taskId, replica, segment, netWei: net });
    return { payee: miner.toLowerCase() as Address, netWei: net, leaf };
  });
}

/** A segment's leaf under the root of its payee's credit notes. */
export function paidSegmentLeaf(paid: PaidSegment): Bytes32 {
  return leafHash(hashPaidSegment(paid));
}

/** Entries by payee, each payee's in their order. */
export function byPayee(entries: Iterable<PayeeEntry>): ReadonlyMap<Address, readonly PayeeEntry[]> {
  const groups = new Map<Address, PayeeEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.payee);
    if (group === undefined) groups.set(entry.payee, [entry]);
    else group.push(entry);
  }
  return groups;
}

export function sumOfNets(entries: readonly PayeeEntry[]): bigint {
  return entries.reduce((sum, entry) => sum + entry.netWei, 0n);
}
