import { z } from "zod";
import type { TextChunk } from "./chunkText.js";
import { vectorFromBytes, vectorToBytes } from "./vectorBytes.js";
import { VectorError } from "./vectorError.js";
import { DIMENSION_MAX, PART_CHUNKS } from "./vectorLimits.js";

/** Some chunks of a file, each with its vector. */
export type ChunkPart = { readonly chunks: readonly TextChunk[]; readonly vectors: readonly Float32Array[] };

const HEAD_BYTES = 4;
const head = z.strictObject({
  version: z.literal(1),
  dimension: z.int().min(1).max(DIMENSION_MAX),
  chunks: z.array(z.strictObject({ from: z.int().min(0), text: z.string() })).max(PART_CHUNKS),
});

/** Length u32, big-endian ‖ JSON of the chunks ‖ the vectors one after another. */
export function encodePart({ chunks, vectors }: ChunkPart): Uint8Array {
  const text = Buffer.from(JSON.stringify({ version: 1, dimension: vectors[0]?.length ?? 0, chunks }));
  const length = Buffer.alloc(HEAD_BYTES);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text, ...vectors.map(vectorToBytes)]);
}

/** Throws VECTORS_MALFORMED, VECTORS_BAD_VECTOR. */
export function decodePart(bytes: Uint8Array): ChunkPart {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = all.length < HEAD_BYTES ? 0 : all.readUInt32BE(0);
  const parsed = head.safeParse(parseJson(all.toString("utf8", HEAD_BYTES, HEAD_BYTES + length)));
  if (!parsed.success) throw new VectorError({ code: "VECTORS_MALFORMED", reason: "a part that can't be read" });
  const { chunks, dimension } = parsed.data;
  const each = dimension * Float32Array.BYTES_PER_ELEMENT;
  const start = HEAD_BYTES + length;
  if (all.length !== start + each * chunks.length) {
    throw new VectorError({ code: "VECTORS_MALFORMED", reason: "a part of another length than it says" });
  }
  const vectors = chunks.map((_, at) =>
    vectorFromBytes(all.subarray(start + at * each, start + (at + 1) * each), dimension),
  );
  return { chunks, vectors };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
