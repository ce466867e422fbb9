import type { BatchProof, SignedBatch } from "./batch.js";
import { type Eip712Domain, typedDataDigest } from "./eip712Domain.js";
import { hasCode } from "./errors.js";
import { leafHash, verifyMerklePath } from "./merkle.js";
import type { Address, Bytes32 } from "./primitives.js";
import { recoverSigner } from "./secp256k1.js";
import { hashBatch } from "./structHash.js";

/** Who signed a batch under the Registry's domain; undefined where the signature is none. */
export function batchSigner(
  signed: SignedBatch,
  domain: Eip712Domain,
  recover: typeof recoverSigner = recoverSigner,
): Address | undefined {
  try {
    return recover(typedDataDigest(domain, hashBatch(signed.batch)), signed.signature);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE") || hasCode(error, "PROTOCOL_BAD_HEX")) return undefined;
    throw error;
  }
}

/** Whether a struct stands in a batch, by its path alone: who signed the batch is `batchSigner`'s to say. */
export function isInBatch(structHash: Bytes32, { batch, path }: BatchProof): boolean {
  if (batch.count < 1 || path.length > Math.ceil(Math.log2(batch.count))) return false;
  return verifyMerklePath(leafHash(structHash), path, batch.root);
}
