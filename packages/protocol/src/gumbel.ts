import { writeHex } from "./bytes.js";
import { lnCanonical } from "./ln.js";
import type { Bytes32 } from "./primitives.js";
import { sha256OfTenWords } from "./sha256Block.js";

const SEED_BYTES = 32;
const TWO_20 = 1_048_576;
const TWO_52 = 4_503_599_627_370_496;

/** One buffer for every seed, and one for every hash: nothing awaits between writing and reading. */
const message = new Uint8Array(SEED_BYTES + 4);
const messageView = new DataView(message.buffer);
const hash = new Uint32Array(2);

/** The noise of each token id at one output position. Position and ids below 2^32. */
export function gumbelNoise(seed: Bytes32, position: number): (id: number) => number {
  writeHex(message, 0, seed, SEED_BYTES);
  messageView.setUint32(SEED_BYTES, position, true);
  const hashWith = sha256OfTenWords(Int32Array.from({ length: 9 }, (_, word) => messageView.getInt32(word * 4)));
  return (id) => {
    messageView.setUint32(SEED_BYTES, id, true);
    hashWith(messageView.getInt32(SEED_BYTES), hash);
    return gumbelOf(hash);
  };
}

/**
 * `G = −ln(−ln u)`, `u = (hi52 + ½) ÷ 2^52`, where hi52 is the first 52 bits of `SHA256(seed ‖ position ‖ id)`, big-endian;
 * position and id are 4 bytes little-endian. `u` is exact and never 0 or 1.
 */
function gumbelOf(words: Uint32Array): number {
  const [high, low] = [words[0] ?? 0, words[1] ?? 0];
  const u = (high * TWO_20 + (low >>> 12) + 0.5) / TWO_52;
  return -lnCanonical(-lnCanonical(u));
}
