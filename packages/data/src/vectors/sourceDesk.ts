import type pg from "pg";
import type { MasterBox } from "../files/masterBox.js";
import { query } from "../files/rows.js";
import { openSource } from "../retrieval/clientSource.js";
import { createPostgresTool } from "../retrieval/createPostgresTool.js";
import { RetrievalError, type RetrievalErrorData } from "../retrieval/retrievalError.js";
import type { Passage } from "../retrieval/retrievalTool.js";
import type { SinkPolicy } from "../sinks/target/sinkPolicy.js";
import { SOURCES_AT_ONCE } from "./vectorLimits.js";

export type SourceAnswer =
  | { readonly kind: "passages"; readonly passages: readonly Passage[] }
  | { readonly kind: "unread"; readonly error: RetrievalErrorData }
  /** Nobody's fault: the store was emptied meanwhile. */
  | { readonly kind: "gone" }
  | { readonly kind: "busy" };

/** Asks clients' own databases, for the stores that stand for them. */
export type SourceDesk = {
  search(
    store: string,
    asked: { readonly text: string; readonly vector: Float32Array | undefined; readonly most: number },
    signal: AbortSignal,
  ): Promise<SourceAnswer>;
};

/** A connection for each search, to an address that the operator's policy allows: nothing of a database is kept. */
export function createSourceDesk(parts: {
  readonly pool: pg.Pool;
  readonly box: MasterBox;
  readonly policy: SinkPolicy;
}): SourceDesk {
  const { pool, box, policy } = parts;
  let running = 0;
  return {
    async search(store, { text, vector, most }, signal) {
      if (running >= SOURCES_AT_ONCE) return { kind: "busy" };
      running += 1;
      try {
        const sql = "SELECT source FROM vector_stores WHERE id = $1 AND source IS NOT NULL";
        const [row] = await query<{ readonly source: Buffer }>(pool, sql, [store]);
        if (row === undefined) return { kind: "gone" };
        const { url, place } = openSource(box, store, row.source);
        const tool = createPostgresTool({ url, place, policy });
        const asked = vector === undefined ? { text } : { text, vector: [...vector] };
        return { kind: "passages", passages: await tool.search(asked, { limit: most, signal }) };
      } catch (error) {
        if (error instanceof RetrievalError) return { kind: "unread", error: error.data };
        throw error;
      } finally {
        running -= 1;
      }
    },
  };
}
