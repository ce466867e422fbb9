import { queryBooks } from "./queryBooks.js";
import type { Network } from "./startNetwork.js";

export type BooksRow = { readonly taskId: string; readonly feeWei: bigint; readonly isSettled: boolean };

/** Every receipt in the router's database, read past the router. */
export async function readBooks(network: Network): Promise<readonly BooksRow[]> {
  const rows = await queryBooks<{ task: string; fee: string; settled: boolean }>(
    network,
    `SELECT encode(task_id, 'hex') AS task, fee_wei AS fee, settlement_id IS NOT NULL AS settled
     FROM receipts ORDER BY account, lane_index`,
  );
  return rows.map(({ task, fee, settled }) => ({ taskId: `0x${task}`, feeWei: BigInt(fee), isSettled: settled }));
}
