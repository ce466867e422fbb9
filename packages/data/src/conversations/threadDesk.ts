import type pg from "pg";
import type { DataOwner } from "../files/dataOwner.js";
import type { DeskParts } from "../files/fileDesk.js";
import type { ShelfPin } from "../files/objectShelf.js";
import { inTransaction, query } from "../files/rows.js";
import type { SealedObject } from "../files/sealedShelf.js";
import { CONVERSATION_SECONDS, hasRoomFor } from "./conversationDesk.js";
import { decodeThread, encodeThread, type Thread, type ThreadState } from "./threadState.js";

/** What a thread becomes; undefined: it stays as it is. */
export type ThreadChange = (thread: Thread) => ThreadState | undefined;

export type ChangedThread =
  | { readonly kind: "changed"; readonly thread: Thread }
  | { readonly kind: "unchanged"; readonly thread: Thread }
  | { readonly kind: "none" }
  /** No room for what it would be. */
  | { readonly kind: "full" };

/**
 * Conversations that are added to, beside those that an answer ends: one row each, its messages sealed as one object, anew with each change. Changes of one follow
 * each other. It goes thirty days after the last.
 */
export type ThreadDesk = {
  create(owner: DataOwner, state: ThreadState): Promise<Thread | undefined>;
  /** Throws FILES_UNREADABLE, FILES_OBJECT_GONE. */
  find(owner: DataOwner, id: string, signal: AbortSignal): Promise<Thread | undefined>;
  change(owner: DataOwner, id: string, change: ThreadChange): Promise<ChangedThread>;
  /** Shreds it. False where there was none. */
  remove(owner: DataOwner, id: string): Promise<boolean>;
};

type Row = {
  readonly id: string;
  readonly version: string;
  readonly bytes: string;
  readonly cid: string;
  readonly wrapped: Buffer;
  readonly created_s: string;
};

const LIVE = "owner = $1 AND id = $2 AND expires_s > $3 AND version IS NOT NULL";
/** Its ciphertext is a whole conversation: as long as a router takes for any. */
const CHANGE_MS = 10_000;

export function createThreadDesk(parts: DeskParts): ThreadDesk {
  const { pool, shelf, randomBytes } = parts;
  const nowSeconds = (): number => Math.floor(parts.nowMs() / 1_000);
  return {
    async create(owner, state) {
      const id = `conv_${Buffer.from(randomBytes(16)).toString("hex")}`;
      const plain = encodeThread(state);
      const pin = pinOf({ id, version: "0" });
      const object = await shelf.put(plain, pin);
      const now = nowSeconds();
      const isKept = await inTransaction(pool, async (client) => {
        if (!(await hasRoomFor(client, owner, { more: plain.length, nowSeconds: now }))) return false;
        const sql = `INSERT INTO conversations (id, owner, model, messages, bytes, root, cid, wrapped, created_s, expires_s, version)
          VALUES ($1, $2, '', $3, $4, '', $5, $6, $7, $8, 0)`;
        const values = [id, owner.id, state.items.length, plain.length, object.cid, object.wrapped, now];
        await client.query(sql, [...values, now + CONVERSATION_SECONDS]);
        return true;
      });
      if (isKept) return { ...state, id, createdSeconds: now };
      await shelf.remove(object, pin);
      return undefined;
    },
    async find(owner, id, signal) {
      const sql = `SELECT * FROM conversations WHERE ${LIVE}`;
      const [row] = await query<Row>(pool, sql, [owner.id, id, nowSeconds()]);
      return row && open(parts, row, signal);
    },
    change: (owner, id, change) => changeThread(parts, { owner, id, change, nowSeconds: nowSeconds() }),
    async remove(owner, id) {
      const sql = `DELETE FROM conversations WHERE ${LIVE} RETURNING *`;
      const [gone] = await query<Row>(pool, sql, [owner.id, id, nowSeconds()]);
      if (gone !== undefined) await shelf.remove(gone, pinOf(gone));
      return gone !== undefined;
    },
  };
}

/** The row is held meanwhile: two changes of one thread don't take each other back. */
async function changeThread(
  parts: DeskParts,
  asked: {
    readonly owner: DataOwner;
    readonly id: string;
    readonly change: ThreadChange;
    readonly nowSeconds: number;
  },
): Promise<ChangedThread> {
  const { pool, shelf } = parts;
  const { owner, id, change, nowSeconds } = asked;
  const left: { readonly object: Pick<SealedObject, "cid">; readonly pin: ShelfPin }[] = [];
  const outcome = await inTransaction(pool, async (client): Promise<ChangedThread> => {
    const row = await lockRow(client, [owner.id, id, nowSeconds]);
    if (row === undefined) return { kind: "none" };
    const thread = await open(parts, row, AbortSignal.timeout(CHANGE_MS));
    const state = change(thread);
    if (state === undefined) return { kind: "unchanged", thread };
    const plain = encodeThread(state);
    const more = plain.length - Number(row.bytes);
    if (more > 0 && !(await hasRoomFor(client, owner, { more, nowSeconds, isNew: false }))) return { kind: "full" };
    const version = String(BigInt(row.version) + 1n);
    const object = await shelf.put(plain, pinOf({ id, version }));
    left.push({ object: row, pin: pinOf(row) });
    const sql = `UPDATE conversations SET messages = $2, bytes = $3, cid = $4, wrapped = $5, version = $6, expires_s = $7
      WHERE id = $1`;
    const values = [id, state.items.length, plain.length, object.cid, object.wrapped, version];
    await client.query(sql, [...values, nowSeconds + CONVERSATION_SECONDS]);
    return { kind: "changed", thread: { ...thread, ...state } };
  });
  // Its key went with the row as it was; what a crash leaves here is swept.
  for (const { object, pin } of left) await shelf.remove(object, pin);
  return outcome;
}

async function lockRow(client: Pick<pg.PoolClient, "query">, values: readonly unknown[]): Promise<Row | undefined> {
  const { rows } = await client.query<Row>(`SELECT * FROM conversations WHERE ${LIVE} FOR UPDATE`, [...values]);
  return rows[0];
}

async function open({ shelf }: DeskParts, row: Row, signal: AbortSignal): Promise<Thread> {
  const state = decodeThread(await shelf.get(row, pinOf(row), signal));
  return { ...state, id: row.id, createdSeconds: Number(row.created_s) };
}

/** Each version is an object of its own: an earlier one doesn't pass for a later. */
function pinOf({ id, version }: Pick<Row, "id" | "version">): ShelfPin {
  return { kind: "conversation", id: `${id}/${version}` };
}
