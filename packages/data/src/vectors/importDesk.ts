import type { DataOwner } from "../files/dataOwner.js";
import { type DeskParts, type FileDesk, partId } from "../files/fileDesk.js";
import { inTransaction } from "../files/rows.js";
import type { SealedObject } from "../files/sealedShelf.js";
import { encodePart } from "./chunkPart.js";
import { type CollectionEntry, type CollectionManifest, importCollection } from "./collection.js";
import type { StoreDesk } from "./storeDesk.js";
import { attributesOf } from "./storeRows.js";
import { VectorError } from "./vectorError.js";
import { PART_CHUNKS } from "./vectorLimits.js";
import type { StoreNotes, VectorStore } from "./vectorStore.js";

/** What stands between two chunks of a file that is put together of them. */
const BETWEEN = "\n\n";
/** What a file name may not have. */
const NAME = /^[^/\\\p{Cc}]{1,255}$/u;
/** Said of chunks that were cut elsewhere: sizes there aren't known here. */
const CUT_ELSEWHERE = { maxTokens: 4_096, overlapTokens: 0 };

export type Imported =
  | { readonly kind: "imported"; readonly store: VectorStore; readonly manifest: CollectionManifest }
  | { readonly kind: "full"; readonly most: string }
  | { readonly kind: "noFile" };

/** Makes a store of an exported collection: nothing is embedded for it, and its vectors are the exported ones, in their order. */
export type ImportDesk = {
  /** `file` is an uploaded export. Throws VECTORS_MALFORMED, VECTORS_BAD_VECTOR, VECTORS_ROOT_MISMATCH: then nothing is kept. */
  importStore(owner: DataOwner, asked: StoreNotes & { readonly file: string }, signal: AbortSignal): Promise<Imported>;
};

export function createImportDesk(
  parts: DeskParts,
  { files, stores }: { readonly files: FileDesk; readonly stores: StoreDesk },
): ImportDesk {
  return {
    async importStore(owner, { file, ...notes }, signal) {
      const bytes = await files.read(owner, file, signal);
      if (bytes === undefined) return { kind: "noFile" };
      const { manifest, entries } = await importCollection(bytes);
      const documents = groupByFile(entries);
      const made = await stores.create(owner, { ...notes, embeddingModel: manifest.embeddingModel });
      if (made.kind === "full") return { kind: "full", most: "the vector stores that you have" };
      const { id: store } = made.store;
      const created: string[] = [];
      const undo = async (): Promise<void> => {
        await stores.remove(owner, store);
        for (const one of created) await files.remove(owner, one);
      };
      try {
        for (const [place, document] of documents.entries()) {
          const { filename } = document;
          const content = Buffer.from(document.entries.map(({ text }) => text).join(BETWEEN));
          const asked = { filename, content, purpose: "assistants", saidType: "text/plain" } as const;
          const kept = await files.create(owner, { ...asked, expiresAfterSeconds: undefined });
          if (kept.kind !== "created") {
            await undo();
            if (kept.kind === "full") return kept;
            throw malformed("a file that can't be kept");
          }
          created.push(kept.file.id);
          // Files are listed in the order in which they were attached: one second each, the last of them now.
          const createdSeconds = kept.file.createdSeconds - documents.length + 1 + place;
          await attachEmbedded(parts, { store, file: kept.file.id, createdSeconds, document });
        }
      } catch (error) {
        await undo();
        throw error;
      }
      const found = await stores.find(owner, store);
      return found === undefined
        ? { kind: "full", most: "the vector stores that you have" }
        : { kind: "imported", store: found, manifest };
    },
  };
}

type Document = { readonly filename: string; readonly entries: readonly CollectionEntry[] };

/** A file's entries stand together: their order is part of the root. */
function groupByFile(entries: readonly CollectionEntry[]): readonly Document[] {
  const documents = new Map<string, CollectionEntry[]>();
  let last: string | undefined;
  for (const entry of entries) {
    const known = documents.get(entry.file);
    if (known !== undefined && last !== entry.file) throw malformed("a file's entries that don't stand together");
    if (known === undefined && !NAME.test(entry.filename)) throw malformed("a file's name that can't be kept");
    if (known === undefined) documents.set(entry.file, [entry]);
    else known.push(entry);
    last = entry.file;
  }
  return [...documents.values()].map((some) => ({ filename: some[0]?.filename ?? "", entries: some }));
}

/** Puts a file's chunks and vectors on the shelf, then says so of it at once: no worker sees it half done. */
async function attachEmbedded(
  { pool, shelf, box }: DeskParts,
  of: {
    readonly store: string;
    readonly file: string;
    readonly createdSeconds: number;
    readonly document: Document;
  },
): Promise<void> {
  const { store, file, createdSeconds, document } = of;
  const kept: { readonly object: SealedObject; readonly chunks: number; readonly bytes: number }[] = [];
  let from = 0;
  for (let at = 0; at < document.entries.length; at += PART_CHUNKS) {
    const some = document.entries.slice(at, at + PART_CHUNKS);
    const chunks = some.map(({ text }) => {
      const chunk = { from, text };
      from += text.length + BETWEEN.length;
      return chunk;
    });
    const plain = encodePart({ chunks, vectors: some.map(({ vector }) => vector) });
    const pin = { kind: "vectors", id: partId({ store, file, part: kept.length }) } as const;
    kept.push({ object: await shelf.put(plain, pin), chunks: some.length, bytes: plain.length });
  }
  const first = document.entries[0];
  const sum = (count: (one: (typeof kept)[number]) => number): number => kept.reduce((all, one) => all + count(one), 0);
  const attributes = box.seal(Buffer.from(JSON.stringify(first?.attributes ?? {})), attributesOf({ store, file }));
  await inTransaction(pool, async (client) => {
    const sql = `INSERT INTO vector_store_files (store, file, created_s, status, chunk_tokens, overlap_tokens, is_auto,
      attributes, parts, chunks, bytes) VALUES ($1, $2, $3, 'completed', $4, $5, false, $6, $7, $8, $9)`;
    const { maxTokens, overlapTokens } = CUT_ELSEWHERE;
    const counts = [kept.length, sum(({ chunks }) => chunks), sum(({ bytes }) => bytes)];
    await client.query(sql, [store, file, createdSeconds, maxTokens, overlapTokens, attributes, ...counts]);
    for (const [part, { object, chunks }] of kept.entries()) {
      const insert =
        "INSERT INTO vector_store_parts (store, file, part, cid, wrapped, chunks) VALUES ($1, $2, $3, $4, $5, $6)";
      await client.query(insert, [store, file, part, object.cid, object.wrapped, chunks]);
    }
    const same = "UPDATE vector_stores SET dimension = $2, version = version + 1 WHERE id = $1";
    await client.query(same, [store, first?.vector.length ?? null]);
  });
}

function malformed(reason: string): VectorError {
  return new VectorError({ code: "VECTORS_MALFORMED", reason });
}
