import { sha256 } from "@noble/hashes/sha2.js";
import { writeHex } from "./bytes.js";
import { lnCanonical } from "./ln.js";
import type { Bytes32 } from "./primitives.js";

const SEED_BYTES = 32;
const TWO_20 = 1_048_576;
const TWO_52 = 4_503_599_627_370_496;

/** One buffer for every hash: nothing awaits between writing and hashing it. */
const message = new Uint8Array(SEED_BYTES + 8);
const messageView = new DataView(message.buffer);

/** The noise of each token id at one output position. Position and ids below 2^32. */
export function gumbelNoise(seed: Bytes32, position: number): (id: number) => number {
  const own = new Uint8Array(SEED_BYTES);
  writeHex(own, 0, seed, SEED_BYTES);
  return (id) => {
    message.set(own, 0);
    messageView.setUint32(SEED_BYTES, position, true);
    messageView.setUint32(SEED_BYTES + 4, id, true);
    return gumbelOf(sha256(message));
  };
}

/**
 * `G = −ln(−ln u)`, `u = (hi52 + ½) ÷ 2^52`, where hi52 is the first 52 bits of `SHA256(seed ‖ position ‖ id)`, big-endian;
 * position and id are 4 bytes little-endian. `u` is exact and never 0 or 1.
 */
function gumbelOf(hash: Uint8Array): number {
  const high = ((hash[0] ?? 0) << 24) | ((hash[1] ?? 0) << 16) | ((hash[2] ?? 0) << 8) | (hash[3] ?? 0);
  const low = ((hash[4] ?? 0) << 12) | ((hash[5] ?? 0) << 4) | ((hash[6] ?? 0) >>> 4);
  const u = ((high >>> 0) * TWO_20 + low + 0.5) / TWO_52;
  return -lnCanonical(-lnCanonical(u));
}
