import { z } from "zod";
import type { BatchProof } from "./batch.js";
import { batchSigner, isInBatch } from "./batchSigner.js";
import type { Eip712Domain } from "./eip712Domain.js";
import { ProtocolError } from "./errors.js";
import { bytes32Field } from "./jsonField.js";
import { batchProofSchema, receiptSchema, resultSchema, taskSchema } from "./jsonStruct.js";
import { PAYEES_MAX } from "./limits.js";
import type { Bytes32 } from "./primitives.js";
import type { Receipt } from "./receipt.js";
import type { ReceiptDocument } from "./receiptDocument.js";
import type { Result } from "./result.js";
import type { ResultProof } from "./resultProof.js";
import type { SegmentBody } from "./segmentBody.js";
import { hashResult, hashTask } from "./structHash.js";
import type { Task } from "./task.js";

/** What shows that a miner signed a result, and that a router promised a fee for it: enough to dispute it. */
export type DisputedResult = {
  readonly task: Task;
  readonly receipt: Receipt;
  /** Struct hashes of all results that the receipt stands for. */
  readonly results: readonly Bytes32[];
  /** The receipt's place in a batch of its router's. */
  readonly proof: BatchProof;
  readonly result: Result;
  /** The result's place in a batch of its miner's. */
  readonly resultProof: BatchProof;
};

/** One result of a task, as its receipt and what its miner shows and signed show it; undefined where that signature isn't among the proofs. */
export function disputedResultOf(
  { receipt, results, proof }: Pick<ReceiptDocument, "receipt" | "results" | "proof">,
  { task, result }: Pick<SegmentBody, "task" | "result">,
  proofs: readonly ResultProof[],
): DisputedResult | undefined {
  const resultHash = hashResult(result);
  const signed = proofs.find((one) => one.result === resultHash);
  return signed && { task, receipt, results, proof, result, resultProof: signed.proof };
}

const disputedSchema = z.strictObject({
  task: taskSchema,
  receipt: receiptSchema,
  results: z.array(bytes32Field).max(PAYEES_MAX),
  proof: batchProofSchema,
  result: resultSchema,
  resultProof: batchProofSchema,
});

/** Its JSON. */
export type DisputedResultJson = z.input<typeof disputedSchema>;

export function encodeDisputedResult(disputed: DisputedResult): DisputedResultJson {
  const { results, proof, resultProof } = disputed;
  return z.encode(disputedSchema, {
    ...disputed,
    results: [...results],
    proof: { ...proof, path: [...proof.path] },
    resultProof: { ...resultProof, path: [...resultProof.path] },
  });
}

/** Reads one from parsed JSON. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseDisputedResult(json: unknown): DisputedResult {
  const parsed = disputedSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, ISSUES_MAX)
    .map((one) => `${one.path.join(".") || "dispute"}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "disputed result", issues });
}

const ISSUES_MAX = 16;

export type DisputeFault =
  | "receipt is not of the task"
  | "result is not of the task"
  | "result is not among the receipt's"
  | "result is not its miner's";

/** Why a chain wouldn't take it, as far as it says so itself: whether the receipt is a router's, the chain knows. Undefined for nothing. */
export function disputeFault(disputed: DisputedResult, domain: Eip712Domain): DisputeFault | undefined {
  const { task, receipt, results, result, resultProof } = disputed;
  const taskId = hashTask(task);
  if (receipt.taskId !== taskId) return "receipt is not of the task";
  if (result.taskId !== taskId) return "result is not of the task";
  const resultHash = hashResult(result);
  if (!results.includes(resultHash)) return "result is not among the receipt's";
  const isSigned = isInBatch(resultHash, resultProof) && batchSigner(resultProof, domain) === result.miner;
  return isSigned ? undefined : "result is not its miner's";
}
