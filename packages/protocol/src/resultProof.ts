import { z } from "zod";
import type { BatchProof } from "./batch.js";
import { batchSigner, isInBatch } from "./batchSigner.js";
import type { Eip712Domain } from "./eip712Domain.js";
import { ProtocolError } from "./errors.js";
import { bytes32Field } from "./jsonField.js";
import { batchProofSchema } from "./jsonStruct.js";
import type { Address, Bytes32 } from "./primitives.js";

/** A result's struct hash and where it stands in a batch that its miner signed: with the result itself, the miner's word on it. */
export type ResultProof = { readonly result: Bytes32; readonly proof: BatchProof };

const proofSchema = z.strictObject({ result: bytes32Field, proof: batchProofSchema });

/** Its JSON. */
export type ResultProofJson = z.input<typeof proofSchema>;

export function encodeResultProof({ result, proof }: ResultProof): ResultProofJson {
  return z.encode(proofSchema, { result, proof: { ...proof, path: [...proof.path] } });
}

/** Reads one from parsed JSON. Whether a miner signed it is `isResultSignedBy`'s to say. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseResultProof(json: unknown): ResultProof {
  const parsed = proofSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, ISSUES_MAX)
    .map((one) => `${one.path.join(".") || "proof"}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "result proof", issues });
}

const ISSUES_MAX = 16;

/** Whether a miner signed the result, under the Registry's domain. */
export function isResultSignedBy({ result, proof }: ResultProof, miner: Address, domain: Eip712Domain): boolean {
  const signer = miner.toLowerCase();
  if (proof.signer !== signer || !isInBatch(result, proof)) return false;
  return batchSigner(proof, domain) === signer;
}
