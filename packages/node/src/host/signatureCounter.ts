import { type Address, type Bytes32, type Hex, recoverSigner } from "@cortensor/protocol";
import type { Metrics } from "@cortensor/runtime";

/** Counts this process's secp256k1 operations: the budget is one per hundred requests under load. */
export type SignatureCounter = {
  signed(): void;
  /** Protocol's `recoverSigner`, counted. Throws PROTOCOL_BAD_SIGNATURE, PROTOCOL_BAD_HEX. */
  recoverSigner(digest: Bytes32, signature: Hex): Address;
  counts(): { readonly signed: number; readonly verified: number };
};

export function createSignatureCounter(metrics: Metrics): SignatureCounter {
  const counter = metrics.counter({
    name: "secp256k1_operations_total",
    help: "Signatures made and verified with registered keys.",
    labels: ["operation"],
  });
  let signed = 0;
  let verified = 0;
  return {
    signed: () => {
      signed += 1;
      counter.add({ operation: "sign" });
    },
    recoverSigner: (digest, signature) => {
      verified += 1;
      counter.add({ operation: "verify" });
      return recoverSigner(digest, signature);
    },
    counts: () => ({ signed, verified }),
  };
}
