import type pg from "pg";
import type { DataOwner } from "./dataOwner.js";
import { OWNER_BYTES_MAX, OWNER_FILES_MAX, SWEPT_FILES_MAX } from "./fileLimits.js";
import { findType, isMediaType, type MediaType } from "./fileTypes.js";
import type { MasterBox } from "./masterBox.js";
import { inTransaction, query } from "./rows.js";
import type { SealedShelf } from "./sealedShelf.js";

/** What uploads are for. Others of OpenAI's have nothing here that would use them. */
export const FILE_PURPOSES = ["assistants", "user_data"] as const;
export type FilePurpose = (typeof FILE_PURPOSES)[number];

export type StoredFile = {
  readonly id: string;
  readonly filename: string;
  readonly bytes: number;
  readonly purpose: FilePurpose;
  readonly mediaType: MediaType;
  readonly createdSeconds: number;
  readonly expiresSeconds: number | undefined;
};

export type NewFile = Pick<StoredFile, "filename" | "purpose"> & {
  /** Drawn for it before. Default: a new one. */
  readonly id?: string;
  readonly content: Uint8Array;
  /** What its sender calls it. */
  readonly saidType: string;
  /** Seconds behind the upload after which it goes. */
  readonly expiresAfterSeconds: number | undefined;
};

export type FilePage = {
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** The file behind which the page begins. */
  readonly after: string | undefined;
  readonly purpose: FilePurpose | undefined;
};

export type DeskParts = {
  readonly pool: pg.Pool;
  readonly shelf: SealedShelf;
  readonly box: MasterBox;
  readonly nowMs: () => number;
  /** As many fresh bytes. */
  readonly randomBytes: (count: number) => Uint8Array;
};

export type CreatedFile =
  | { readonly kind: "created"; readonly file: StoredFile }
  /** `most` is the bound that is reached. */
  | { readonly kind: "full"; readonly most: string }
  /** No kind of document that can be read here, by its own name. */
  | { readonly kind: "unknownType"; readonly name: string }
  | { readonly kind: "notText" };

