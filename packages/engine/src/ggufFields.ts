/** Tensor data begins, and each tensor lies, at multiples of this many bytes: the format's default. */
export const GGUF_ALIGNMENT = 32;

/** The next multiple of the alignment. */
export function alignedBytes(bytes: number): number {
  return Math.ceil(bytes / GGUF_ALIGNMENT) * GGUF_ALIGNMENT;
}

/** Bytes, followed by zeros up to the alignment. */
export function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes], alignedBytes(bytes.length));
}

/** A text as a GGUF file holds it: its length in bytes, then UTF-8. */
export function textField(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([u64(bytes.length), bytes]);
}

/** Little-endian, 4 bytes. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Little-endian, 8 bytes. */
export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
