import type pg from "pg";
import type { ObjectShelf, ShelfPin } from "./objectShelf.js";
import { query } from "./rows.js";

/** Pause between two looks at all that lies on the shelf. */
const LOOK_MS = 3_600_000;
/** What has no row so long belongs to nobody: it isn't just being put, nor is its database away for an hour. */
const ORPHAN_MS = 24 * 3_600_000;
const LISTED_AT_ONCE = 256;
/** Orphans remembered: more are found by later looks. */
const ORPHANS_MAX = 100_000;

/** Which ids have a row, for each kind of pin. */
const ROWS: Readonly<Record<ShelfPin["kind"], string>> = {
  file: "SELECT id FROM files WHERE id = ANY($1)",
  vectors:
    "SELECT store || '/' || file || '/' || part AS id FROM vector_store_parts WHERE store || '/' || file || '/' || part = ANY($1)",
  conversation: `SELECT id FROM conversations WHERE id = ANY($1) AND version IS NULL
    UNION ALL SELECT id || '/' || version AS id FROM conversations WHERE id || '/' || version = ANY($1)`,
};

export type OrphanSweepParts = {
  readonly pool: pg.Pool;
  readonly shelf: Pick<ObjectShelf, "list" | "remove">;
  readonly nowMs: () => number;
};

/**
 * Lets go of ciphertext whose row is gone: a crash came between the two. Its keys went with the row, so that nobody could open it. It must have been seen without a
 * row for a day, by this process.
 */
export class OrphanSweep {
  readonly #parts: OrphanSweepParts;
  /** By kind and id: since when. */
  readonly #seen = new Map<string, number>();
  #nextMs = 0;

  constructor(parts: OrphanSweepParts) {
    this.#parts = parts;
  }

  /** Looks, where it is time to. Gives how many objects it let go. */
  async round(): Promise<number> {
    const { pool, shelf, nowMs } = this.#parts;
    const now = nowMs();
    if (shelf.list === undefined || now < this.#nextMs) return 0;
    this.#nextMs = now + LOOK_MS;
    const orphans = new Set<string>();
    let removed = 0;
    for await (const some of shelf.list(LISTED_AT_ONCE)) {
      for (const { pin, cid } of await withoutRow(pool, some)) {
        const key = `${pin.kind}/${pin.id}`;
        const since = this.#seen.get(key) ?? now;
        if (now - since < ORPHAN_MS) {
          if (orphans.size < ORPHANS_MAX) orphans.add(key);
          if (this.#seen.size < ORPHANS_MAX) this.#seen.set(key, since);
          continue;
        }
        await shelf.remove(cid, pin);
        removed += 1;
      }
    }
    for (const key of this.#seen.keys()) if (!orphans.has(key)) this.#seen.delete(key);
    return removed;
  }
}

type Listed = { readonly pin: ShelfPin; readonly cid: string };

async function withoutRow(pool: pg.Pool, some: readonly Listed[]): Promise<readonly Listed[]> {
  const orphans: Listed[] = [];
  for (const kind of ["file", "vectors", "conversation"] as const) {
    const of = some.filter(({ pin }) => pin.kind === kind);
    if (of.length === 0) continue;
    const rows = await query<{ id: string }>(pool, ROWS[kind], [of.map(({ pin }) => pin.id)]);
    const known = new Set(rows.map(({ id }) => id));
    orphans.push(...of.filter(({ pin }) => !known.has(pin.id)));
  }
  return orphans;
}
