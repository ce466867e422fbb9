import { type DeskParts, nameOf, partId } from "../files/fileDesk.js";
import { query } from "../files/rows.js";
import type { Attributes } from "./attributeFilter.js";
import { decodePart } from "./chunkPart.js";
import type { CollectionEntry } from "./collection.js";
import { openAttributes } from "./storeRows.js";

export type LoadedEntry = CollectionEntry & { readonly expiresSeconds: number | undefined };

/** Where a part of a store lies, and what opens it. */
export type PartRow = {
  readonly store: string;
  readonly file: string;
  readonly part: number;
  readonly cid: string;
  readonly wrapped: Buffer;
  readonly attributes: Buffer;
  readonly filename: Buffer;
  readonly expires_s: string | null;
};

/** The parts of a store's completed files, in the order of its collection. */
export async function listParts({ pool }: Pick<DeskParts, "pool">, store: string): Promise<readonly PartRow[]> {
  const sql = `SELECT p.store, p.file, p.part, p.cid, p.wrapped, w.attributes, f.filename, f.expires_s
    FROM vector_store_parts p JOIN vector_store_files w ON w.store = p.store AND w.file = p.file JOIN files f ON f.id = p.file
    WHERE p.store = $1 AND w.status = 'completed' ORDER BY w.created_s, p.file, p.part`;
  return query<PartRow>(pool, sql, [store]);
}

/** Opens parts one after another: each is let go before the next. */
export async function* readParts(
  { shelf, box }: Pick<DeskParts, "shelf" | "box">,
  rows: readonly PartRow[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly entries: readonly LoadedEntry[]; readonly bytes: number }> {
  for (const row of rows) {
    const plain = await shelf.get(row, { kind: "vectors", id: partId(row) }, signal);
    const { chunks, vectors } = decodePart(plain);
    const attributes: Attributes = openAttributes(row, box);
    const filename = box.open(row.filename, nameOf(row.file)).toString("utf8");
    const expiresSeconds = row.expires_s === null ? undefined : Number(row.expires_s);
    const entries = chunks.flatMap(({ text }, at) => {
      const vector = vectors[at];
      return vector === undefined ? [] : [{ file: row.file, filename, attributes, text, vector, expiresSeconds }];
    });
    yield { entries, bytes: plain.length };
  }
}
