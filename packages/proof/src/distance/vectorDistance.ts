/** A text's place in the embedding model's space. */
export type Vector = Float32Array | readonly number[];

/** `1 − cos(a, b)`: 0 for the same direction, 1 for none in common, 2 for opposite ones. A vector without a length is as far as nothing in common. */
export function cosineDistance(left: Vector, right: Vector): number {
  checkLengths([left, right]);
  let [dot, leftSquare, rightSquare] = [0, 0, 0];
  for (let index = 0; index < left.length; index += 1) {
    const [a, b] = [left[index] ?? 0, right[index] ?? 0];
    dot += a * b;
    leftSquare += a * a;
    rightSquare += b * b;
  }
  const lengths = Math.sqrt(leftSquare) * Math.sqrt(rightSquare);
  return lengths === 0 ? 1 : 1 - Math.max(-1, Math.min(1, dot / lengths));
}

/** The straight-line distance. */
export function euclideanDistance(left: Vector, right: Vector): number {
  checkLengths([left, right]);
  let square = 0;
  for (let index = 0; index < left.length; index += 1) square += ((left[index] ?? 0) - (right[index] ?? 0)) ** 2;
  return Math.sqrt(square);
}

/** A copy of length 1; all zeros stay zeros. By its largest number first: the squares of tiny ones would be nothing, those of huge ones infinite. */
export function normalised(vector: Vector): readonly number[] {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return Array.from(vector, () => 0);
  let square = 0;
  for (const value of vector) square += (value / largest) ** 2;
  const length = Math.sqrt(square);
  return Array.from(vector, (value) => value / largest / length);
}

/** Throws RangeError unless there is a vector, all are of one length, and every number is finite. */
export function checkLengths(vectors: readonly Vector[]): void {
  const length = vectors[0]?.length ?? 0;
  if (length === 0) throw new RangeError("no vector");
  for (const vector of vectors) {
    if (vector.length !== length) throw new RangeError("vectors of different lengths");
    for (const value of vector) if (!Number.isFinite(value)) throw new RangeError("a vector that isn't finite");
  }
}
