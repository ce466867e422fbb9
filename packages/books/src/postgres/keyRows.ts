import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import type { AccessTokenRecord, ApiKeyRecord, ApiKeyUse } from "../books.js";
import { BooksError } from "../booksError.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import { keyBudgetId } from "./budgetRows.js";
import { toBuffer, toHex } from "./hexBytes.js";
import { inTransaction, query } from "./transaction.js";

/** Expired tokens cleared with each new one: more than come, so that they don't pile up. */
const EXPIRED_CLEARED = 16;

export async function putKey(pool: pg.Pool, key: ApiKeyRecord): Promise<void> {
  await inTransaction(pool, "put a key", async (client) => {
    await assertSession(client, key.account);
    await client.query(
      `INSERT INTO api_keys (key_hash, account, name, revoked) VALUES ($1, $2, $3, $4)
       ON CONFLICT (key_hash) DO UPDATE SET name = excluded.name, revoked = api_keys.revoked OR excluded.revoked`,
      [toBuffer(key.keyHash), key.account, key.name, key.revoked],
    );
    await client.query(
      "INSERT INTO budgets (id, limit_wei) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET limit_wei = excluded.limit_wei",
      [keyBudgetId(key.keyHash), key.budgetWei?.toString() ?? null],
    );
  });
}

export async function revokeKey(pool: pg.Pool, keyHash: Bytes32): Promise<boolean> {
  const { rowCount } = await query(pool, {
    during: "revoke a key",
    text: "UPDATE api_keys SET revoked = true WHERE key_hash = $1 AND NOT revoked",
    values: [toBuffer(keyHash)],
  });
  return rowCount === 1;
}

export async function findKey(pool: pg.Pool, keyHash: Bytes32): Promise<ApiKeyRecord | undefined> {
  const rows = await readKeys(pool, "WHERE k.key_hash = $1", [toBuffer(keyHash)]);
  if (!rows[0]) return undefined;
  const { spentWei: _spentWei, receipts: _receipts, ...record } = rows[0];
  return record;
}

export async function listKeys(
  pool: pg.Pool,
  page: { readonly account?: number; readonly limit: number },
): Promise<readonly ApiKeyUse[]> {
  assertLimit(page.limit, PAGE_ROWS_MAX);
  const where = "WHERE $1::bigint IS NULL OR k.account = $1 ORDER BY k.created_at, k.key_hash LIMIT $2";
  return readKeys(pool, where, [page.account ?? null, page.limit]);
}

export async function putAccessToken(
  pool: pg.Pool,
  put: { readonly token: AccessTokenRecord; readonly nowMs: number },
): Promise<void> {
  const { token, nowMs } = put;
  await inTransaction(pool, "put an access token", async (client) => {
    await assertSession(client, token.account);
    await client.query(
      `DELETE FROM access_tokens WHERE token_hash IN (
         SELECT token_hash FROM access_tokens WHERE expires_at_ms <= $1 ORDER BY expires_at_ms LIMIT $2
         FOR UPDATE SKIP LOCKED)`,
      [Math.trunc(nowMs), EXPIRED_CLEARED],
    );
    await client.query(
      `INSERT INTO access_tokens (token_hash, account, expires_at_ms) VALUES ($1, $2, $3)
       ON CONFLICT (token_hash) DO UPDATE SET account = excluded.account, expires_at_ms = excluded.expires_at_ms`,
      [toBuffer(token.tokenHash), token.account, Math.trunc(token.expiresAtMs)],
    );
  });
}

export async function findAccessToken(
  pool: pg.Pool,
  find: { readonly tokenHash: Bytes32; readonly nowMs: number },
): Promise<AccessTokenRecord | undefined> {
  const { rows } = await query<{ account: string; expires_at_ms: string }>(pool, {
    during: "find an access token",
    text: "SELECT account, expires_at_ms FROM access_tokens WHERE token_hash = $1 AND expires_at_ms > $2",
    values: [toBuffer(find.tokenHash), Math.trunc(find.nowMs)],
  });
  const [row] = rows;
  return row && { tokenHash: find.tokenHash, account: Number(row.account), expiresAtMs: Number(row.expires_at_ms) };
}

async function readKeys(pool: pg.Pool, where: string, values: unknown[]): Promise<readonly ApiKeyUse[]> {
  type KeyRow = {
    key_hash: Buffer;
    account: string;
    name: string;
    revoked: boolean;
    limit_wei: string | null;
    spent_wei: string;
    receipts: string;
  };
  const { rows } = await query<KeyRow>(pool, {
    during: "read keys",
    text: `SELECT k.key_hash, k.account, k.name, k.revoked, b.limit_wei, b.spent_wei, b.receipts FROM api_keys k
           JOIN budgets b ON b.id = 'key:0x' || encode(k.key_hash, 'hex') ${where}`,
    values,
  });
  return rows.map((row) => ({
    keyHash: toHex(row.key_hash),
    account: Number(row.account),
    name: row.name,
    ...(row.limit_wei === null ? {} : { budgetWei: BigInt(row.limit_wei) }),
    revoked: row.revoked,
    spentWei: BigInt(row.spent_wei),
    receipts: Number(row.receipts),
  }));
}

async function assertSession(client: pg.PoolClient, account: number): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM sessions WHERE account = $1", [account]);
  if (rowCount !== 1) throw new BooksError({ code: "BOOKS_SESSION_UNKNOWN", account });
}
