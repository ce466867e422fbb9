import type { Metrics } from "@cortensor/runtime";

/** Counts this process's secp256k1 operations: the budget is one per hundred requests under load. */
export type SignatureCounter = {
  signed(): void;
  verified(): void;
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
    verified: () => {
      verified += 1;
      counter.add({ operation: "verify" });
    },
    counts: () => ({ signed, verified }),
  };
}
