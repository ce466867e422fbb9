import type { Bytes32 } from "@cortensor/protocol";
import { assertLimit } from "../assertInput.js";
import { PAGE_ROWS_MAX, RECEIPTS_PUT_MAX } from "../limits.js";
import type { KeptProof } from "../proofBooks.js";

/** Where miners signed their results. */
export class MemoryProofs {
  readonly #kept = new Map<Bytes32, { readonly kept: KeptProof; readonly atMs: number }>();

  keep(proofs: readonly KeptProof[], atMs: number): void {
    if (proofs.length > 0) assertLimit(proofs.length, RECEIPTS_PUT_MAX);
    for (const kept of proofs) if (!this.#kept.has(kept.result)) this.#kept.set(kept.result, { kept, atMs });
  }

  find(results: readonly Bytes32[]): readonly KeptProof[] {
    if (results.length > 0) assertLimit(results.length, PAGE_ROWS_MAX);
    return results.flatMap((result) => this.#kept.get(result)?.kept ?? []);
  }

  forget(beforeMs: number): void {
    for (const [result, { atMs }] of this.#kept) if (atMs < beforeMs) this.#kept.delete(result);
  }
}
