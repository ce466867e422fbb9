import type pg from "pg";
import type { DataOwner } from "../files/dataOwner.js";
import { type DeskParts, partId } from "../files/fileDesk.js";
import { inTransaction, query } from "../files/rows.js";
import type { Attributes } from "./attributeFilter.js";
import { attributesOf, type StoreFileRow, toStoreFile } from "./storeRows.js";
import { STORE_FILES_MAX } from "./vectorLimits.js";
import type { Attachment, IndexStatus, Page, StoreFile } from "./vectorStore.js";

export type AttachOutcome =
  | { readonly kind: "attached"; readonly files: readonly StoreFile[] }
  | { readonly kind: "noFile"; readonly file: string }
  | { readonly kind: "expired" }
  /** The store stands for a place in its owner's own database. */
  | { readonly kind: "hasSource" }
  | { readonly kind: "full" };

export type FilePageOf = Page & { readonly status: IndexStatus | undefined };

/** Which files are in which stores. Each call is of a store that is known to be the owner's. */
export type StoreFileDesk = {
  /** Attaches all of the files or none. One that is there already is embedded anew. */
  attach(owner: DataOwner, store: string, files: readonly Attachment[], batch?: string): Promise<AttachOutcome>;
  list(store: string, page: FilePageOf & { readonly batch?: string }): Promise<readonly StoreFile[]>;
  find(store: string, file: string): Promise<StoreFile | undefined>;
  describe(store: string, file: string, attributes: Attributes): Promise<StoreFile | undefined>;
  detach(store: string, file: string): Promise<boolean>;
};

type PartRow = { readonly store: string; readonly file: string; readonly part: number; readonly cid: string };

export function createStoreFileDesk(parts: DeskParts): StoreFileDesk {
  const { pool, box, shelf } = parts;
  const letGo = async (gone: readonly PartRow[]): Promise<void> => {
    for (const part of gone) await shelf.remove(part, { kind: "vectors", id: partId(part) });
  };
  const attach: StoreFileDesk["attach"] = async (owner, store, files, batch) => {
    const nowMs = parts.nowMs();
    const done = await inTransaction(pool, (client) =>
      attachWithin(client, parts, { owner, store, files, batch, nowMs }),
    );
    if (done.kind !== "attached") return done;
    await letGo(done.gone);
    return { kind: "attached", files: done.rows.map((row) => toStoreFile(row, box)) };
  };
  const find = async (store: string, file: string): Promise<StoreFile | undefined> => {
    const sql = "SELECT * FROM vector_store_files WHERE store = $1 AND file = $2";
    const [row] = await query<StoreFileRow>(pool, sql, [store, file]);
    return row && toStoreFile(row, box);
  };
  return {
    attach,
    find,
    async list(store, { limit, order, after, status, batch }) {
      const sign = order === "asc" ? ">" : "<";
      const sql = `SELECT * FROM vector_store_files WHERE store = $1 AND ($2::text IS NULL OR status = $2)
        AND ($3::text IS NULL OR batch = $3) AND ($4::text IS NULL OR (created_s, file) ${sign}
          (SELECT created_s, file FROM vector_store_files WHERE store = $1 AND file = $4))
        ORDER BY created_s ${order}, file ${order} LIMIT $5`;
      const values = [store, status ?? null, batch ?? null, after ?? null, limit];
      return (await query<StoreFileRow>(pool, sql, values)).map((row) => toStoreFile(row, box));
    },
    async describe(store, file, attributes) {
      const sealed = box.seal(Buffer.from(JSON.stringify(attributes)), attributesOf({ store, file }));
      await inTransaction(pool, async (client) => {
        await client.query("UPDATE vector_store_files SET attributes = $3 WHERE store = $1 AND file = $2", [
          store,
          file,
          sealed,
        ]);
        await client.query("UPDATE vector_stores SET version = version + 1 WHERE id = $1", [store]);
      });
      return find(store, file);
    },
    async detach(store, file) {
      const gone = await inTransaction(pool, async (client) => {
        const dropped = await dropWithin(client, store, [file]);
        await client.query("UPDATE vector_stores SET version = version + 1 WHERE id = $1", [store]);
        return dropped;
      });
      await letGo(gone.parts);
      return gone.files > 0;
    },
  };
}

