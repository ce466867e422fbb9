import { createHash } from "node:crypto";
import { type Bytes32, bytesToHex, parseBytes32 } from "@cortensor/protocol";
import { type Cid, cidOf, RAW_CODEC } from "./contentCid.js";
import { ContentError } from "./contentError.js";
import { CHUNK_BYTES, OBJECT_BYTES_MAX } from "./contentLimits.js";
import { encodeFileNode, type WeighedPart } from "./fileNode.js";

/** An object as it was cut: its name, size, the SHA-256 of all its bytes, and its blocks, the root last. */
export type CutObject = {
  readonly cid: Cid;
  readonly bytes: number;
  readonly sha256: Bytes32;
  readonly blocks: readonly Cid[];
};

/**
 * Cuts bytes by the network's one profile: CID version 1, SHA-256, raw leaves of 1 MiB, a balanced UnixFS tree of at most 1,024 links a
 * node; what fits one leaf is that leaf. (Known as `unixfs-v1-2025` elsewhere.) Hands each block on before the next is made. Throws
 * CONTENT_OBJECT_TOO_LARGE as soon as the bytes are too many.
 */
export async function cutObject(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  keep: (cid: Cid, block: Uint8Array) => Promise<void>,
): Promise<CutObject> {
  const whole = createHash("sha256");
  const parts: WeighedPart[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(source)) {
    bytes += chunk.length;
    if (bytes > OBJECT_BYTES_MAX) {
      throw new ContentError({ code: "CONTENT_OBJECT_TOO_LARGE", bytes, most: OBJECT_BYTES_MAX });
    }
    whole.update(chunk);
    const cid = cidOf(RAW_CODEC, chunk);
    await keep(cid, chunk);
    parts.push({ cid, fileBytes: chunk.length, dagBytes: chunk.length });
  }
  const leaves = parts.map(({ cid }) => cid);
  const sha256 = parseBytes32(bytesToHex(whole.digest()));
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return { cid: only, bytes, sha256, blocks: leaves };
  // The largest object fills one node, so that there is never a third level.
  const { cid, block } = encodeFileNode(parts);
  await keep(cid, block);
  return { cid, bytes, sha256, blocks: [...leaves, cid] };
}

/** Full chunks, then what is left; one empty chunk for nothing at all. */
async function* chunksOf(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  let any = false;
  for await (const piece of source) {
    for (let from = 0; from < piece.length; ) {
      const taken = Math.min(piece.length - from, CHUNK_BYTES - filled);
      chunk.set(piece.subarray(from, from + taken), filled);
      from += taken;
      filled += taken;
      if (filled < CHUNK_BYTES) continue;
      yield chunk;
      any = true;
      chunk = new Uint8Array(CHUNK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0 || !any) yield chunk.subarray(0, filled);
}
