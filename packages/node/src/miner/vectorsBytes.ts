/** What an embedding's `outCommit` covers: the vectors one after the other, 32-bit floats with the low byte first. */
export function vectorsBytes(vectors: readonly Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(vectors.reduce((sum, vector) => sum + vector.length * 4, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const vector of vectors) {
    for (const value of vector) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}
