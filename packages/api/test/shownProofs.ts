import type { ProvenCheckpoint, ResultProof } from "@cortensor/protocol";
import type { ReceiptDocument } from "../src/index.js";

/** One of a miner that was given up: its proof is some proof. */
export function checkpointOf({ receipt, proof }: ReceiptDocument): ProvenCheckpoint {
  const { taskId, resultsHash: tokenRoot } = receipt;
  const { signer: miner } = proof;
  return { checkpoint: { taskId, miner, replica: 0, segment: 0, position: 32, tokenRoot }, proof };
}

/** Where the miners of a receipt's results signed them: in the receipt's own batch, for nobody here looks. */
export function proofsOf({ results, proof }: ReceiptDocument): readonly ResultProof[] {
  return results.map((result) => ({ result, proof }));
}
