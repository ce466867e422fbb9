import { type Address, type BatchProof, type Bytes32, leafHash } from "@cortensor/protocol";
import type { BatchNotice } from "@cortensor/wire";
import { type BatchVerifier, ProofShelf } from "../host/index.js";

/** A miner signs within two seconds; this is a pause of its machine, or a lost frame. Beyond it the miner gets no more work. */
export const PROOF_GRACE_MS = 5_000;
/** Results of one miner that may wait for their signature: more than it can finish in the grace. */
const WAITING_MAX = 65_536;
/**
 * A miner's latest signed words that are remembered: a minute's of eight answers at once. A miner that is given up was silent for less, and only then
 * are they looked for.
 */
const SHELVED_LEAVES_MAX = 1_024;

/** A result's struct hash, and its task. */
export type ExpectedResult = { readonly taskId: Bytes32; readonly result: Bytes32 };
type KeepProof = (result: ExpectedResult, proof: BatchProof) => void;

/**
 * The results of one miner that were taken on the link's word and wait for the miner's signature. A batch is one secp256k1
 * operation; its leaves are checked together, about one hash each.
 */
export class ProvenResults {
  /** By leaf. */
  readonly #waiting = new Map<Bytes32, { readonly of: ExpectedResult; readonly sinceMs: number }>();
  readonly #shelf = new ProofShelf(SHELVED_LEAVES_MAX);
  readonly #keep: KeepProof;

  /** `keep` is given each result that is proven. */
  constructor(keep: KeepProof) {
    this.#keep = keep;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Its signature may have come before it: a sealed answer's end waits for its step, and what is signed doesn't. */
  expect(of: ExpectedResult, nowMs: number): void {
    const leaf = leafHash(of.result);
    const proof = this.#shelf.find(leaf);
    if (proof !== undefined) this.#keep(of, proof);
    else if (this.#waiting.size < WAITING_MAX) this.#waiting.set(leaf, { of, sinceMs: nowMs });
  }

  /** Whether the oldest result still waits within the grace. */
  isInTime(nowMs: number): boolean {
    if (this.#waiting.size >= WAITING_MAX) return false;
    for (const { sinceMs } of this.#waiting.values()) return nowMs - sinceMs <= PROOF_GRACE_MS;
    return true;
  }

  /** Takes the proven results off. False when the batch isn't signed by the miner, or the leaves aren't in it. */
  prove(notice: BatchNotice, parts: { readonly miner: Address; readonly verifier: BatchVerifier }): boolean {
    if (!parts.verifier.isSigned(notice.signed, parts.miner)) return false;
    if (!this.#shelf.put(notice)) return false;
    for (const leaf of notice.leaves) {
      const waiting = this.#waiting.get(leaf);
      if (waiting === undefined) continue;
      this.#waiting.delete(leaf);
      const proof = this.#shelf.find(leaf);
      if (proof !== undefined) this.#keep(waiting.of, proof);
    }
    return true;
  }

  /** Where the miner signed this, if it did so lately. */
  proofOf(structHash: Bytes32): BatchProof | undefined {
    return this.#shelf.find(leafHash(structHash));
  }
}
