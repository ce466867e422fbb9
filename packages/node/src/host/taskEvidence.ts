import {
  type Bytes32,
  bodyFault,
  bytes32Field,
  type Eip712Domain,
  encodeBodyDocument,
  encodeReceiptDocument,
  encodeResultProof,
  hasCode,
  hashResult,
  hashTask,
  isResultSignedBy,
  parseBodyDocument,
  parseReceiptDocument,
  parseResultProof,
  type ReceiptDocument,
  type ResultProof,
  recipeHash,
  type SealedSample,
  type SegmentBody,
  sealedSampleSchema,
} from "@cortensor/protocol";
import { z } from "zod";

/** A task's evidence holds the prompt, the tokens and a fingerprint of each segment. */
export const EVIDENCE_BYTES_MAX = 64 * 1024 * 1024;
const BODIES_MAX = 448;

const evidenceShape = z.strictObject({
  receipt: z.unknown(),
  bodies: z.array(z.unknown()).max(BODIES_MAX),
  missing: z.array(bytes32Field).max(BODIES_MAX),
  proofs: z.array(z.unknown()).max(BODIES_MAX),
  sealed: sealedSampleSchema.optional(),
});

/** A task's evidence as somebody shows it: nothing of it is held against anything yet. */
export type ShownEvidence = {
  readonly document: ReceiptDocument;
  readonly bodies: readonly SegmentBody[];
  readonly proofs: readonly ResultProof[];
  /** What a router kept of a task that was sealed and may be opened: ciphertext. */
  readonly sealed?: SealedSample | undefined;
};

/** What is shown of a task, held against its receipt. */
export type TaskEvidence = {
  /** The receipt, in a batch that a router signed. */
  readonly document: ReceiptDocument;
  /** The receipt's: whose beacon its seed is of. */
  readonly epoch: number;
  /** Output tokens of the receipt. */
  readonly outputTokens: number;
  /** Each is what its result's hash stands for. */
  readonly bodies: readonly SegmentBody[];
  /** Results whose body isn't shown. */
  readonly missing: readonly Bytes32[];
  /** Where miners signed the results of those bodies, or of the sample, as far as it is shown: each is true. */
  readonly proofs: readonly ResultProof[];
  /** Of one of the receipt's results: what guards may open. */
  readonly sealed?: SealedSample;
};

/** Reads the document that routers show to validators and judges. Undefined for what no router would send. */
export function parseEvidence(bytes: Uint8Array): ShownEvidence | undefined {
  try {
    const { receipt, bodies, proofs, sealed } = evidenceShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    const document = parseReceiptDocument(receipt);
    return { document, bodies: bodies.map(parseBodyDocument), proofs: proofs.map(parseResultProof), sealed };
  } catch (error) {
    const isForeign = error instanceof SyntaxError || error instanceof z.ZodError;
    if (isForeign || hasCode(error, "PROTOCOL_BAD_DOCUMENT")) return undefined;
    throw error;
  }
}

/** The same document, of evidence that was held against its receipt. */
export function encodeEvidence({ document, bodies, missing, proofs, sealed }: TaskEvidence): Uint8Array {
  const shown = { bodies: bodies.map(encodeBodyDocument), missing, proofs: proofs.map(encodeResultProof) };
  const sample = sealed === undefined ? {} : { sealed: z.encode(sealedSampleSchema, sealed) };
  return Buffer.from(JSON.stringify({ receipt: encodeReceiptDocument(document), ...shown, ...sample }));
}

/** Of what is shown, what its receipt stands for. The domain is the Registry's. */
export function toEvidence({ document, bodies, proofs, sealed }: ShownEvidence, domain: Eip712Domain): TaskEvidence {
  const { receipt, results } = document;
  const found = results.map((result) => bodies.find((body) => bodyFault(body, result) === undefined));
  const shown = found.filter((body) => body !== undefined);
  const sample = sealed !== undefined && results.some((result) => isSampleOf(sealed, result)) ? sealed : undefined;
  return {
    document,
    epoch: receipt.epoch,
    outputTokens: receipt.nOut,
    bodies: shown,
    missing: results.filter((_, index) => found[index] === undefined),
    proofs: [...shown, ...(sample === undefined ? [] : [sample])].flatMap(({ result: signed }) => {
      const result = hashResult(signed);
      return proofs.find((one) => one.result === result && isResultSignedBy(one, signed.miner, domain)) ?? [];
    }),
    ...(sample === undefined ? {} : { sealed: sample }),
  };
}

/** Whether a sample is of the result that a hash stands for: its task, its recipe and its shared key are that result's. What its frames say is held against it when they are opened. */
export function isSampleOf({ task, result, recipe, shared }: SealedSample, resultHash: Bytes32): boolean {
  const { taskId } = result;
  const isOne = hashTask(task) === taskId && shared.taskId === taskId && recipeHash(recipe) === result.recipeHash;
  return isOne && hashResult(result) === resultHash;
}
