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
      const best: Neighbour[] = [];
      for (let index = 0; index < vectors.length; index += 1) {
        if (isWanted(index)) keepBest(best, { index, similarity: dot(all, index * dimension, asked) }, most);
      }
      return best;
    },
    close: async () => undefined,
  };
}

/** Puts one into its place among the best so far, behind those that are as near: nearly all come too late for one. */
function keepBest(best: Neighbour[], one: Neighbour, most: number): void {
  const last = best[most - 1];
  if (most < 1 || (last !== undefined && last.similarity >= one.similarity)) return;
  let [low, high] = [0, best.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((best[middle]?.similarity ?? 0) >= one.similarity) low = middle + 1;
    else high = middle;
  }
  best.splice(low, 0, one);
  if (best.length > most) best.pop();
}

function dot(all: Float32Array, from: number, asked: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < asked.length; at += 1) sum += (all[from + at] ?? 0) * (asked[at] ?? 0);
  return sum;
}

function unlike(length: number, dimension: number): VectorError {
  return new VectorError({ code: "VECTORS_BAD_VECTOR", reason: `${length} numbers among vectors of ${dimension}` });
}