/** Uploaded files: rows in the operator's database, ciphertext on the shelf. An expired file isn't there, swept or not. */
export type FileDesk = {
  create(owner: DataOwner, file: NewFile): Promise<CreatedFile>;
  list(owner: DataOwner, page: FilePage): Promise<readonly StoredFile[]>;
  find(owner: DataOwner, id: string): Promise<StoredFile | undefined>;
  read(owner: DataOwner, id: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Shreds it, and what was embedded of it in every store. False where there was none. */
  remove(owner: DataOwner, id: string): Promise<boolean>;
  /** Takes expired files away. */
  sweep(): Promise<void>;
};

type FileRow = {
  readonly id: string;
  readonly owner: string;
  readonly bytes: string;
  readonly purpose: string;
  readonly media_type: string;
  readonly created_s: string;
  readonly expires_s: string | null;
  readonly cid: string;
  readonly wrapped: Buffer;
  readonly filename: Buffer;
};

const LIVE = "(expires_s IS NULL OR expires_s > $1)";

export function createFileDesk(parts: DeskParts): FileDesk {
  const { pool, shelf, box } = parts;
  const nowSeconds = (): number => Math.floor(parts.nowMs() / 1_000);
  const findRow = async (owner: string, id: string): Promise<FileRow | undefined> => {
    const sql = `SELECT * FROM files WHERE ${LIVE} AND owner = $2 AND id = $3`;
    return (await query<FileRow>(pool, sql, [nowSeconds(), owner, id]))[0];
  };
  return {
    create: (owner, file) => create(parts, { owner, file, nowSeconds: nowSeconds() }),
    async list(owner, { limit, order, after, purpose }) {
      const sign = order === "asc" ? ">" : "<";
      const sql = `SELECT * FROM files WHERE ${LIVE} AND owner = $2 AND ($3::text IS NULL OR purpose = $3)
        AND ($4::text IS NULL OR (created_s, id) ${sign} (SELECT created_s, id FROM files WHERE id = $4 AND owner = $2))
        ORDER BY created_s ${order}, id ${order} LIMIT $5`;
      const values = [nowSeconds(), owner.id, purpose ?? null, after ?? null, limit];
      return (await query<FileRow>(pool, sql, values)).map((row) => toFile(row, box));
    },
    async find(owner, id) {
      const row = await findRow(owner.id, id);
      return row && toFile(row, box);
    },
    async read(owner, id, signal) {
      const row = await findRow(owner.id, id);
      return row && shelf.get(row, { kind: "file", id }, signal);
    },
    async remove(owner, id) {
      const row = await findRow(owner.id, id);
      return row !== undefined && (await remove(parts, row.id));
    },
    async sweep() {
      const sql = "SELECT id FROM files WHERE expires_s <= $1 ORDER BY expires_s LIMIT $2";
      const gone = await query<{ id: string }>(pool, sql, [nowSeconds(), SWEPT_FILES_MAX]);
      for (const { id } of gone) await remove(parts, id);
    },
  };
}

/** Counted under a lock of its owner's, so that parallel uploads don't pass the bounds together. */
async function create(
  { pool, shelf, box, randomBytes }: DeskParts,
  asked: { readonly owner: DataOwner; readonly file: NewFile; readonly nowSeconds: number },
): Promise<CreatedFile> {
  const { owner, file, nowSeconds } = asked;
  const { content, saidType, expiresAfterSeconds, id = drawFileId(randomBytes), ...named } = file;
  const type = findType({ filename: file.filename, said: saidType, bytes: content });
  if (type.kind === "unknown") return { kind: "unknownType", name: type.name };
  if (type.kind === "notText") return type;
  const kept = { ...named, mediaType: type.mediaType };
  const full = await readFull(pool, { owner: owner.id, more: content.length, nowSeconds });
  if (full !== undefined) return { kind: "full", most: full };
  const pin = { kind: "file", id } as const;
  const object = await shelf.put(content, pin);
  const expiresSeconds = expiresAfterSeconds === undefined ? undefined : nowSeconds + expiresAfterSeconds;
  const refused = await inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 41))", [owner.id]);
    const late = await readFull(client, { owner: owner.id, more: content.length, nowSeconds });
    if (late !== undefined) return late;
    await client.query(
      `INSERT INTO files (id, owner, bytes, purpose, media_type, created_s, expires_s, cid, wrapped, filename)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[id, owner.id, content.length, kept.purpose, kept.mediaType, nowSeconds, expiresSeconds ?? null],
        ...[object.cid, object.wrapped, box.seal(Buffer.from(kept.filename), nameOf(id))],
      ],
    );
    return undefined;
  });
  if (refused === undefined) {
    return {
      kind: "created",
      file: { ...kept, id, bytes: content.length, createdSeconds: nowSeconds, expiresSeconds },
    };
  }
  await shelf.remove(object, pin);
  return { kind: "full", most: refused };
}

async function readFull(
  database: Pick<pg.Pool, "query">,
  { owner, more, nowSeconds }: { readonly owner: string; readonly more: number; readonly nowSeconds: number },
): Promise<string | undefined> {
  const sql = `SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM files WHERE ${LIVE} AND owner = $2`;
  const { rows } = await database.query<{ files: string; bytes: string }>(sql, [nowSeconds, owner]);
  if (Number(rows[0]?.files ?? 0) >= OWNER_FILES_MAX) return `${OWNER_FILES_MAX} files`;
  return Number(rows[0]?.bytes ?? 0) + more > OWNER_BYTES_MAX ? `${OWNER_BYTES_MAX} bytes of files` : undefined;
}

/** Rows first: with them go the keys. What stays of the ciphertext if this is cut short opens for nobody. */
async function remove({ pool, shelf }: DeskParts, id: string): Promise<boolean> {
  const gone = await inTransaction(pool, async (client) => {
    const stores = await client.query("SELECT store FROM vector_store_files WHERE file = $1", [id]);
    const sql = "SELECT store, file, part, cid FROM vector_store_parts WHERE file = $1";
    const parts = await client.query<{ store: string; file: string; part: number; cid: string }>(sql, [id]);
    const { rows } = await client.query<{ cid: string }>("DELETE FROM files WHERE id = $1 RETURNING cid", [id]);
    for (const { store } of stores.rows) {
      await client.query("UPDATE vector_stores SET version = version + 1 WHERE id = $1", [store]);
    }
    return { file: rows[0], parts: parts.rows };
  });
  if (gone.file === undefined) return false;
  await shelf.remove(gone.file, { kind: "file", id });
  for (const part of gone.parts) await shelf.remove(part, { kind: "vectors", id: partId(part) });
  return true;
}

/** Names one part of what was embedded of a file for a store. */
export function partId({
  store,
  file,
  part,
}: {
  readonly store: string;
  readonly file: string;
  readonly part: number;
}): string {
  return `${store}/${file}/${part}`;
}

/** A name for a file that is to be. */
export function drawFileId(randomBytes: DeskParts["randomBytes"]): string {
  return `file-${Buffer.from(randomBytes(16)).toString("hex")}`;
}

export function nameOf(fileId: string): string {
  return `filename/${fileId}`;
}

function toFile(row: FileRow, box: MasterBox): StoredFile {
  const purpose = FILE_PURPOSES.find((known) => known === row.purpose) ?? "user_data";
  return {
    id: row.id,
    filename: box.open(row.filename, nameOf(row.id)).toString("utf8"),
    bytes: Number(row.bytes),
    purpose,
    mediaType: isMediaType(row.media_type) ? row.media_type : "text/plain",
    createdSeconds: Number(row.created_s),
    expiresSeconds: row.expires_s === null ? undefined : Number(row.expires_s),
  };
}
