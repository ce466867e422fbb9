import { type Address, type Bytes32, leafHash, rebuildMerkleTree } from "@cortensor/protocol";
import type { BatchNotice } from "@cortensor/wire";
import type { BatchVerifier } from "../host/index.js";

/** A miner signs within two seconds; this is a pause of its machine, or a lost frame. Beyond it the miner gets no more work. */
export const PROOF_GRACE_MS = 5_000;
/** Results of one miner that may wait for their signature: more than it can finish in the grace. */
const WAITING_MAX = 65_536;

/**
 * The results of one miner that were taken on the link's word and wait for the miner's signature. A batch is one secp256k1
 * operation; its leaves are checked together, about one hash each.
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

  /** Takes the proven results off. False when the batch isn't signed by the miner, or the leaves aren't in it. */
  prove(notice: BatchNotice, parts: { readonly miner: Address; readonly verifier: BatchVerifier }): boolean {
    const { batch } = notice.signed;
    if (!parts.verifier.isSigned(notice.signed, parts.miner)) return false;
    if (rebuildMerkleTree({ ...notice, count: batch.count })?.root !== batch.root) return false;
    for (const leaf of notice.leaves) this.#waiting.delete(leaf);
    return true;
  }
}
