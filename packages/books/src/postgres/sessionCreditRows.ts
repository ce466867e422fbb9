import type { Bytes32, CreditReason } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import type { ServiceBooks, SessionCredit, SessionCreditState } from "../serviceBooks.js";
import { toBuffer, toByteaArray, toHex } from "./hexBytes.js";
import { inTransaction, query } from "./transaction.js";

export async function bookSessionCredit(
  pool: pg.Pool,
  credit: SessionCredit,
  taskIds: readonly Bytes32[],
): Promise<boolean> {
  const { account, epoch, reason, fromEpoch, wei, state, sla, figures } = credit;
  return inTransaction(pool, "book a session's credit", async (client) => {
    const inserted = await client.query(
      `INSERT INTO session_credits (account, epoch, reason, from_epoch, wei, state, sla, asked, answered, first, late)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
      [
        ...[account, epoch, reason, fromEpoch, wei.toString(), state, sla],
        ...[figures.asked, figures.answered, figures.first, figures.late],
      ],
    );
    if (inserted.rowCount !== 1) return false;
    // The verdict has their sum. What comes for these epochs after it is too late, and goes with the next one.
    if (reason === "sla") {
      await client.query("DELETE FROM service_figures WHERE account = $1 AND epoch <= $2", [account, epoch]);
    }
    if (await giveBack(client, { taskIds, epoch })) return true;
    await client.query("DELETE FROM session_credits WHERE account = $1 AND epoch = $2 AND reason = $3", [
      account,
      epoch,
      reason,
    ]);
    return false;
  });
}

/** Marks the receipts, and takes their fees out of what their keys have spent; false, and nothing is marked, unless all are open. */
async function giveBack(
  client: pg.PoolClient,
  { taskIds, epoch }: { readonly taskIds: readonly Bytes32[]; readonly epoch: number },
): Promise<boolean> {
  if (taskIds.length === 0) return true;
  const ids = toByteaArray(taskIds);
  const open = await client.query(
    "SELECT 1 FROM receipts WHERE task_id = ANY($1::bytea[]) AND refund_epoch IS NULL ORDER BY seq FOR UPDATE",
    [ids],
  );
  if (open.rowCount !== new Set(taskIds).size) return false;
  await client.query("UPDATE receipts SET refund_epoch = $2 WHERE task_id = ANY($1::bytea[])", [ids, epoch]);
  await client.query(
    `UPDATE budgets b SET spent_wei = b.spent_wei - r.wei
     FROM (SELECT 'key:0x' || encode(key_hash, 'hex') AS id, sum(fee_wei) AS wei FROM receipts
           WHERE task_id = ANY($1::bytea[]) AND key_hash IS NOT NULL GROUP BY key_hash) r
     WHERE b.id = r.id`,
    [ids],
  );
  return true;
}

export async function owedSessionCredits(pool: pg.Pool, limit: number): Promise<readonly SessionCredit[]> {
  assertLimit(limit, PAGE_ROWS_MAX);
  return read(pool, "WHERE state = 'owed' ORDER BY seq LIMIT $1", [limit]);
}

export async function markSessionCredit(
  pool: pg.Pool,
  { account, epoch, reason }: Parameters<ServiceBooks["markSessionCredit"]>[0],
  { state, txHash }: Parameters<ServiceBooks["markSessionCredit"]>[1],
): Promise<void> {
  await query(pool, {
    during: "mark a session's credit",
    text: `UPDATE session_credits SET state = $4, tx_hash = coalesce($5, tx_hash)
           WHERE account = $1 AND epoch = $2 AND reason = $3 AND state = 'owed'`,
    values: [account, epoch, reason, state, txHash === undefined ? null : toBuffer(txHash)],
  });
}

export async function sessionCredits(
  pool: pg.Pool,
  { account, limit }: { readonly account: number; readonly limit: number },
): Promise<readonly SessionCredit[]> {
  assertLimit(limit, PAGE_ROWS_MAX);
  return read(pool, "WHERE account = $2 ORDER BY epoch DESC, reason LIMIT $1", [limit, account]);
}

type CreditRow = {
  account: string;
  epoch: string;
  reason: CreditReason;
  from_epoch: string;
  wei: string;
  state: SessionCreditState;
  sla: number;
  asked: string;
  answered: string;
  first: string;
  late: string;
  tx_hash: Buffer | null;
};

async function read(pool: pg.Pool, where: string, values: unknown[]): Promise<readonly SessionCredit[]> {
  const { rows } = await query<CreditRow>(pool, {
    during: "read credits of sessions",
    text: `SELECT account, epoch, reason, from_epoch, wei, state, sla, asked, answered, first, late, tx_hash
           FROM session_credits ${where}`,
    values,
  });
  return rows.map((row) => ({
    account: Number(row.account),
    epoch: Number(row.epoch),
    reason: row.reason,
    fromEpoch: Number(row.from_epoch),
    wei: BigInt(row.wei),
    state: row.state,
    sla: row.sla,
    figures: {
      asked: Number(row.asked),
      answered: Number(row.answered),
      first: Number(row.first),
      late: Number(row.late),
    },
    ...(row.tx_hash === null ? {} : { txHash: toHex(row.tx_hash) }),
  }));
}
