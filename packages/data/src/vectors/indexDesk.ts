import type { Logger } from "@cortensor/runtime";
import type pg from "pg";
import { extractText } from "../files/extractText.js";
import { type DeskParts, partId } from "../files/fileDesk.js";
import { FileError } from "../files/fileError.js";
import { isMediaType } from "../files/fileTypes.js";
import { inTransaction, query } from "../files/rows.js";
import type { SealedObject } from "../files/sealedShelf.js";
import { encodePart } from "./chunkPart.js";
import { chunkText, type TextChunk } from "./chunkText.js";
import type { Embed, EmbedMade } from "./embed.js";
import { payerOf } from "./storeRows.js";
import {
  INDEX_AT_ONCE,
  INDEX_BACKOFF_MS,
  INDEX_LEASE_MS,
  INDEX_TRIES_MAX,
  INDEX_TURN_PARTS,
  PART_CHUNKS,
  STORE_CHUNKS_MAX,
} from "./vectorLimits.js";
import type { IndexFault } from "./vectorStore.js";

export type IndexDeskParts = DeskParts & {
  readonly embed: Embed;
  /** Of this router: what it held before it was started again is its own at once. */
  readonly holder: string;
  readonly log: Pick<Logger, "info" | "warn">;
};

type Work = {
  readonly store: string;
  readonly file: string;
  readonly parts: number;
  readonly tries: number;
  readonly chunk_tokens: number;
  readonly overlap_tokens: number;
  readonly owner: string;
  readonly account: string;
  readonly key_hash: string | null;
  readonly model: string;
  readonly media_type: string;
  readonly cid: string;
  readonly wrapped: Buffer;
};

/** How a turn with a file ended. */
type Turn =
  | "done"
  | "more"
  | "lost"
  | "stopped"
  | { readonly kind: "again" }
  | { readonly kind: "failed"; readonly fault: IndexFault };

/**
 * Embeds what is attached, part by part: each part is kept with its vectors before the next is asked for, so that a router that is killed
 * pays again for at most the part that it was waiting for.
 */
export class IndexDesk {
  readonly #parts: IndexDeskParts;
  /** What is worked on here, `store/file`. */
  readonly #held = new Set<string>();

  constructor(parts: IndexDeskParts) {
    this.#parts = parts;
  }

