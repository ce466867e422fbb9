import pg from "pg";
import { environmentOf } from "./processes.js";
import type { Network } from "./startNetwork.js";

export type BooksRow = { readonly taskId: string; readonly feeWei: bigint; readonly isSettled: boolean };

/** Every receipt in the router's database, read past the router. */
export async function readBooks(network: Network): Promise<readonly BooksRow[]> {
  const connectionString = environmentOf(network.routerPid(), "ROUTER_DATABASE_URL");
  if (connectionString === undefined) throw new Error("the router has no database of the network's");
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ task: string; fee: string; settled: boolean }>(
      `SELECT encode(task_id, 'hex') AS task, fee_wei AS fee, settlement_id IS NOT NULL AS settled
       FROM receipts ORDER BY account, lane_index`,
    );
    return rows.map(({ task, fee, settled }) => ({ taskId: `0x${task}`, feeWei: BigInt(fee), isSettled: settled }));
  } finally {
    await client.end();
  }
}
