import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import type { BookedReceipt, BookTotals } from "../books.js";
import { PAGE_ROWS_MAX, UNSETTLED_MAX } from "../limits.js";
import { toBuffer } from "./hexBytes.js";
import { type ReceiptRow, SELECT_RECEIPTS, toBookedReceipt } from "./receiptRows.js";
import { query } from "./transaction.js";

export async function findReceipt(pool: pg.Pool, taskId: Bytes32): Promise<BookedReceipt | undefined> {
  const rows = await read(pool, "WHERE r.task_id = $1", [toBuffer(taskId)]);
  return rows[0];
}

export async function listReceipts(
  pool: pg.Pool,
  page: { readonly account?: number; readonly after?: Bytes32; readonly limit: number },
): Promise<readonly BookedReceipt[]> {
  assertLimit(page.limit, PAGE_ROWS_MAX);
  const after = page.after === undefined ? null : toBuffer(page.after);
  if (page.account === undefined) {
    const where = `WHERE $1::bytea IS NULL OR r.seq < (SELECT seq FROM receipts WHERE task_id = $1)
      ORDER BY r.seq DESC LIMIT $2`;
    return read(pool, where, [after, page.limit]);
  }
  const where = `WHERE r.account = $3
    AND ($1::bytea IS NULL OR r.lane_index < (SELECT lane_index FROM receipts WHERE task_id = $1 AND account = $3))
    ORDER BY r.lane_index DESC LIMIT $2`;
  return read(pool, where, [after, page.limit, page.account]);
}

export function unsettled(pool: pg.Pool, limit: number, account?: number): Promise<readonly BookedReceipt[]> {
  assertLimit(limit, UNSETTLED_MAX);
  // The sum keeps the planner from walking the primary key through all that is settled.
  if (account === undefined) return read(pool, "WHERE r.settlement_id IS NULL ORDER BY r.seq + 0 LIMIT $1", [limit]);
  const where = "WHERE r.settlement_id IS NULL AND r.account = $2 ORDER BY r.lane_index LIMIT $1";
  return read(pool, where, [limit, account]);
}

/** Jumps from account to account in the index: its cost is that of the accounts, not of their receipts. */
export async function unsettledAccounts(pool: pg.Pool, limit: number): Promise<readonly number[]> {
  assertLimit(limit, PAGE_ROWS_MAX);
  const { rows } = await query<{ account: string }>(pool, {
    during: "read accounts with unsettled receipts",
    text: `WITH RECURSIVE waiting AS (
             (SELECT account, seq FROM receipts WHERE settlement_id IS NULL ORDER BY account, lane_index LIMIT 1)
             UNION ALL
             SELECT next.account, next.seq FROM waiting w CROSS JOIN LATERAL (
               SELECT account, seq FROM receipts WHERE settlement_id IS NULL AND account > w.account
               ORDER BY account, lane_index LIMIT 1) next)
           SELECT account FROM waiting ORDER BY seq LIMIT $1`,
    values: [limit],
  });
  return rows.map((row) => Number(row.account));
}

export async function totals(pool: pg.Pool): Promise<BookTotals> {
  const { rows } = await query<Record<keyof BookTotals, string>>(pool, {
    during: "read totals",
    text: `SELECT coalesce(sum(receipts), 0) AS "receipts", coalesce(sum(tokens_in), 0) AS "tokensIn",
             coalesce(sum(tokens_out), 0) AS "tokensOut", coalesce(sum(spent_wei), 0) AS "feesWei",
             (SELECT coalesce(sum(receipts), 0) FROM settlements WHERE state = 'confirmed') AS "settledReceipts"
           FROM budgets WHERE id LIKE 'account:%'`,
  });
  const row = rows[0];
  return {
    receipts: Number(row?.receipts ?? 0),
    settledReceipts: Number(row?.settledReceipts ?? 0),
    tokensIn: Number(row?.tokensIn ?? 0),
    tokensOut: Number(row?.tokensOut ?? 0),
    feesWei: BigInt(row?.feesWei ?? 0),
  };
}

async function read(pool: pg.Pool, where: string, values: unknown[]): Promise<readonly BookedReceipt[]> {
  const text = `${SELECT_RECEIPTS} ${where}`;
  const { rows } = await query<ReceiptRow>(pool, { during: "read receipts", text, values });
  return rows.map(toBookedReceipt);
}