  /** Works until nothing is left that can be worked on now, or the signal ends it. */
  async round(signal: AbortSignal): Promise<void> {
    const lane = async (): Promise<void> => {
      while (!signal.aborted) {
        const work = await this.#claim();
        if (work === undefined) return;
        // Who is stopping would be handed the same file again.
        if ((await this.#turn(work, signal)) === "stopped") return;
      }
    };
    await Promise.all(Array.from({ length: INDEX_AT_ONCE }, lane));
  }

  /** The file that waits longest of those that nobody holds. */
  async #claim(): Promise<Work | undefined> {
    const { pool, holder, nowMs } = this.#parts;
    const now = nowMs();
    const sql = `UPDATE vector_store_files AS held SET lease_holder = $1, lease_until_ms = $2, touched_ms = $3
      FROM (SELECT w.store, w.file FROM vector_store_files w JOIN vector_stores s ON s.id = w.store
            WHERE w.status = 'in_progress' AND NOT s.is_expired AND (w.lease_until_ms <= $3 OR w.lease_holder = $1)
              AND NOT (w.store || '/' || w.file) = ANY($4)
            ORDER BY w.touched_ms, w.store, w.file LIMIT 1 FOR UPDATE OF w SKIP LOCKED) AS next,
        vector_stores AS s, files AS f
      WHERE held.store = next.store AND held.file = next.file AND s.id = held.store AND f.id = held.file
      RETURNING held.store, held.file, held.parts, held.tries, held.chunk_tokens, held.overlap_tokens,
        s.owner, s.account, s.key_hash, s.model, f.media_type, f.cid, f.wrapped`;
    const [work] = await query<Work>(pool, sql, [holder, now + INDEX_LEASE_MS, now, [...this.#held]]);
    // Two lanes may be told of one file: the second to ask has lost it.
    if (work === undefined || this.#held.has(nameOf(work))) return undefined;
    this.#held.add(nameOf(work));
    return work;
  }

  async #turn(work: Work, signal: AbortSignal): Promise<Turn> {
    try {
      const turn = await this.#index(work, signal);
      await this.#settle(work, turn);
      return turn;
    } catch (error) {
      if (signal.aborted) return "stopped";
      this.#parts.log.warn("A file could not be embedded now", { file: work.file }, error);
      const isLasting = error instanceof FileError && !error.isRetryable;
      const turn = isLasting ? failed("server_error") : AGAIN;
      await this.#settle(work, turn);
      return turn;
    } finally {
      this.#held.delete(nameOf(work));
    }
  }

  async #index(work: Work, signal: AbortSignal): Promise<Turn> {
    const { shelf } = this.#parts;
    const content = await shelf.get(work, { kind: "file", id: work.file }, signal);
    if (!isMediaType(work.media_type)) return failed("unsupported_file");
    const chunking = { maxTokens: work.chunk_tokens, overlapTokens: work.overlap_tokens };
    const chunks = chunkText(extractText(content, work.media_type), chunking);
    if (chunks.length === 0) return failed("invalid_file");
    if (work.parts === 0 && (await this.#chunksBeside(work)) + chunks.length > STORE_CHUNKS_MAX)
      return failed("invalid_file");
    for (let part = work.parts; part < work.parts + INDEX_TURN_PARTS; part += 1) {
      const some = chunks.slice(part * PART_CHUNKS, (part + 1) * PART_CHUNKS);
      if (some.length === 0) return "done";
      const made = await this.#embed(work, some, signal);
      if (signal.aborted) return "stopped";
      if (made.kind === "failed") return this.#refused(work, made);
      if (!(await this.#keep(work, { part, chunks: some, vectors: made.vectors }))) return "lost";
    }
    return work.parts + INDEX_TURN_PARTS >= Math.ceil(chunks.length / PART_CHUNKS) ? "done" : "more";
  }

  #embed(work: Work, chunks: readonly TextChunk[], signal: AbortSignal): Promise<EmbedMade> {
    const texts = chunks.map(({ text }) => text);
    return this.#parts.embed(payerOf(work), { model: work.model, texts, isBackground: true }, signal);
  }

  #refused(work: Work, { code }: Extract<EmbedMade, { kind: "failed" }>): Turn {
    if (code === "shutting_down") return "stopped";
    this.#parts.log.info("Embedding of a file was refused", { file: work.file, code, tries: work.tries + 1 });
    return code === "prompt_too_long" ? failed("invalid_file") : AGAIN;
  }

  /** False where the file, or the store, was taken away or is another's by now: then nothing is kept. */
  async #keep(
    work: Work,
    {
      part,
      chunks,
      vectors,
    }: { readonly part: number; readonly chunks: readonly TextChunk[]; readonly vectors: readonly Float32Array[] },
  ): Promise<boolean> {
    const { pool, shelf, nowMs, holder } = this.#parts;
    const pin = { kind: "vectors", id: partId({ ...work, part }) } as const;
    const plain = encodePart({ chunks, vectors });
    const object = await shelf.put(plain, pin);
    const isKept = await inTransaction(pool, async (client) => {
      const dimension = vectors[0]?.length ?? 0;
      const same = `UPDATE vector_stores SET dimension = $2 WHERE id = $1 AND coalesce(dimension, $2) = $2 RETURNING id`;
      if ((await client.query(same, [work.store, dimension])).rows.length === 0) return false;
      const sql = `UPDATE vector_store_files SET parts = parts + 1, chunks = chunks + $5, bytes = bytes + $6, tries = 0,
        lease_until_ms = $7, touched_ms = $8
        WHERE store = $1 AND file = $2 AND lease_holder = $3 AND parts = $4 AND status = 'in_progress' RETURNING file`;
      const now = nowMs();
      const values = [work.store, work.file, holder, part, chunks.length, plain.length, now + INDEX_LEASE_MS, now];
      if ((await client.query(sql, values)).rows.length === 0) return false;
      await insertPart(client, { work, part, object, chunks: chunks.length });
      return true;
    });
    if (!isKept) await shelf.remove(object, pin);
    return isKept;
  }

  /** Chunks of the store's other files. */
  async #chunksBeside({ store, file }: Work): Promise<number> {
    const sql = "SELECT coalesce(sum(chunks), 0) AS chunks FROM vector_store_files WHERE store = $1 AND file <> $2";
    const [row] = await query<{ chunks: string }>(this.#parts.pool, sql, [store, file]);
    return Number(row?.chunks ?? 0);
  }

  async #settle(work: Work, turn: Turn): Promise<void> {
    if (turn === "lost" || turn === "stopped") return this.#free(work, 0);
    if (turn === "more") return this.#free(work, 0);
    if (turn === "done") return this.#end(work, "completed", undefined);
    if (turn.kind === "failed") return this.#end(work, "failed", turn.fault);
    if (work.tries + 1 >= INDEX_TRIES_MAX) return this.#end(work, "failed", "server_error");
    const { pool, holder } = this.#parts;
    const sql = "UPDATE vector_store_files SET tries = tries + 1 WHERE store = $1 AND file = $2 AND lease_holder = $3";
    await query(pool, sql, [work.store, work.file, holder]);
    return this.#free(work, INDEX_BACKOFF_MS * 2 ** work.tries);
  }

  /** Lets others have it, at once or after a while. */
  async #free(work: Work, waitMs: number): Promise<void> {
    const { pool, holder, nowMs } = this.#parts;
    const sql = `UPDATE vector_store_files SET lease_holder = '', lease_until_ms = $4
      WHERE store = $1 AND file = $2 AND lease_holder = $3`;
    await query(pool, sql, [work.store, work.file, holder, nowMs() + waitMs]);
  }

  async #end(work: Work, status: "completed" | "failed", fault: IndexFault | undefined): Promise<void> {
    const { pool, holder } = this.#parts;
    await inTransaction(pool, async (client) => {
      const sql = `UPDATE vector_store_files SET status = $4, error_code = $5, lease_holder = '', lease_until_ms = 0
        WHERE store = $1 AND file = $2 AND lease_holder = $3 AND status = 'in_progress'`;
      await client.query(sql, [work.store, work.file, holder, status, fault ?? null]);
      await client.query("UPDATE vector_stores SET version = version + 1 WHERE id = $1", [work.store]);
    });
  }
}

const AGAIN: Turn = { kind: "again" };

function failed(fault: IndexFault): Turn {
  return { kind: "failed", fault };
}

function nameOf({ store, file }: Pick<Work, "store" | "file">): string {
  return `${store}/${file}`;
}

async function insertPart(
  client: Pick<pg.PoolClient, "query">,
  row: { readonly work: Work; readonly part: number; readonly object: SealedObject; readonly chunks: number },
): Promise<void> {
  const { work, part, object, chunks } = row;
  await client.query(
    "INSERT INTO vector_store_parts (store, file, part, cid, wrapped, chunks) VALUES ($1, $2, $3, $4, $5, $6)",
    [work.store, work.file, part, object.cid, object.wrapped, chunks],
  );
}
