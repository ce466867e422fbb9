import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { assert } from "../errors.js";
import type { Bytes32 } from "../primitives.js";

/** Bytes of an object's key, and of each of its halves. */
export const OBJECT_KEY_BYTES = 32;

/**
 * The two halves of an object's data key, 32 fresh bytes each. One is wrapped for every grantee; the other is kept by the object's keeper, shown to whoever holds a
 * grant, each time, and destroyed when the object is shredded. Neither opens anything alone.
 */
export type ObjectSecrets = { readonly granted: Uint8Array; readonly kept: Uint8Array };

/** `HKDF-SHA256(granted half, salt kept half, "cortensor object v1")`: what an object is encrypted with. */
export function objectKey({ granted, kept }: ObjectSecrets): Uint8Array {
  assert(granted.length === OBJECT_KEY_BYTES && kept.length === OBJECT_KEY_BYTES, "each half of a key has 32 bytes");
  return hkdf(sha256, granted, kept, utf8ToBytes("cortensor object v1"), OBJECT_KEY_BYTES);
}

/** `keccak256("kept-half-v1" ‖ kept half)`: by it a grant, and a record of shredding, name the half without showing it. */
export function keptHash(kept: Uint8Array): Bytes32 {
  return keccak256(new ByteWriter().tag("kept-half-v1").bytes(kept).toBytes());
}
