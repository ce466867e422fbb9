import { VectorError } from "./vectorError.js";

const FLOAT_BYTES = 4;

/** A vector's numbers, 32-bit floats, little-endian. */
export function vectorToBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * FLOAT_BYTES);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * FLOAT_BYTES);
  return bytes;
}

/** Throws VECTORS_BAD_VECTOR for another length, or numbers that aren't finite. */
export function vectorFromBytes(bytes: Uint8Array, dimension: number): Float32Array {
  if (bytes.length !== dimension * FLOAT_BYTES) throw bad(`${bytes.length} bytes for ${dimension} numbers`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const vector = new Float32Array(dimension);
  for (let index = 0; index < dimension; index += 1) vector[index] = view.getFloat32(index * FLOAT_BYTES, true);
  if (!vector.every(Number.isFinite)) throw bad("a number that isn't finite");
  return vector;
}

function bad(reason: string): VectorError {
  return new VectorError({ code: "VECTORS_BAD_VECTOR", reason });
}
