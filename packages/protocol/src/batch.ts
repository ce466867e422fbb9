import type { Address, Bytes32, Hex } from "./primitives.js";

/** A batch is signed at most once per this interval … */
export const BATCH_INTERVAL_MS = 250;
/** … or when it holds this many leaves. */
export const BATCH_LEAVES_MAX = 1_024;

/**
 * One signature over many leaves: the root of a Merkle tree, by a node's registered signing key.
 *
 * EIP-712 `Batch(bytes32 root,uint32 count,uint64 sequence)` under the domain of the Registry contract.
 */
export type Batch = {
  readonly root: Bytes32;
  readonly count: number;
  /** Grows by one with each batch of a signer. */
  readonly sequence: number;
};

export type SignedBatch = { readonly batch: Batch; readonly signer: Address; readonly signature: Hex };

/** Where a leaf stands in a signed batch. `path` runs from the leaf's sibling up; pairs are hashed in sorted order. */
export type BatchProof = SignedBatch & { readonly path: readonly Bytes32[] };
