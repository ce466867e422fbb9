import {
  type Bytes32,
  encodeProvenCheckpoint,
  type ProvenCheckpoint,
  parseProvenCheckpoint,
} from "@cortensor/protocol";
import type pg from "pg";
import type { NewReceipt } from "../books.js";
import { toBuffer } from "./hexBytes.js";
import { query } from "./transaction.js";

/** Writes the checkpoints of receipts that have some, few as they are: one row for each task. */
export async function insertCheckpoints(client: pg.PoolClient, receipts: readonly NewReceipt[]): Promise<void> {
  for (const { receipt, checkpoints = [] } of receipts) {
    if (checkpoints.length === 0) continue;
    await client.query("INSERT INTO task_checkpoints (task_id, checkpoints) VALUES ($1, $2)", [
      toBuffer(receipt.taskId),
      JSON.stringify(checkpoints.map(encodeProvenCheckpoint)),
    ]);
  }
}

export async function findCheckpoints(pool: pg.Pool, taskId: Bytes32): Promise<readonly ProvenCheckpoint[]> {
  const { rows } = await query<{ checkpoints: readonly unknown[] }>(pool, {
    during: "read a task's checkpoints",
    text: "SELECT checkpoints FROM task_checkpoints WHERE task_id = $1",
    values: [toBuffer(taskId)],
  });
  return (rows[0]?.checkpoints ?? []).map(parseProvenCheckpoint);
}
