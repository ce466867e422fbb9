import { z } from "zod";
import type { BatchProof } from "./batch.js";
import { batchSigner } from "./batchSigner.js";
import { payeesHash, resultsHash } from "./commit.js";
import type { Eip712Domain } from "./eip712Domain.js";
import { ProtocolError } from "./errors.js";
import { bytes32Field, uint64Field } from "./jsonField.js";
import { batchProofSchema, payeeSchema, receiptSchema } from "./jsonStruct.js";
import { PAYEES_MAX } from "./limits.js";
import { leafHash, verifyMerklePath } from "./merkle.js";
import { sumOfPayees } from "./payee.js";
import type { Address, Bytes32 } from "./primitives.js";
import { PROOF_LABELS, type ProofLabel } from "./proofLabel.js";
import { CUSTODIES, type Custody, type Payee, type Receipt } from "./receipt.js";
import { type SealingLabel, sealingLabelSchema } from "./sealing/sealingLabel.js";
import type { recoverSigner } from "./secp256k1.js";
import { hashReceipt } from "./structHash.js";

/** A receipt with all that is needed to check it, away from the router that gave it. */
export type ReceiptDocument = {
  readonly receipt: Receipt;
  /** What `receipt.payeesHash` stands for, in order of (replica, segment). */
  readonly payees: readonly Payee[];
  /** Struct hashes of the results that `receipt.resultsHash` stands for, in the same order. */
  readonly results: readonly Bytes32[];
  /** The router's signed batch, and where the receipt stands in it. */
  readonly proof: BatchProof;
  readonly custody: Custody;
  /** Wall time at which the receipt was durable. The router's own word: nothing signs it. */
  readonly acknowledgedAtMs: number;
  /** What the answer may be called, by the router's own word. Absent where it is no longer known: a receipt made after a crash, or no answer. */
  readonly label?: ProofLabel;
  /** Of a sealed task: under which suite, who could read it, and how it was to be audited; the router's own word. Absent as `label` is. */
  readonly sealing?: SealingLabel;
};

const documentSchema = z.strictObject({
  receipt: receiptSchema,
  payees: z.array(payeeSchema).max(PAYEES_MAX),
  results: z.array(bytes32Field).max(PAYEES_MAX),
  proof: batchProofSchema,
  custody: z.enum(CUSTODIES),
  acknowledgedAtMs: uint64Field,
  label: z.enum(PROOF_LABELS).optional(),
  sealing: sealingLabelSchema.optional(),
});

/** A document in JSON: wei as decimal strings, everything else as it is. */
export type ReceiptDocumentJson = z.input<typeof documentSchema>;

export function encodeReceiptDocument(document: ReceiptDocument): ReceiptDocumentJson {
  const { sealing, ...rest } = document;
  return z.encode(documentSchema, {
    ...rest,
    ...(sealing === undefined ? {} : { sealing: { ...sealing, readers: [...sealing.readers] } }),
    payees: [...document.payees],
    results: [...document.results],
    proof: { ...document.proof, path: [...document.proof.path] },
  });
}

/** Reads a document from parsed JSON. Throws PROTOCOL_BAD_DOCUMENT, with every field that is wrong, missing or unknown. */
export function parseReceiptDocument(json: unknown): ReceiptDocument {
  const parsed = documentSchema.safeParse(json);
  if (parsed.success) return withoutAbsent(parsed.data);
  const issues = parsed.error.issues
    .slice(0, ISSUES_MAX)
    .map((one) => `${one.path.join(".") || "document"}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "receipt document", issues });
}

function withoutAbsent({ label, sealing, ...document }: z.output<typeof documentSchema>): ReceiptDocument {
  return { ...document, ...(label === undefined ? {} : { label }), ...(sealing === undefined ? {} : { sealing }) };
}

/** Enough issues to mend a document by; a hostile one has thousands. */
const ISSUES_MAX = 16;

export type ReceiptVerdict = { readonly kind: "valid" } | { readonly kind: "invalid"; readonly reason: InvalidReceipt };

export type InvalidReceipt =
  | "payees do not sum to the fee"
  | "payees do not match the receipt"
  | "results do not match the receipt"
  | "custody does not match the receipt"
  | "sealing names fewer readers than are paid"
  | "path is longer than the batch is high"
  | "receipt is not in the batch"
  | "batch is by another signer"
  | "signature is not the router's";

/** Checks a document against the Registry's domain and the router's registered signing address. */
export function verifyReceiptDocument(parts: {
  readonly document: ReceiptDocument;
  readonly domain: Eip712Domain;
  readonly routerSigner: Address;
  /** Who checks many receipts of few batches passes one that remembers. Default: `recoverSigner`. */
  readonly recover?: typeof recoverSigner;
}): ReceiptVerdict {
  const { receipt, payees, results, proof, custody, sealing } = parts.document;
  if (sumOfPayees(payees) !== receipt.feeWei) return invalid("payees do not sum to the fee");
  if (payeesHash(payees) !== receipt.payeesHash) return invalid("payees do not match the receipt");
  if (resultsHash(results) !== receipt.resultsHash) return invalid("results do not match the receipt");
  if (custody !== receipt.custody) return invalid("custody does not match the receipt");
  // Who made a part of an answer has read the whole of what was asked.
  if (sealing !== undefined && !payees.every(({ miner }) => sealing.readers.includes(miner)))
    return invalid("sealing names fewer readers than are paid");
  if (proof.path.length > Math.ceil(Math.log2(proof.batch.count)))
    return invalid("path is longer than the batch is high");
  const leaf = leafHash(hashReceipt(receipt));
  if (!verifyMerklePath(leaf, proof.path, proof.batch.root)) return invalid("receipt is not in the batch");
  const signer = parts.routerSigner.toLowerCase();
  if (proof.signer !== signer) return invalid("batch is by another signer");
  if (batchSigner(proof, parts.domain, parts.recover) !== signer) return invalid("signature is not the router's");
  return { kind: "valid" };
}

function invalid(reason: InvalidReceipt): ReceiptVerdict {
  return { kind: "invalid", reason };
}
