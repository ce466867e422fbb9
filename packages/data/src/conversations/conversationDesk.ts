import { isBytes32 } from "@cortensor/protocol";
import type pg from "pg";
import type { DataOwner } from "../files/dataOwner.js";
import type { DeskParts } from "../files/fileDesk.js";
import { FileError } from "../files/fileError.js";
import type { ShelfPin } from "../files/objectShelf.js";
import { inTransaction, query } from "../files/rows.js";
import {
  type ConversationManifest,
  type ConversationState,
  decodeState,
  encodeState,
  rootOfMessages,
} from "./conversationState.js";

/** Conversations of one owner. */
export const OWNER_CONVERSATIONS_MAX = 1_000;
/** Bytes of all of them. */
export const OWNER_CONVERSATION_BYTES_MAX = 67_108_864;
/** How long one is kept behind its answer, in seconds. */
export const CONVERSATION_SECONDS = 30 * 86_400;
/** Expired ones taken away by one round. */
const SWEPT_MAX = 100;

/** Conversations' states: rows in the operator's database, ciphertext on the shelf. An expired one isn't there, swept or not. */
export type ConversationDesk = {
  /** Whether an owner may keep another. */
  hasRoom(owner: DataOwner): Promise<boolean>;
  /** Keeps a state by the id of the answer that it ends with, once. Undefined where there is no room. */
  keep(owner: DataOwner, id: string, state: ConversationState): Promise<ConversationManifest | undefined>;
  /** Throws FILES_UNREADABLE, FILES_OBJECT_GONE. */
  find(
    owner: DataOwner,
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly state: ConversationState; readonly manifest: ConversationManifest } | undefined>;
  /** Shreds it. False where there was none. Others that go on from it have their own copy of what was said. */
  remove(owner: DataOwner, id: string): Promise<boolean>;
  /** Takes expired ones away. */
  sweep(): Promise<void>;
};

type Row = {
  readonly id: string;
  readonly owner: string;
  readonly model: string;
  readonly messages: number;
  readonly root: string;
  readonly cid: string;
  readonly wrapped: Buffer;
};

/** What lies on the shelf of a row: a growing one's is another object with each change. */
const GONE = "CASE WHEN version IS NULL THEN id ELSE id || '/' || version END AS id, cid";

type Kept = { readonly kept: string; readonly bytes: string };
const KEPT =
  "SELECT count(*) AS kept, coalesce(sum(bytes), 0) AS bytes FROM conversations WHERE owner = $1 AND expires_s > $2";

/** Whether so many bytes more have room beside what an owner keeps, in a conversation more unless that is there. */
function isRoomFor(kept: Kept | undefined, more: number, isNew = true): boolean {
  const most = isNew ? OWNER_CONVERSATIONS_MAX - 1 : OWNER_CONVERSATIONS_MAX;
  return Number(kept?.kept ?? 0) <= most && Number(kept?.bytes ?? 0) + more <= OWNER_CONVERSATION_BYTES_MAX;
}

/** The same within a transaction, in which nobody else of that owner counts meanwhile. */
export async function hasRoomFor(
  client: Pick<pg.PoolClient, "query">,
  owner: DataOwner,
  asked: { readonly more: number; readonly nowSeconds: number; readonly isNew?: boolean },
): Promise<boolean> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 43))", [owner.id]);
  const { rows } = await client.query<Kept>(KEPT, [owner.id, asked.nowSeconds]);
  return isRoomFor(rows[0], asked.more, asked.isNew);
}

export function createConversationDesk(parts: DeskParts): ConversationDesk {
  const { pool, shelf } = parts;
  const nowSeconds = (): number => Math.floor(parts.nowMs() / 1_000);
  const hasRoom = async (owner: DataOwner): Promise<boolean> =>
    isRoomFor((await query<Kept>(pool, KEPT, [owner.id, nowSeconds()]))[0], 0);
  const remove = async (sql: string, values: readonly unknown[]): Promise<number> => {
    // Rows first: with them go the keys.
    const gone = await query<{ id: string; cid: string }>(pool, sql, values);
    for (const { id, cid } of gone) await shelf.remove({ cid }, pinOf(id));
    return gone.length;
  };
  return {
    hasRoom,
    keep: (owner, id, state) => keep(parts, { owner, id, state, nowSeconds: nowSeconds() }),
    async find(owner, id, signal) {
      const sql = "SELECT * FROM conversations WHERE owner = $1 AND id = $2 AND expires_s > $3 AND version IS NULL";
      const [row] = await query<Row>(pool, sql, [owner.id, id, nowSeconds()]);
      if (row === undefined) return undefined;
      const manifest = toManifest(row);
      return { state: decodeState(await shelf.get(row, pinOf(id), signal), manifest.root), manifest };
    },
    async remove(owner, id) {
      const sql = `DELETE FROM conversations WHERE owner = $1 AND id = $2 AND expires_s > $3 AND version IS NULL
        RETURNING ${GONE}`;
      return (await remove(sql, [owner.id, id, nowSeconds()])) > 0;
    },
    async sweep() {
      const sql = `DELETE FROM conversations WHERE id IN (SELECT id FROM conversations WHERE expires_s <= $1 LIMIT $2)
        RETURNING ${GONE}`;
      await remove(sql, [nowSeconds(), SWEPT_MAX]);
    },
  };
}

async function keep(
  { pool, shelf }: DeskParts,
  asked: {
    readonly owner: DataOwner;
    readonly id: string;
    readonly state: ConversationState;
    readonly nowSeconds: number;
  },
): Promise<ConversationManifest | undefined> {
  const { owner, id, state, nowSeconds } = asked;
  const { model, messages } = state;
  const plain = encodeState(state);
  const { cid, wrapped } = await shelf.put(plain, pinOf(id));
  const row = { id, owner: owner.id, model, messages: messages.length, root: rootOfMessages(messages), cid, wrapped };
  const isKept = await inTransaction(pool, async (client) => {
    if (!(await hasRoomFor(client, owner, { more: plain.length, nowSeconds }))) return false;
    const sql = `INSERT INTO conversations (id, owner, model, messages, bytes, root, cid, wrapped, created_s, expires_s)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING id`;
    const values = [id, row.owner, model, row.messages, plain.length, row.root, cid, wrapped, nowSeconds];
    return (await client.query(sql, [...values, nowSeconds + CONVERSATION_SECONDS])).rows.length > 0;
  });
  if (isKept) return toManifest(row);
  await shelf.remove({ cid }, pinOf(id));
  return undefined;
}

function toManifest({ owner, model, messages: count, root, cid }: Row): ConversationManifest {
  if (!isBytes32(root)) throw new FileError({ code: "FILES_UNREADABLE", what: "conversation", reason: "no root" });
  return { version: 1, kind: "conversation", owner, model, count, root, cid };
}

function pinOf(id: string): ShelfPin {
  return { kind: "conversation", id };
}