type Attached =
  | { readonly kind: "attached"; readonly rows: readonly StoreFileRow[]; readonly gone: readonly PartRow[] }
  | Exclude<AttachOutcome, { kind: "attached" }>;

async function attachWithin(
  client: pg.PoolClient,
  { box }: DeskParts,
  asked: {
    readonly owner: DataOwner;
    readonly store: string;
    readonly files: readonly Attachment[];
    readonly batch: string | undefined;
    readonly nowMs: number;
  },
): Promise<Attached> {
  const { owner, store, files, batch, nowMs } = asked;
  const nowSeconds = Math.floor(nowMs / 1_000);
  const names = files.map(({ file }) => file);
  const locked = await client.query<{ is_expired: boolean; has_source: boolean }>(
    `UPDATE vector_stores SET version = version + 1, active_s = greatest(active_s, $2) WHERE id = $1 RETURNING is_expired, source IS NOT NULL AS has_source`,
    [store, nowSeconds],
  );
  if (locked.rows[0]?.is_expired !== false) return { kind: "expired" };
  if (locked.rows[0].has_source) return { kind: "hasSource" };
  const known = await client.query<{ id: string }>(
    "SELECT id FROM files WHERE owner = $1 AND id = ANY($2) AND (expires_s IS NULL OR expires_s > $3) FOR SHARE",
    [owner.id, names, nowSeconds],
  );
  const missing = names.find((name) => !known.rows.some(({ id }) => id === name));
  if (missing !== undefined) return { kind: "noFile", file: missing };
  const others = "SELECT count(*) AS files FROM vector_store_files WHERE store = $1 AND NOT file = ANY($2)";
  const { rows: counted } = await client.query(others, [store, names]);
  if (Number(counted[0]?.files) + files.length > STORE_FILES_MAX) return { kind: "full" };
  const gone = await dropWithin(client, store, names);
  if (batch !== undefined) {
    await client.query("INSERT INTO file_batches (id, store, created_s) VALUES ($1, $2, $3)", [
      batch,
      store,
      nowSeconds,
    ]);
  }
  const rows: StoreFileRow[] = [];
  for (const { file, attributes, chunking } of files) {
    const sealed = box.seal(Buffer.from(JSON.stringify(attributes)), attributesOf({ store, file }));
    const sql = `INSERT INTO vector_store_files (store, file, batch, created_s, status, chunk_tokens, overlap_tokens, is_auto, attributes, touched_ms)
      VALUES ($1, $2, $3, $4, 'in_progress', $5, $6, $7, $8, $9) RETURNING *`;
    const { maxTokens, overlapTokens, isAuto } = chunking;
    const values = [store, file, batch ?? null, nowSeconds, maxTokens, overlapTokens, isAuto, sealed, nowMs];
    rows.push(...(await client.query<StoreFileRow>(sql, values)).rows);
  }
  return { kind: "attached", rows, gone: gone.parts };
}

async function dropWithin(
  client: pg.PoolClient,
  store: string,
  files: readonly string[],
): Promise<{ readonly files: number; readonly parts: readonly PartRow[] }> {
  const sql = "SELECT store, file, part, cid FROM vector_store_parts WHERE store = $1 AND file = ANY($2)";
  const { rows } = await client.query<PartRow>(sql, [store, files]);
  const dropped = await client.query("DELETE FROM vector_store_files WHERE store = $1 AND file = ANY($2)", [
    store,
    files,
  ]);
  return { files: dropped.rowCount ?? 0, parts: rows };
}
