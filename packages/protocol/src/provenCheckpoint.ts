import { z } from "zod";
import type { BatchProof } from "./batch.js";
import { batchSigner, isInBatch } from "./batchSigner.js";
import type { Checkpoint } from "./checkpoint.js";
import type { Eip712Domain } from "./eip712Domain.js";
import { ProtocolError } from "./errors.js";
import { batchProofSchema, checkpointSchema } from "./jsonStruct.js";
import { hashCheckpoint } from "./structHash.js";

/** A miner's checkpoint and where it stands in a batch that the miner signed: its word on the tokens so far, for anyone to check. */
export type ProvenCheckpoint = { readonly checkpoint: Checkpoint; readonly proof: BatchProof };

const provenSchema = z.strictObject({ checkpoint: checkpointSchema, proof: batchProofSchema });

/** Its JSON. */
export type ProvenCheckpointJson = z.input<typeof provenSchema>;

export function encodeProvenCheckpoint({ checkpoint, proof }: ProvenCheckpoint): ProvenCheckpointJson {
  return z.encode(provenSchema, { checkpoint, proof: { ...proof, path: [...proof.path] } });
}

/** Reads one from parsed JSON. Whether its miner signed it is `isSignedByMiner`'s to say. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseProvenCheckpoint(json: unknown): ProvenCheckpoint {
  const parsed = provenSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, ISSUES_MAX)
    .map((one) => `${one.path.join(".") || "checkpoint"}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "proven checkpoint", issues });
}

const ISSUES_MAX = 16;

/** Whether the miner that a checkpoint names signed it, under the Registry's domain. */
export function isSignedByMiner({ checkpoint, proof }: ProvenCheckpoint, domain: Eip712Domain): boolean {
  const miner = checkpoint.miner.toLowerCase();
  if (proof.signer !== miner || !isInBatch(hashCheckpoint(checkpoint), proof)) return false;
  return batchSigner(proof, domain) === miner;
}
