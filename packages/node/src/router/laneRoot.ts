import { type Books, PAGE_ROWS_MAX } from "@cortensor/books";
import { type Bytes32, MERKLE_LEAVES_MAX, merkleRoot, ZERO_BYTES32 } from "@cortensor/protocol";

/** What an account's first receipts come to: what a debit that ends there says. */
export type LanePoint = { readonly count: number; readonly cumulativeWei: bigint; readonly receiptsRoot: Bytes32 };

/** The point after an account's first `count` receipts; undefined when it has fewer. Reads them all. */
export async function lanePointAt(
  books: Pick<Books, "receiptCommitments">,
  { account, count }: { readonly account: number; readonly count: number },
): Promise<LanePoint | undefined> {
  if (count > MERKLE_LEAVES_MAX) return undefined;
  const leaves: Bytes32[] = [];
  let cumulativeWei = 0n;
  while (leaves.length < count) {
    const limit = Math.min(PAGE_ROWS_MAX, count - leaves.length);
    const page = await books.receiptCommitments({ account, from: leaves.length, limit });
    if (page.length === 0) return undefined;
    for (const { commitment, feeWei } of page) {
      leaves.push(commitment);
      cumulativeWei += feeWei;
    }
  }
  return { count, cumulativeWei, receiptsRoot: leaves.length === 0 ? ZERO_BYTES32 : merkleRoot(leaves) };
}
