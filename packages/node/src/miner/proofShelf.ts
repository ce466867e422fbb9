import type { BatchProof, Bytes32 } from "@cortensor/protocol";
import type { BatchNotice } from "@cortensor/wire";

/** Proofs kept: of a minute at a thousand tasks a second. Older ones stand in the outbox by then, or their receipts came. */
const PROOFS_MAX = 65_536;

/** The routers' recent words about this miner's tasks, by leaf hash. Not checked here: whoever uses one verifies it. */
export class ProofShelf {
  readonly #proofs = new Map<Bytes32, BatchProof>();
  readonly #proofsMax: number;

  constructor(proofsMax: number = PROOFS_MAX) {
    this.#proofsMax = proofsMax;
  }

  put({ signed, leaves }: BatchNotice): void {
    for (const { leafHash, path } of leaves) this.#proofs.set(leafHash, { ...signed, path });
    for (const oldest of this.#proofs.keys()) {
      if (this.#proofs.size <= this.#proofsMax) return;
      this.#proofs.delete(oldest);
    }
  }

  find(leafHash: Bytes32): BatchProof | undefined {
    return this.#proofs.get(leafHash);
  }
}
