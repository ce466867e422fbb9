import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import type { Prompt } from "../inferenceRequest.js";
import type { Bytes32, Hex } from "../primitives.js";

/** A prompt's text is tagged in blocks of so many bytes. */
export const AFFINITY_BLOCK_BYTES = 256;
/** Tags of one request: 16 KiB of a conversation's beginning tell it from any other of the same session. */
export const AFFINITY_TAGS_MAX = 64;
/** Bytes of one tag: two prefixes of one session meet by chance once in 2^64. */
export const AFFINITY_TAG_BYTES = 16;

export type AffinitySetup = {
  /** 32 bytes that stay with the client, and with one session: two sessions have no tag in common. */
  readonly sessionKey: Uint8Array;
  readonly modelId: Bytes32;
  /** 32 fresh bytes of this request: fill the tags up. */
  readonly filler: Uint8Array;
};

/**
 * What lets a router find the miner that has a conversation's beginning warm, and tells it nothing else: tag `i` is `HMAC-SHA256(sessionKey, "affinity-v1" ‖ modelId ‖ i u32 ‖
 * the first (i + 1) · 256 bytes of the prompt)`, 16 bytes of it. Whole blocks alone have one; up to the next power of two, at least one, tags that match nothing
 * follow, so that their count tells the prompt's bucket at most.
 */
export function affinityTags(setup: AffinitySetup, prompt: Prompt): readonly Hex[] {
  const bytes = affinityBytes(prompt);
  const blocks = Math.min(Math.floor(bytes.length / AFFINITY_BLOCK_BYTES), AFFINITY_TAGS_MAX);
  let count = 1;
  while (count < blocks) count *= 2;
  return Array.from({ length: count }, (_, index) => {
    const writer = new ByteWriter().tag(index < blocks ? "affinity-v1" : "affinity-filler-v1").hex(setup.modelId, 32);
    writer.uint("index", index, 4);
    writer.bytes(index < blocks ? bytes.subarray(0, (index + 1) * AFFINITY_BLOCK_BYTES) : setup.filler);
    return bytesToHex(hmac(sha256, setup.sessionKey, writer.toBytes()).subarray(0, AFFINITY_TAG_BYTES));
  });
}

/** How many of the tags stand for a beginning that both have: the longest run from the first. */
export function sharedAffinity(left: readonly Hex[], right: readonly Hex[]): number {
  const differs = left.findIndex((tag, index) => tag !== right[index]);
  return differs === -1 ? left.length : differs;
}

/** A prompt so that a conversation's earlier turns are a prefix of its later ones: no count stands before them. */
function affinityBytes(prompt: Prompt): Uint8Array {
  const writer = new ByteWriter().tag(prompt.kind);
  if (prompt.kind === "text") return writer.tag(prompt.text).toBytes();
  for (const { role, content } of prompt.messages) writer.text(role).text(content);
  return writer.toBytes();
}
