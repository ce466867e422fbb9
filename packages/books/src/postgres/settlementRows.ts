import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import type { Settlement, SettlementCredit, SettlementState } from "../books.js";
import { BooksError } from "../booksError.js";
import { SETTLEMENT_RECEIPTS_MAX, SETTLEMENTS_OPEN_MAX } from "../limits.js";
import { assertSettlementMove } from "../settlementState.js";
import { readUint96, toBuffer, toHex, writeUint96 } from "./hexBytes.js";
import { addCredits, removeCredits } from "./payeeRows.js";
import { putSet } from "./setRows.js";
import { inTransaction, query } from "./transaction.js";

/** Bytes of one packed credit: payee 20, wei 12, cumulative wei 12. */
const CREDIT_BYTES = 44;

export async function recordSettlement(pool: pg.Pool, settlement: Settlement): Promise<void> {
  const { id, state, taskIds, credits = [] } = settlement;
  if (taskIds.length > 0) assertLimit(taskIds.length, SETTLEMENT_RECEIPTS_MAX);
  const key = toBuffer(id);
  await inTransaction(pool, "record a settlement", async (client) => {
    const inserted = await client.query("INSERT INTO settlements (id, state) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      key,
      state,
    ]);
    const { rows } = await client.query<{ state: SettlementState; credits: Buffer }>(
      "SELECT state, credits FROM settlements WHERE id = $1 FOR UPDATE",
      [key],
    );
    const known = inserted.rowCount === 1 ? undefined : rows[0];
    assertSettlementMove({ id, from: known?.state, to: state });
    const isStanding = known !== undefined && known.state !== "dropped";
    if (state === "dropped") {
      await client.query("UPDATE receipts SET settlement_id = NULL WHERE settlement_id = $1", [key]);
      if (isStanding) await removeCredits(client, unpackCredits(known.credits));
    } else {
      await claimReceipts(client, settlement);
      if (!isStanding) {
        await addCredits(client, { id, credits });
        await client.query("UPDATE settlements SET credits = $2 WHERE id = $1", [key, packCredits(credits)]);
      }
    }
    if (settlement.set !== undefined) await putSet(client, settlement.set);
    await client.query(
      `UPDATE settlements SET state = $2, tx_hash = coalesce($3, tx_hash),
         receipts = (SELECT count(*) FROM receipts WHERE settlement_id = $1) WHERE id = $1`,
      [key, state, settlement.txHash === undefined ? null : toBuffer(settlement.txHash)],
    );
  });
}

export async function openSettlements(pool: pg.Pool): Promise<readonly Settlement[]> {
  const { rows } = await query<{
    id: Buffer;
    state: SettlementState;
    tx_hash: Buffer | null;
    credits: Buffer;
    task_ids: Buffer[];
  }>(pool, {
    during: "read open settlements",
    text: `SELECT s.id, s.state, s.tx_hash, s.credits,
             ARRAY(SELECT r.task_id FROM receipts r WHERE r.settlement_id = s.id ORDER BY r.seq) AS task_ids
           FROM settlements s WHERE s.state = 'prepared' ORDER BY s.created_at LIMIT $1`,
    values: [SETTLEMENTS_OPEN_MAX],
  });
  return rows.map((row) => ({
    id: toHex(row.id),
    state: row.state,
    taskIds: row.task_ids.map(toHex),
    ...(row.tx_hash === null ? {} : { txHash: toHex(row.tx_hash) }),
    ...(row.credits.length === 0 ? {} : { credits: unpackCredits(row.credits) }),
  }));
}

export async function settledTaskIds(pool: pg.Pool, id: Bytes32): Promise<readonly Bytes32[]> {
  const { rows } = await query<{ task_id: Buffer }>(pool, {
    during: "read a settlement's tasks",
    text: "SELECT task_id FROM receipts WHERE settlement_id = $1 LIMIT $2",
    values: [toBuffer(id), SETTLEMENT_RECEIPTS_MAX],
  });
  return rows.map((row) => toHex(row.task_id));
}

function packCredits(credits: readonly SettlementCredit[]): Buffer {
  const packed = Buffer.alloc(credits.length * CREDIT_BYTES);
  for (const [index, { payee, wei, cumulativeWei }] of credits.entries()) {
    const at = index * CREDIT_BYTES;
    packed.write(payee.slice(2), at, "hex");
    writeUint96(packed, wei, at + 20);
    writeUint96(packed, cumulativeWei, at + 32);
  }
  return packed;
}

function unpackCredits(packed: Buffer): readonly SettlementCredit[] {
  return Array.from({ length: packed.length / CREDIT_BYTES }, (_, index) => {
    const at = index * CREDIT_BYTES;
    return {
      payee: toHex(packed.subarray(at, at + 20)),
      wei: readUint96(packed, at + 20),
      cumulativeWei: readUint96(packed, at + 32),
    };
  });
}

/** Puts the receipts into the settlement; throws, and so undoes it, when one is unknown or in another. */
async function claimReceipts(client: pg.PoolClient, { id, taskIds }: Settlement): Promise<void> {
  const wanted = [...new Set(taskIds)];
  const keys = wanted.map(toBuffer);
  await client.query("UPDATE receipts SET settlement_id = $1 WHERE task_id = ANY($2) AND settlement_id IS NULL", [
    toBuffer(id),
    keys,
  ]);
  const { rows } = await client.query<{ task_id: Buffer }>(
    "SELECT task_id FROM receipts WHERE task_id = ANY($2) AND settlement_id = $1",
    [toBuffer(id), keys],
  );
  if (rows.length === wanted.length) return;
  const ours = new Set(rows.map((row) => toHex(row.task_id)));
  const taken = wanted.filter((taskId) => !ours.has(taskId));
  throw new BooksError({ code: "BOOKS_ALREADY_SETTLING", id, taskIds: taken });
}
