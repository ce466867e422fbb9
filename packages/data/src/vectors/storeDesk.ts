import type pg from "pg";
import type { DataOwner } from "../files/dataOwner.js";
import { type DeskParts, partId } from "../files/fileDesk.js";
import { inTransaction, query } from "../files/rows.js";
import { type ClientSource, sealSource } from "../retrieval/clientSource.js";
import { type CountRow, isExpired, notesOf, type StoreRow, toStore } from "./storeRows.js";
import { OWNER_STORES_MAX, SWEPT_STORES_MAX } from "./vectorLimits.js";
import type { Page, StoreNotes, VectorStore } from "./vectorStore.js";

/** A store that is to be: of files, or of a place in its owner's own database. */
export type NewStore = StoreNotes & { readonly embeddingModel: string; readonly source?: ClientSource };

/** The vector stores of owners: what is known of them. Their files are `StoreFileDesk`'s. */
export type StoreDesk = {
  create(
    owner: DataOwner,
    notes: NewStore,
  ): Promise<{ readonly kind: "created"; readonly store: VectorStore } | { readonly kind: "full" }>;
  list(owner: DataOwner, page: Page): Promise<readonly VectorStore[]>;
  find(owner: DataOwner, id: string): Promise<VectorStore | undefined>;
  modify(owner: DataOwner, id: string, change: Partial<StoreNotes>): Promise<VectorStore | undefined>;
  /** Shreds what was embedded for it. Its files stay. */
  remove(owner: DataOwner, id: string): Promise<boolean>;
  /** It was used: its expiry counts from now. */
  touch(id: string): Promise<void>;
  /** Empties stores that nobody has used for as long as they say. */
  sweep(): Promise<void>;
};

export function createStoreDesk(parts: DeskParts): StoreDesk {
  const { pool, box } = parts;
  const nowSeconds = (): number => Math.floor(parts.nowMs() / 1_000);
  const read = async (sql: string, values: readonly unknown[]): Promise<readonly VectorStore[]> => {
    const rows = await query<StoreRow>(pool, sql, values);
    const counted = `SELECT store, status, count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM vector_store_files
      WHERE store = ANY($1) GROUP BY store, status`;
    const counts = await query<CountRow>(pool, counted, [rows.map(({ id }) => id)]);
    return rows.map((row) => toStore(row, { box, counts, nowSeconds: nowSeconds() }));
  };
  const find = async (owner: DataOwner, id: string): Promise<VectorStore | undefined> =>
    (await read("SELECT * FROM vector_stores WHERE owner = $1 AND id = $2", [owner.id, id]))[0];
  return {
    find,
    create: (owner, notes) => create(parts, { owner, notes, nowSeconds: nowSeconds() }),
    list(owner, { limit, order, after }) {
      const sign = order === "asc" ? ">" : "<";
      const sql = `SELECT * FROM vector_stores WHERE owner = $1 AND ($2::text IS NULL OR (created_s, id) ${sign}
        (SELECT created_s, id FROM vector_stores WHERE id = $2 AND owner = $1))
        ORDER BY created_s ${order}, id ${order} LIMIT $3`;
      return read(sql, [owner.id, after ?? null, limit]);
    },
    async modify(owner, id, change) {
      const store = await find(owner, id);
      if (store === undefined || store.status === "expired") return store;
      const { name, metadata, expiresAfterDays } = { ...store, ...change };
      const notes = box.seal(Buffer.from(JSON.stringify({ name, metadata })), notesOf(id));
      const sql = "UPDATE vector_stores SET notes = $3, expires_days = $4 WHERE owner = $1 AND id = $2";
      await query(pool, sql, [owner.id, id, notes, expiresAfterDays ?? null]);
      return find(owner, id);
    },
    async remove(owner, id) {
      const gone = await dropParts(parts, id, async (client) => {
        const sql = "DELETE FROM vector_stores WHERE owner = $1 AND id = $2 RETURNING id";
        return (await client.query(sql, [owner.id, id])).rows.length > 0;
      });
      return gone;
    },
    async touch(id) {
      await query(pool, "UPDATE vector_stores SET active_s = $2 WHERE id = $1 AND active_s < $2", [id, nowSeconds()]);
    },
    async sweep() {
      const sql = `SELECT * FROM vector_stores WHERE NOT is_expired AND expires_days IS NOT NULL
        AND active_s + expires_days * 86400::bigint <= $1 LIMIT $2`;
      const due = await query<StoreRow>(pool, sql, [nowSeconds(), SWEPT_STORES_MAX]);
      for (const row of due.filter((one) => isExpired(one, nowSeconds()))) await expire(parts, row.id, nowSeconds());
    },
  };
}

async function create(
  { pool, box, randomBytes }: DeskParts,
  asked: {
    readonly owner: DataOwner;
    readonly notes: NewStore;
    readonly nowSeconds: number;
  },
): Promise<{ readonly kind: "created"; readonly store: VectorStore } | { readonly kind: "full" }> {
  const { owner, notes, nowSeconds } = asked;
  const id = `vs_${Buffer.from(randomBytes(16)).toString("hex")}`;
  const { name, metadata, expiresAfterDays, embeddingModel } = notes;
  const sealed = box.seal(Buffer.from(JSON.stringify({ name, metadata })), notesOf(id));
  const source = notes.source === undefined ? null : sealSource(box, id, notes.source);
  const row = await inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 42))", [owner.id]);
    const { rows } = await client.query("SELECT count(*) AS stores FROM vector_stores WHERE owner = $1", [owner.id]);
    if (Number(rows[0]?.stores) >= OWNER_STORES_MAX) return undefined;
    const sql = `INSERT INTO vector_stores (id, owner, account, key_hash, notes, model, created_s, active_s, expires_days, source)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9) RETURNING *`;
    const values = [id, owner.id, owner.account, owner.keyHash ?? null, sealed, embeddingModel, nowSeconds];
    return (await client.query<StoreRow>(sql, [...values, expiresAfterDays ?? null, source])).rows[0];
  });
  return row === undefined
    ? { kind: "full" }
    : { kind: "created", store: toStore(row, { box, counts: [], nowSeconds }) };
}

function expire(parts: DeskParts, id: string, nowSeconds: number): Promise<boolean> {
  return dropParts(parts, id, async (client) => {
    // It may have been used meanwhile.
    const sql = `UPDATE vector_stores SET is_expired = true, source = NULL, version = version + 1
      WHERE id = $1 AND active_s + expires_days * 86400::bigint <= $2 RETURNING id`;
    if ((await client.query(sql, [id, nowSeconds])).rows.length === 0) return false;
    await client.query("DELETE FROM vector_store_files WHERE store = $1", [id]);
    return true;
  });
}

/** Deletes a store's parts with whatever else goes, keys first; the ciphertext is let go behind them. */
async function dropParts(
  { pool, shelf }: DeskParts,
  store: string,
  drop: (client: Pick<pg.PoolClient, "query">) => Promise<boolean>,
): Promise<boolean> {
  const gone = await inTransaction(pool, async (client) => {
    const sql = "SELECT store, file, part, cid FROM vector_store_parts WHERE store = $1";
    const { rows } = await client.query<{ store: string; file: string; part: number; cid: string }>(sql, [store]);
    return (await drop(client)) ? rows : undefined;
  });
  for (const part of gone ?? []) await shelf.remove(part, { kind: "vectors", id: partId(part) });
  return gone !== undefined;
}
