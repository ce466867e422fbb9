import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import type { CutReceipt, ServiceBooks, ServiceRow } from "../serviceBooks.js";
import { toBuffer, toHex, toNumberArray } from "./hexBytes.js";
import { query } from "./transaction.js";

export async function keepService(pool: pg.Pool, meter: Bytes32, rows: readonly ServiceRow[]): Promise<void> {
  if (rows.length === 0) return;
  const numbers = (of: (row: ServiceRow) => number): string => toNumberArray(rows.map(of));
  await query(pool, {
    during: "keep service figures",
    text: `INSERT INTO service_figures (meter, account, epoch, sla, asked, answered, first, late)
           SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[], $6::bigint[], $7::bigint[],
             $8::bigint[])
           ON CONFLICT (account, epoch, meter) DO UPDATE SET asked = excluded.asked, answered = excluded.answered,
             first = excluded.first, late = excluded.late`,
    values: [
      toBuffer(meter),
      numbers(({ account }) => account),
      numbers(({ epoch }) => epoch),
      numbers(({ sla }) => sla),
      numbers(({ asked }) => asked),
      numbers(({ answered }) => answered),
      numbers(({ first }) => first),
      numbers(({ late }) => late),
    ],
  });
}

export async function unjudgedService(
  pool: pg.Pool,
  beforeEpoch: number,
  limit: number,
): Promise<readonly ServiceRow[]> {
  assertLimit(limit, PAGE_ROWS_MAX);
  const { rows } = await query<Record<keyof ServiceRow, string>>(pool, {
    during: "read service figures",
    text: `SELECT account, epoch, min(sla) AS sla, sum(asked) AS asked, sum(answered) AS answered, sum(first) AS first,
             sum(late) AS late FROM service_figures f
           WHERE epoch < $1 AND NOT EXISTS (
             SELECT 1 FROM session_credits c WHERE c.account = f.account AND c.reason = 'sla' AND c.epoch >= f.epoch)
           GROUP BY account, epoch ORDER BY account, epoch LIMIT $2`,
    values: [beforeEpoch, limit],
  });
  return rows.map((row) => ({
    account: Number(row.account),
    epoch: Number(row.epoch),
    sla: Number(row.sla),
    asked: Number(row.asked),
    answered: Number(row.answered),
    first: Number(row.first),
    late: Number(row.late),
  }));
}

export async function feesOf(
  pool: pg.Pool,
  { account, fromEpoch, epoch }: Parameters<ServiceBooks["feesOf"]>[0],
): Promise<bigint> {
  const { rows } = await query<{ wei: string }>(pool, {
    during: "add up an account's fees",
    text: "SELECT coalesce(sum(fee_wei), 0) AS wei FROM receipts WHERE account = $1 AND epoch BETWEEN $2 AND $3",
    values: [account, fromEpoch, epoch],
  });
  return BigInt(rows[0]?.wei ?? 0);
}

export async function cutReceipts(pool: pg.Pool, beforeEpoch: number, limit: number): Promise<readonly CutReceipt[]> {
  assertLimit(limit, PAGE_ROWS_MAX);
  const { rows } = await query<{ task_id: Buffer; account: string; epoch: string; fee_wei: string }>(pool, {
    during: "read receipts of cut tasks",
    text: `SELECT task_id, account, epoch, fee_wei FROM receipts
           WHERE finish = 3 AND fee_wei > 0 AND refund_epoch IS NULL AND epoch < $1 ORDER BY seq LIMIT $2`,
    values: [beforeEpoch, limit],
  });
  return rows.map((row) => ({
    taskId: toHex(row.task_id),
    account: Number(row.account),
    epoch: Number(row.epoch),
    feeWei: BigInt(row.fee_wei),
  }));
}
