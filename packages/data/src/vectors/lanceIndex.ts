import { mkdir, rm } from "node:fs/promises";
import { VectorError } from "./vectorError.js";
import { type Neighbour, normalised, type VectorIndex } from "./vectorIndex.js";

/** Vectors handed to the database at once. */
const ROWS_AT_ONCE = 8_192;
/** Vectors of one partition of the index, about. */
const PARTITION_VECTORS = 1_000;
/** Partitions looked into by a search, of all: two fifths lose a tenth of the neighbours where topics run into one another. */
const PROBED_SHARE = 0.75;
/** All of them in a store as large as it may be. */
const PROBES_MIN = 20;
/** Vectors below which an index would be trained on too few. */
const INDEXED_MIN = 1_000;
/** A filter is put to the database while so few are wanted; beyond it the search looks at more and leaves out. */
const NAMED_MAX = 1_000;
/** Neighbours asked for with a filter that is too long to name. */
const OVERFETCH = 20;

export type LanceIndexParts = {
  /** Emptied first: what is in it is made of what is kept elsewhere. */
  readonly folder: string;
  readonly vectors: readonly Float32Array[];
  /** Whether an index over the vectors is built. Default: yes, where they are enough. */
  readonly isIndexed?: boolean;
};

/** Vectors in a LanceDB table of one folder, in inverted lists by nearest centre (IVF). All of one length, or VECTORS_BAD_VECTOR. */
export async function createLanceIndex({ folder, vectors, isIndexed = true }: LanceIndexParts): Promise<VectorIndex> {
  const dimension = vectors[0]?.length ?? 0;
  const unlike = vectors.find(({ length }) => length !== dimension);
  if (unlike !== undefined || dimension === 0) {
    throw new VectorError({ code: "VECTORS_BAD_VECTOR", reason: `not all of ${dimension} numbers, or none` });
  }
  // Loaded where it is used: its library takes a hundred megabytes.
  const { connect, Index } = await import("@lancedb/lancedb");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const database = await connect(folder);
  const rowsFrom = (from: number) =>
    vectors.slice(from, from + ROWS_AT_ONCE).map((vector, at) => ({ id: from + at, vector: [...normalised(vector)] }));
  const table = await database.createTable("vectors", rowsFrom(0));
  for (let from = ROWS_AT_ONCE; from < vectors.length; from += ROWS_AT_ONCE) await table.add(rowsFrom(from));
  const partitions = Math.max(1, Math.round(vectors.length / PARTITION_VECTORS));
  if (isIndexed && vectors.length >= INDEXED_MIN) {
    const config = Index.ivfFlat({ distanceType: "dot", numPartitions: partitions });
    await table.createIndex("vector", { config });
  }
  /** Searches that a close waits for. */
  const running = new Set<Promise<unknown>>();
  const probes = Math.min(partitions, Math.max(PROBES_MIN, Math.ceil(partitions * PROBED_SHARE)));
  return {
    size: vectors.length,
    async search(query, most, isWanted) {
      const wanted =
        isWanted === undefined ? undefined : vectors.flatMap((_, index) => (isWanted(index) ? [index] : []));
      if (wanted?.length === 0) return [];
      const isNamed = wanted !== undefined && wanted.length <= NAMED_MAX;
      const limit = wanted === undefined || isNamed ? most : most * OVERFETCH;
      const asked = table
        .query()
        .nearestTo(normalised(query))
        .distanceType("dot")
        .nprobes(probes)
        .select(["id", "_distance"])
        .limit(limit);
      const answered = (isNamed ? asked.where(`id IN (${wanted.join(",")})`) : asked).toArray();
      running.add(answered);
      const rows: readonly unknown[] = await answered.finally(() => running.delete(answered));
      const found = rows.map(toNeighbour).filter(({ index }) => isWanted === undefined || isWanted(index));
      return found.sort((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, most);
    },
    async close() {
      await Promise.allSettled(running);
      table.close();
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** LanceDB's distance by dot product is one less the product. */
function toNeighbour(row: unknown): Neighbour {
  if (typeof row !== "object" || row === null || !("id" in row) || !("_distance" in row)) {
    throw new VectorError({ code: "VECTORS_MALFORMED", reason: "a row without its distance" });
  }
  return { index: Number(row.id), similarity: 1 - Number(row._distance) };
}
