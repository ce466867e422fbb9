import type { Bytes32, ResultProof } from "@cortensor/protocol";

/** Where a miner signed one of its results, and of which task it is. */
export type KeptProof = ResultProof & { readonly taskId: Bytes32 };

/** The part of the books that keeps what miners signed, for as long as their results may be disputed. */
export type ProofBooks = {
  /** Keeps where miners signed their results (at most RECEIPTS_PUT_MAX); of a result that is there already, the first stays. */
  keepProofs(proofs: readonly KeptProof[], atMs: number): Promise<void>;
  /** Those that are known of these results (at most PAGE_ROWS_MAX), in their order. */
  findProofs(results: readonly Bytes32[]): Promise<readonly KeptProof[]>;
  /** Forgets what was kept before a time. */
  forgetProofs(beforeMs: number): Promise<void>;
};
