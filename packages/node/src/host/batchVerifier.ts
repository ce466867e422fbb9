import {
  type Address,
  type BatchProof,
  type Bytes32,
  type Eip712Domain,
  hasCode,
  hashBatch,
  leafHash,
  type SignedBatch,
  typedDataDigest,
  verifyMerklePath,
} from "@cortensor/protocol";
import type { SignatureCounter } from "./signatureCounter.js";

/** Batches remembered: ten minutes of two a second. A batch that is asked about later is verified again. */
const BATCHES_MAX = 1_024;

/** Checks signed batches, each signature once: a batch of a thousand receipts costs one secp256k1 operation. */
export type BatchVerifier = {
  /** Whether `signer` signed this batch. */
  isSigned(signed: SignedBatch, signer: Address): boolean;
  /** Whether the struct stands in a batch that `signer` signed. */
  isProven(structHash: Bytes32, proof: BatchProof, signer: Address): boolean;
};

export function createBatchVerifier(parts: {
  /** The Registry's domain. */
  readonly domain: Eip712Domain;
  readonly signatures: SignatureCounter;
  readonly batchesMax?: number;
}): BatchVerifier {
  const { domain, signatures, batchesMax = BATCHES_MAX } = parts;
  const known = new Map<string, Address | undefined>();

  const recover = (signed: SignedBatch): Address | undefined => {
    try {
      return signatures.recoverSigner(typedDataDigest(domain, hashBatch(signed.batch)), signed.signature);
    } catch (error) {
      if (hasCode(error, "PROTOCOL_BAD_SIGNATURE") || hasCode(error, "PROTOCOL_BAD_HEX")) return undefined;
      throw error;
    }
  };

  const signerOf = (signed: SignedBatch): Address | undefined => {
    const { root, count, sequence } = signed.batch;
    const key = `${root}${signed.signature}${count}.${sequence}`;
    if (known.has(key)) return known.get(key);
    const signer = recover(signed);
    if (known.size >= batchesMax) dropOldest(known);
    known.set(key, signer);
    return signer;
  };

  const isSigned = (signed: SignedBatch, signer: Address): boolean => {
    const expected = signer.toLowerCase();
    return signed.signer === expected && signerOf(signed) === expected;
  };

  return {
    isSigned,
    isProven: (structHash, proof, signer) => {
      const { root, count } = proof.batch;
      // The path is checked first: it is cheaper than a signature, and a stranger's leaf has none.
      if (count < 1 || proof.path.length > Math.ceil(Math.log2(count))) return false;
      return verifyMerklePath(leafHash(structHash), proof.path, root) && isSigned(proof, signer);
    },
  };
}

function dropOldest(known: Map<string, unknown>): void {
  for (const key of known.keys()) {
    known.delete(key);
    return;
  }
}
