import type { SignedBatch } from "../batch.js";
import { batchSigner, isInBatch } from "../batchSigner.js";
import type { Eip712Domain } from "../eip712Domain.js";
import type { Address } from "../primitives.js";
import { setEntryId } from "../settlementSet.js";
import { hashCheckpoint } from "../structHash.js";
import type { WorkPart, WorkRecord, WorkTask } from "./workRecord.js";

/**
 * The same record with only those words of miners that are true: signed by the part's miner, under the Registry's domain, on this part of this task. A failure without
 * one is the router's word alone. Each batch's signature is looked at once.
 */
export function provenWork(record: WorkRecord, domain: Eip712Domain): WorkRecord {
  const signers = new Map<string, Address | undefined>();
  const signerOf = (signed: SignedBatch): Address | undefined => {
    const { root, count, sequence } = signed.batch;
    const key = `${root} ${count} ${sequence} ${signed.signature}`;
    if (!signers.has(key)) signers.set(key, batchSigner(signed, domain));
    return signers.get(key);
  };
  const proven = (task: WorkTask): WorkTask => {
    if (task.parts.every(({ word }) => word === undefined)) return task;
    return { ...task, parts: task.parts.map((part) => (isTrue(task, part, signerOf) ? part : withoutWord(part))) };
  };
  return { ...record, ended: record.ended.map(proven) };
}

function isTrue(
  { id }: WorkTask,
  { miner, replica, segment, word }: WorkPart,
  signerOf: (signed: SignedBatch) => Address | undefined,
): boolean {
  if (word === undefined || setEntryId(word.taskId) !== id) return false;
  const { taskId, position, tokenRoot, proof } = word;
  const checkpoint = { taskId, miner, replica, segment, position, tokenRoot };
  return proof.signer === miner && isInBatch(hashCheckpoint(checkpoint), proof) && signerOf(proof) === miner;
}

function withoutWord({ word: _, ...part }: WorkPart): WorkPart {
  return part;
}
