import { FILE_BYTES_MAX } from "@cortensor/protocol";
import type { DataOwner } from "../files/dataOwner.js";
import { type DeskParts, drawFileId, type FileDesk, partId } from "../files/fileDesk.js";
import { inTransaction } from "../files/rows.js";
import type { SealedObject } from "../files/sealedShelf.js";
import { encodePart } from "./chunkPart.js";
import type { CollectionEntry } from "./collection.js";
import { attributesOf } from "./storeRows.js";
import { VectorError } from "./vectorError.js";
import { PART_CHUNKS, STORE_FILES_MAX } from "./vectorLimits.js";

/** What stands between two chunks of a file that is put together of them. */
const BETWEEN = "\n\n";
/** What a file name may not have. */
const NAME = /^[^/\\\p{Cc}]{1,255}$/u;
/** Said of chunks that were cut elsewhere: sizes there aren't known here. */
const CUT_ELSEWHERE = { maxTokens: 4_096, overlapTokens: 0 };

type KeptPart = { readonly object: SealedObject; readonly chunks: number; readonly bytes: number };
/** A file that is put together of its entries. */
type Document = {
  readonly file: string;
  /** What the collection calls it. */
  readonly named: string;
  readonly filename: string;
  readonly attributes: CollectionEntry["attributes"];
  readonly texts: string[];
  readonly parts: KeptPart[];
  waiting: CollectionEntry[];
  bytes: number;
  chars: number;
};

/**
 * A store whose entries come one after another. At most one file's texts and one part's vectors are in memory; what came lies on the shelf, and is of no
 * store before `attach`. A process that dies before leaves an empty store and the files that were whole.
 */
export class IncomingStore {
  readonly #parts: DeskParts;
  readonly #of: { readonly owner: DataOwner; readonly store: string; readonly files: FileDesk };
  readonly #seen = new Set<string>();
  readonly #done: Document[] = [];
  #current: Document | undefined;
  #dimension: number | undefined;
  #full: string | undefined;

  constructor(parts: DeskParts, of: { readonly owner: DataOwner; readonly store: string; readonly files: FileDesk }) {
    this.#parts = parts;
    this.#of = of;
  }

  /** What there is no room for, once that was found: nothing more is taken then. */
  get full(): string | undefined {
    return this.#full;
  }

  /** The next entry of the collection, in its order. False where there is no room. Throws VECTORS_MALFORMED. */
  async take(entry: CollectionEntry): Promise<boolean> {
    this.#dimension ??= entry.vector.length;
    if (this.#current?.named !== entry.file) {
      if (!(await this.end())) return false;
      this.#current = this.#begin(entry);
    }
    const document = this.#current;
    document.bytes += Buffer.byteLength(entry.text) + BETWEEN.length;
    if (document.bytes > FILE_BYTES_MAX) throw malformed("a file that is too large");
    document.texts.push(entry.text);
    document.waiting.push(entry);
    if (document.waiting.length >= PART_CHUNKS) await this.#shelve(document);
    return true;
  }

  /** Ends the file that came last: its text is kept as a file. False where there is no room. Throws VECTORS_MALFORMED. */
  async end(): Promise<boolean> {
    const document = this.#current;
    if (document === undefined) return true;
    if (document.waiting.length > 0) await this.#shelve(document);
    const { file: id, filename, texts } = document;
    const content = Buffer.from(texts.splice(0).join(BETWEEN));
    const asked = { id, filename, content, purpose: "assistants", saidType: "text/plain" } as const;
    const kept = await this.#of.files.create(this.#of.owner, { ...asked, expiresAfterSeconds: undefined });
    if (kept.kind === "full") {
      this.#full = kept.most;
      return false;
    }
    if (kept.kind !== "created") throw malformed("a file that can't be kept");
    this.#done.push(document);
    this.#current = undefined;
    return true;
  }

  /** Makes all that came the store's, at once: nobody sees it half done. */
  async attach(): Promise<void> {
    const { pool, box, nowMs } = this.#parts;
    const { store } = this.#of;
    const { maxTokens, overlapTokens } = CUT_ELSEWHERE;
    // Files are listed in the order in which they were attached: one second each, the last of them now.
    const firstSeconds = Math.floor(nowMs() / 1_000) - this.#done.length + 1;
    await inTransaction(pool, async (client) => {
      for (const [place, { file, attributes, parts }] of this.#done.entries()) {
        const sql = `INSERT INTO vector_store_files (store, file, created_s, status, chunk_tokens, overlap_tokens, is_auto,
          attributes, parts, chunks, bytes) VALUES ($1, $2, $3, 'completed', $4, $5, false, $6, $7, $8, $9)`;
        const sealed = box.seal(Buffer.from(JSON.stringify(attributes)), attributesOf({ store, file }));
        const sums = [parts.length, sum(parts, "chunks"), sum(parts, "bytes")];
        await client.query(sql, [store, file, firstSeconds + place, maxTokens, overlapTokens, sealed, ...sums]);
        for (const [part, { object, chunks }] of parts.entries()) {
          const insert =
            "INSERT INTO vector_store_parts (store, file, part, cid, wrapped, chunks) VALUES ($1, $2, $3, $4, $5, $6)";
          await client.query(insert, [store, file, part, object.cid, object.wrapped, chunks]);
        }
      }
      const same = "UPDATE vector_stores SET dimension = $2, version = version + 1 WHERE id = $1";
      await client.query(same, [store, this.#dimension ?? null]);
    });
  }

  /** Lets go what came: nobody is told its keys any more. */
  async undo(): Promise<void> {
    const { owner, store, files } = this.#of;
    const all = this.#current === undefined ? this.#done : [...this.#done, this.#current];
    for (const { file, parts } of all) {
      await files.remove(owner, file);
      for (const [part, { object }] of parts.entries())
        await this.#parts.shelf.remove(object, { kind: "vectors", id: partId({ store, file, part }) });
    }
  }

  /** A file's entries stand together: their order is part of the root. */
  #begin({ file: named, filename, attributes }: CollectionEntry): Document {
    if (this.#seen.has(named)) throw malformed("a file's entries that don't stand together");
    if (!NAME.test(filename)) throw malformed("a file's name that can't be kept");
    this.#seen.add(named);
    if (this.#seen.size > STORE_FILES_MAX) throw malformed(`more than ${STORE_FILES_MAX} files`);
    const file = drawFileId(this.#parts.randomBytes);
    return { ...{ file, named, filename, attributes, texts: [], parts: [], waiting: [] }, bytes: 0, chars: 0 };
  }

  async #shelve(document: Document): Promise<void> {
    const { file, parts } = document;
    const some = document.waiting;
    document.waiting = [];
    const chunks = some.map(({ text }) => {
      const chunk = { from: document.chars, text };
      document.chars += text.length + BETWEEN.length;
      return chunk;
    });
    const plain = encodePart({ chunks, vectors: some.map(({ vector }) => vector) });
    const id = partId({ store: this.#of.store, file, part: parts.length });
    const object = await this.#parts.shelf.put(plain, { kind: "vectors", id });
    parts.push({ object, chunks: some.length, bytes: plain.length });
  }
}

function sum(parts: readonly KeptPart[], of: "chunks" | "bytes"): number {
  return parts.reduce((all, part) => all + part[of], 0);
}

function malformed(reason: string): VectorError {
  return new VectorError({ code: "VECTORS_MALFORMED", reason });
}
