import { VectorError } from "./vectorError.js";
import { type Neighbour, normalised, type VectorIndex } from "./vectorIndex.js";

/** Compares with every vector. All of one length, or VECTORS_BAD_VECTOR. */
export function createExactIndex(vectors: readonly Float32Array[]): VectorIndex {
  const dimension = vectors[0]?.length ?? 0;
  const all = new Float32Array(vectors.length * dimension);
  for (const [index, vector] of vectors.entries()) {
    if (vector.length !== dimension) throw unlike(vector.length, dimension);
    all.set(normalised(vector), index * dimension);
  }
  return {
    size: vectors.length,
    async search(query, most, isWanted = () => true) {
      if (vectors.length > 0 && query.length !== dimension) throw unlike(query.length, dimension);
      const asked = normalised(query);
      const found: Neighbour[] = [];
      for (let index = 0; index < vectors.length; index += 1) {
        if (isWanted(index)) found.push({ index, similarity: dot(all, index * dimension, asked) });
      }
      return found.sort((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, most);
    },
    close: async () => undefined,
  };
}

function dot(all: Float32Array, from: number, asked: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < asked.length; at += 1) sum += (all[from + at] ?? 0) * (asked[at] ?? 0);
  return sum;
}

function unlike(length: number, dimension: number): VectorError {
  return new VectorError({ code: "VECTORS_BAD_VECTOR", reason: `${length} numbers among vectors of ${dimension}` });
}
