/** Vectors near a question's. Places are those in which the vectors were given. */
export type VectorIndex = {
  readonly size: number;
  /** The nearest by cosine, the nearest first, of those that are wanted. */
  search(query: Float32Array, most: number, isWanted?: (index: number) => boolean): Promise<readonly Neighbour[]>;
  close(): Promise<void>;
};

/** `similarity` is the cosine: 1 for one direction, 0 for unrelated ones. */
export type Neighbour = { readonly index: number; readonly similarity: number };

/** A vector of length one in the same direction; zero stays zero. */
export function normalised(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return length === 0 ? vector.slice() : vector.map((value) => value / length);
}
