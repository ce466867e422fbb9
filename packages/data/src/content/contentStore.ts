import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { type Cid, digestOf, isNamed } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { BLOCK_BYTES_MAX, STORE_BYTES_DEFAULT, STORE_BYTES_MIN } from "./contentLimits.js";

/** A block in the store: its size, and when it was last put, in chain seconds. */
type BlockEntry = { readonly bytes: number; readonly atSeconds: number };
/** What the store knows of an object: its size, its SHA-256 where it was put whole, and the digests of its blocks. */
export type ObjectEntry = {
  readonly bytes: number;
  readonly sha256?: string;
  /** `kind/name` that it goes by beside. */
  readonly name?: string;
  readonly blocks: readonly string[];
};
/** A pin: until when it holds, in chain seconds; null holds until it is taken away. */
export type PinEntry = { readonly untilSeconds: number | null; readonly atSeconds: number };

/** What was found under a CID: `corrupt` has been dropped already. */
export type FoundBlock =
  | { readonly kind: "block"; readonly block: Uint8Array }
  | { readonly kind: "missing" }
  | { readonly kind: "corrupt" };

/** How much a store holds. */
export type StoreSize = { readonly blocks: number; readonly bytes: number };

/** Databases of one environment: each change to several of them is one transaction. */
const DATABASES = 7;
/** The map is larger than the blocks it holds: pages aren't full, and a transaction writes new ones before old ones are free. */
const MAP_FACTOR = 2;

/**
 * Blocks, objects and pins of one node in a folder, in one lmdb environment. A block is never given that isn't what its CID says: it
 * is checked on each read, and dropped when it isn't. Several processes may have the folder open. What is written is on the disk once
 * `flushed` resolves; a crash leaves each transaction whole or undone.
 */
export class ContentStore {
  readonly #root: RootDatabase<unknown, string>;
  readonly #blocks: Database<Buffer, string>;
  readonly #bytesMax: number;
  /** By digest. */
  readonly entries: Database<BlockEntry, string>;
  /** By root. */
  readonly objects: Database<ObjectEntry, string>;
  /** Roots of several blocks by the SHA-256 of all their bytes. */
  readonly wholes: Database<string, string>;
  /** Roots by `kind/name`, of what goes by a name that isn't its hash. */
  readonly names: Database<string, string>;
  /** By `root/kind/owner`. */
  readonly pins: Database<PinEntry, string>;
  /** Counters: `blocks`, `bytes`, and `pinning`, which each pin changes. */
  readonly counters: Database<number, string>;

  /** Opens, or creates, the store. Throws what lmdb throws where the folder can't be used. */
  constructor(folder: string, { bytesMax = STORE_BYTES_DEFAULT }: { readonly bytesMax?: number } = {}) {
    this.#bytesMax = Math.max(bytesMax, STORE_BYTES_MIN);
    this.#root = open<unknown, string>({
      path: join(folder, "blocks"),
      mapSize: this.#bytesMax * MAP_FACTOR,
      maxDbs: DATABASES,
    });
    this.#blocks = this.#root.openDB<Buffer, string>({ name: "blocks", encoding: "binary" });
    this.entries = this.#root.openDB<BlockEntry, string>({ name: "entries", encoding: "json" });
    this.objects = this.#root.openDB<ObjectEntry, string>({ name: "objects", encoding: "json" });
    this.wholes = this.#root.openDB<string, string>({ name: "wholes", encoding: "json" });
    this.names = this.#root.openDB<string, string>({ name: "names", encoding: "json" });
    this.pins = this.#root.openDB<PinEntry, string>({ name: "pins", encoding: "json" });
    this.counters = this.#root.openDB<number, string>({ name: "counters", encoding: "json" });
  }

  has(cid: Cid): boolean {
    return this.entries.doesExist(digestOf(cid));
  }

  /** Reads a block and checks it. One that isn't what it is named is dropped, so that it is fetched anew. */
  async read(cid: Cid): Promise<FoundBlock> {
    const key = digestOf(cid);
    const block = this.#blocks.getBinary(key);
    if (block === undefined) return { kind: "missing" };
    if (isNamed(cid, block)) return { kind: "block", block };
    await this.transaction(() => {
      // It may have been put anew meanwhile.
      const now = this.#blocks.getBinary(key);
      if (now !== undefined && !isNamed(cid, now)) this.removeWithin(key);
    });
    return { kind: "corrupt" };
  }

  /** Keeps a block that was checked. Throws CONTENT_BLOCK_TOO_LARGE or CONTENT_STORE_FULL. */
  async put(cid: Cid, block: Uint8Array, atSeconds: number): Promise<void> {
    const { length: bytes } = block;
    if (bytes > BLOCK_BYTES_MAX)
      throw new ContentError({ code: "CONTENT_BLOCK_TOO_LARGE", bytes, most: BLOCK_BYTES_MAX });
    const key = digestOf(cid);
    // A copy: what the caller does with its bytes afterwards isn't written.
    const copy = Buffer.from(block);
    const full = await this.transaction(() => {
      const had = this.entries.get(key);
      const held = this.#count("bytes");
      const grown = had === undefined ? held + bytes : held;
      if (grown > this.#bytesMax) return grown;
      void this.#blocks.put(key, copy);
      void this.entries.put(key, { bytes, atSeconds: Math.max(atSeconds, had?.atSeconds ?? 0) });
      if (had === undefined) this.#setSize(this.#count("blocks") + 1, grown);
      return undefined;
    });
    if (full !== undefined) throw new ContentError({ code: "CONTENT_STORE_FULL", bytes: full, most: this.#bytesMax });
  }

  /** Forgets a block, within a transaction. */
  removeWithin(key: string): void {
    const had = this.entries.get(key);
    void this.#blocks.remove(key);
    void this.entries.remove(key);
    if (had !== undefined) this.#setSize(this.#count("blocks") - 1, this.#count("bytes") - had.bytes);
  }

  /** Runs decisions and writes that nothing else may come between. They throw nothing: what was written before would stay. */
  transaction<Result>(decide: () => Result): Promise<Result> {
    return this.#root.transaction(decide);
  }

  /** Resolves once all that was written is on the disk. */
  async flushed(): Promise<void> {
    await this.#root.flushed;
  }

  size(): StoreSize {
    return { blocks: this.#count("blocks"), bytes: this.#count("bytes") };
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #count(name: "blocks" | "bytes"): number {
    return this.counters.get(name) ?? 0;
  }

  #setSize(blocks: number, bytes: number): void {
    void this.counters.put("blocks", blocks);
    void this.counters.put("bytes", bytes);
  }
}
