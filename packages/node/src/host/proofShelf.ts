import {
  type BatchProof,
  type Bytes32,
  type MerkleTree,
  rebuildMerkleTree,
  type SignedBatch,
} from "@cortensor/protocol";
import type { BatchNotice } from "@cortensor/wire";

type Shelved = { readonly signed: SignedBatch; readonly tree: MerkleTree; readonly index: number };

/** Peers' recent signed words about one's tasks, by leaf hash: the oldest go first. */
export class ProofShelf {
  readonly #leaves = new Map<Bytes32, Shelved>();
  readonly #leavesMax: number;

  constructor(leavesMax: number) {
    this.#leavesMax = leavesMax;
  }

  /** Keeps a batch whose signature the caller has checked. False, and nothing is kept, when the leaves don't give its root. */
  put({ signed, from, leaves, siblings }: BatchNotice): boolean {
    const { root, count } = signed.batch;
    const tree = rebuildMerkleTree({ count, from, leaves, siblings });
    if (tree === undefined || tree.root !== root) return false;
    for (const [offset, leaf] of leaves.entries()) this.#leaves.set(leaf, { signed, tree, index: from + offset });
    for (const oldest of this.#leaves.keys()) {
      if (this.#leaves.size <= this.#leavesMax) break;
      this.#leaves.delete(oldest);
    }
    return true;
  }

  /** Who signed a leaf; undefined when it isn't here. */
  signerOf(leaf: Bytes32): SignedBatch["signer"] | undefined {
    return this.#leaves.get(leaf)?.signed.signer;
  }

  find(leaf: Bytes32): BatchProof | undefined {
    const shelved = this.#leaves.get(leaf);
    return shelved && { ...shelved.signed, path: shelved.tree.pathOf(shelved.index) };
  }
}
