import {
  type Address,
  type Bytes32,
  bytesToHex,
  hexToBytes,
  keccak256Bytes,
  leafHash,
  MERKLE_PATH_MAX,
} from "@cortensor/protocol";
import type { BatchNotice } from "@cortensor/wire";
import type { BatchVerifier } from "../host/index.js";

/** A miner signs within half a second; this is a pause of its machine, or a lost frame. Beyond it the miner gets no more work. */
export const PROOF_GRACE_MS = 5_000;
/** Results of one miner that may wait for their signature: more than it can finish in the grace. */
const WAITING_MAX = 65_536;

/**
 * The results of one miner that were taken on the link's word and wait for the miner's signature. A batch is one secp256k1
 * operation; its leaves are checked together, so that what two paths share is hashed once.
 */
export class ProvenResults {
  readonly #waiting = new Map<Bytes32, number>();

  get waiting(): number {
    return this.#waiting.size;
  }

  expect(structHash: Bytes32, nowMs: number): void {
    if (this.#waiting.size < WAITING_MAX) this.#waiting.set(leafHash(structHash), nowMs);
  }

  /** Whether the oldest result still waits within the grace. */
  isInTime(nowMs: number): boolean {
    if (this.#waiting.size >= WAITING_MAX) return false;
    for (const sinceMs of this.#waiting.values()) return nowMs - sinceMs <= PROOF_GRACE_MS;
    return true;
  }

  /** Takes the proven results off. False when the batch isn't signed by the miner, or a leaf isn't in it. */
  prove(notice: BatchNotice, parts: { readonly miner: Address; readonly verifier: BatchVerifier }): boolean {
    if (!parts.verifier.isSigned(notice.signed, parts.miner)) return false;
    const proven = new Set<Bytes32>([notice.signed.batch.root]);
    for (const { leafHash: leaf, path } of notice.leaves) {
      if (!this.#waiting.has(leaf)) continue;
      if (!stands(leaf, path, proven)) return false;
      this.#waiting.delete(leaf);
    }
    return true;
  }
}

/** Whether a leaf's path reaches a node that is known to stand; then all nodes on the way do. */
function stands(leaf: Bytes32, path: readonly Bytes32[], proven: Set<Bytes32>): boolean {
  if (path.length > MERKLE_PATH_MAX) return false;
  const climbed: Bytes32[] = [];
  let node = leaf;
  for (const sibling of path) {
    if (proven.has(node)) break;
    climbed.push(node);
    node = parentOf(node, sibling);
  }
  if (!proven.has(node)) return false;
  for (const one of climbed) proven.add(one);
  return true;
}

/** Lower-case hex of one length sorts as its bytes do. */
function parentOf(left: Bytes32, right: Bytes32): Bytes32 {
  const pair = new Uint8Array(64);
  pair.set(hexToBytes(left < right ? left : right), 0);
  pair.set(hexToBytes(left < right ? right : left), 32);
  return bytesToHex(keccak256Bytes(pair));
}
