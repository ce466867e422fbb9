import { join } from "node:path";
import type { DeskParts } from "../files/fileDesk.js";
import { query } from "../files/rows.js";
import { createTextIndex, type TextIndex } from "./bm25.js";
import { createExactIndex } from "./exactIndex.js";
import { createLanceIndex } from "./lanceIndex.js";
import { type LoadedEntry, listParts, readParts } from "./storeParts.js";
import type { VectorIndex } from "./vectorIndex.js";
import { EXACT_VECTORS_MAX, LOADED_BYTES_MAX, LOADED_STORES_MAX } from "./vectorLimits.js";

/** A store ready to be searched: its completed files' chunks in a stable order, by when their files were attached. */
export type LoadedStore = {
  readonly version: string;
  readonly entries: readonly LoadedEntry[];
  readonly vectors: VectorIndex;
  readonly texts: TextIndex;
  readonly bytes: number;
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
    const { folder } = this.#parts;
    const entries: LoadedEntry[] = [];
    let bytes = 0;
    for await (const part of readParts(this.#parts, await listParts(this.#parts, store), signal)) {
      bytes += part.bytes;
      entries.push(...part.entries);
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
