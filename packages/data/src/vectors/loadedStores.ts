import { join } from "node:path";
import { type DeskParts, nameOf, partId } from "../files/fileDesk.js";
import { query } from "../files/rows.js";
import type { Attributes } from "./attributeFilter.js";
import { createTextIndex, type TextIndex } from "./bm25.js";
import { decodePart } from "./chunkPart.js";
import type { CollectionEntry } from "./collection.js";
import { createExactIndex } from "./exactIndex.js";
import { createLanceIndex } from "./lanceIndex.js";
import { openAttributes } from "./storeRows.js";
import type { VectorIndex } from "./vectorIndex.js";
import { EXACT_VECTORS_MAX, LOADED_BYTES_MAX, LOADED_STORES_MAX } from "./vectorLimits.js";

export type LoadedEntry = CollectionEntry & { readonly expiresSeconds: number | undefined };

/** A store ready to be searched: its completed files' chunks in a stable order, by when their files were attached. */
export type LoadedStore = {
  readonly version: string;
  readonly entries: readonly LoadedEntry[];
  readonly vectors: VectorIndex;
  readonly texts: TextIndex;
  readonly bytes: number;
};

type PartRow = {
  readonly file: string;
  readonly part: number;
  readonly cid: string;
  readonly wrapped: Buffer;
  readonly attributes: Buffer;
  readonly filename: Buffer;
  readonly expires_s: string | null;
};

/** Stores that were searched lately, opened into memory. What changed since is opened anew. */
export class LoadedStores {
  readonly #parts: DeskParts & { readonly folder: string };
  readonly #loaded = new Map<string, Promise<LoadedStore>>();
  readonly #sizes = new Map<string, number>();
  #made = 0;

  constructor(parts: DeskParts & { readonly folder: string }) {
    this.#parts = parts;
  }

  /** Everything of a store as it is at this version or later. */
  async open(store: string, signal: AbortSignal): Promise<LoadedStore> {
    const version = await this.#versionOf(store);
    const known = this.#loaded.get(store);
    if (known !== undefined) {
      const found = await known;
      if (found.version === version && this.#loaded.get(store) === known) {
        this.#loaded.delete(store);
        this.#loaded.set(store, known);
        return found;
      }
      if (this.#loaded.get(store) === known) await this.#drop(store);
    }
    const again = this.#loaded.get(store);
    if (again !== undefined) return again;
    const loading = this.#load(store, version, signal);
    this.#loaded.set(store, loading);
    try {
      const loaded = await loading;
      this.#sizes.set(store, loaded.bytes);
      await this.#makeRoom(store);
      return loaded;
    } catch (error) {
      if (this.#loaded.get(store) === loading) this.#loaded.delete(store);
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const store of [...this.#loaded.keys()]) await this.#drop(store);
  }

  async #versionOf(store: string): Promise<string> {
    const sql = "SELECT version FROM vector_stores WHERE id = $1";
    const [row] = await query<{ version: string }>(this.#parts.pool, sql, [store]);
    return row?.version ?? "gone";
  }

  async #load(store: string, version: string, signal: AbortSignal): Promise<LoadedStore> {
    const { pool, shelf, box, folder } = this.#parts;
    const sql = `SELECT p.file, p.part, p.cid, p.wrapped, w.attributes, f.filename, f.expires_s
      FROM vector_store_parts p JOIN vector_store_files w ON w.store = p.store AND w.file = p.file JOIN files f ON f.id = p.file
      WHERE p.store = $1 AND w.status = 'completed' ORDER BY w.created_s, p.file, p.part`;
    const rows = await query<PartRow>(pool, sql, [store]);
    const entries: LoadedEntry[] = [];
    let bytes = 0;
    for (const row of rows) {
      const plain = await shelf.get(row, { kind: "vectors", id: partId({ store, ...row }) }, signal);
      bytes += plain.length;
      const { chunks, vectors } = decodePart(plain);
      const attributes: Attributes = openAttributes({ store, ...row }, box);
      const filename = box.open(row.filename, nameOf(row.file)).toString("utf8");
      const expiresSeconds = row.expires_s === null ? undefined : Number(row.expires_s);
      for (const [at, { text }] of chunks.entries()) {
        const vector = vectors[at];
        if (vector !== undefined) entries.push({ file: row.file, filename, attributes, text, vector, expiresSeconds });
      }
    }
    const all = entries.map(({ vector }) => vector);
    this.#made += 1;
    const isLarge = all.length > EXACT_VECTORS_MAX;
    const vectors = isLarge
      ? await createLanceIndex({ folder: join(folder, `${store}-${this.#made}`), vectors: all })
      : createExactIndex(all);
    return { version, entries, vectors, texts: createTextIndex(entries.map(({ text }) => text)), bytes };
  }

  async #makeRoom(kept: string): Promise<void> {
    const sum = (): number => [...this.#sizes.values()].reduce((all, bytes) => all + bytes, 0);
    for (const oldest of [...this.#loaded.keys()]) {
      if (this.#loaded.size <= LOADED_STORES_MAX && sum() <= LOADED_BYTES_MAX) return;
      if (oldest !== kept) await this.#drop(oldest);
    }
  }

  async #drop(store: string): Promise<void> {
    const loaded = this.#loaded.get(store);
    this.#loaded.delete(store);
    this.#sizes.delete(store);
    await (await loaded)?.vectors.close();
  }
}
