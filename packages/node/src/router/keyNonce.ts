import { createHmac } from "node:crypto";
import { type Bytes32, bytesToHex, concatBytes, equalBytes, hexToBytes } from "@cortensor/protocol";

/** Half of a nonce is random, the other says which API key the task is for, to whoever knows the key's hash. */
const RANDOM_BYTES = 16;
const PURPOSE = "cortensor task of key v1";

/**
 * A task's nonce, which stands for its API key when it has one: after a crash nothing else says whose budget the task is charged to, and a miner
 * that stored it can't tell one key's tasks from another's.
 */
export function taskNonce(random: Bytes32, keyHash: Bytes32 | undefined): Bytes32 {
  if (keyHash === undefined) return random;
  const half = hexToBytes(random).subarray(0, RANDOM_BYTES);
  return bytesToHex(concatBytes(half, tagOf(half, keyHash))) as Bytes32;
}

/** Whether a nonce was made for this key. Of another one, or of a nonce that a client chose, never. */
export function isNonceOf(nonce: Bytes32, keyHash: Bytes32): boolean {
  const bytes = hexToBytes(nonce);
  return equalBytes(bytes.subarray(RANDOM_BYTES), tagOf(bytes.subarray(0, RANDOM_BYTES), keyHash));
}

function tagOf(half: Uint8Array, keyHash: Bytes32): Uint8Array {
  return createHmac("sha256", hexToBytes(keyHash)).update(PURPOSE).update(half).digest().subarray(0, RANDOM_BYTES);
}
