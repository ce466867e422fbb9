import { z } from "zod";
import type { Assignment } from "./assignment.js";
import { BATCH_LEAVES_MAX, type Batch, type BatchProof, type SignedBatch } from "./batch.js";
import type { Checkpoint } from "./checkpoint.js";
import type { CreditNote, PaidSegment } from "./creditNote.js";
import type { Debit, SignedDebit } from "./debit.js";
import {
  addressField,
  bytes32Field,
  signatureField,
  uint8Field,
  uint16Field,
  uint32Field,
  uint64Field,
  weiField,
} from "./jsonField.js";
import { MERKLE_PATH_MAX, OUTPUT_TOKENS_MAX, PROMPT_TOKENS_MAX, RECIPE_STEPS_MAX, REDUNDANCY_MAX } from "./limits.js";
import { CUSTODIES, type Payee, type Receipt } from "./receipt.js";
import { FINISH_REASONS, type Result } from "./result.js";
import { PRIVACIES, type Task } from "./task.js";

/*
 * The structs in JSON, for every edge that reads them. Strict: an unknown field is refused. `taskSchema.parse(json)` gives a
 * `Task`, `z.encode(taskSchema, task)` its JSON.
 */

const promptTokensField = z.int().min(0).max(PROMPT_TOKENS_MAX);
const outputTokensField = z.int().min(0).max(OUTPUT_TOKENS_MAX);

export const taskSchema = z.strictObject({
  account: uint32Field,
  session: bytes32Field,
  seq: uint32Field,
  modelId: bytes32Field,
  promptCommit: bytes32Field,
  paramsHash: bytes32Field,
  maxIn: promptTokensField,
  maxOut: outputTokensField,
  feeCapWei: weiField,
  deadline: uint64Field,
  userNonce: bytes32Field,
  privacy: z.enum(PRIVACIES),
  redundancy: z.int().min(1).max(REDUNDANCY_MAX),
}) satisfies z.ZodType<Task>;

export const assignmentSchema = z.strictObject({
  taskId: bytes32Field,
  miner: addressField,
  replica: uint8Field,
  segment: uint16Field,
  from: outputTokensField,
  kernelClass: bytes32Field,
  epoch: uint64Field,
  expires: uint64Field,
  weiPerTokenIn: weiField,
  weiPerTokenOut: weiField,
}) satisfies z.ZodType<Assignment>;

/** A checkpoint, and an acknowledgement: the same fields. */
export const checkpointSchema = z.strictObject({
  taskId: bytes32Field,
  miner: addressField,
  replica: uint8Field,
  segment: uint16Field,
  position: outputTokensField,
  tokenRoot: bytes32Field,
}) satisfies z.ZodType<Checkpoint>;

export const resultSchema = z
  .strictObject({
    taskId: bytes32Field,
    miner: addressField,
    replica: uint8Field,
    segment: uint16Field,
    from: outputTokensField,
    to: outputTokensField,
    tokenRoot: bytes32Field,
    fpRoot: bytes32Field,
    recipeHash: bytes32Field,
    outCommit: bytes32Field,
    nIn: promptTokensField,
    nOut: outputTokensField,
    finish: z.enum(FINISH_REASONS),
    kernelClass: bytes32Field,
    tFirstMs: uint32Field,
    tTotalMs: uint32Field,
  })
  .refine((result) => result.to - result.from === result.nOut, "nOut is not to − from") satisfies z.ZodType<Result>;

/** What a result's `recipeHash` stands for. */
export const recipeSchema = z
  .array(z.strictObject({ kind: z.enum(["prefill", "decode"]), tokens: uint32Field }))
  .max(RECIPE_STEPS_MAX);

export const receiptSchema = z.strictObject({
  taskId: bytes32Field,
  account: uint32Field,
  operator: addressField,
  resultsHash: bytes32Field,
  payeesHash: bytes32Field,
  feeWei: weiField,
  nIn: uint32Field,
  nOut: uint32Field,
  custody: z.enum(CUSTODIES),
  finish: z.enum(FINISH_REASONS),
  epoch: uint64Field,
  splitsHash: bytes32Field,
}) satisfies z.ZodType<Receipt>;

export const creditNoteSchema = z.strictObject({
  operator: addressField,
  payee: addressField,
  cumulativeWei: weiField,
  receiptsRoot: bytes32Field,
  count: uint32Field,
  epoch: uint64Field,
}) satisfies z.ZodType<CreditNote>;

export const paidSegmentSchema = z.strictObject({
  taskId: bytes32Field,
  replica: uint8Field,
  segment: uint16Field,
  netWei: weiField,
}) satisfies z.ZodType<PaidSegment>;

export const payeeSchema = z.strictObject({
  miner: addressField,
  replica: uint8Field,
  segment: uint16Field,
  from: outputTokensField,
  to: outputTokensField,
  wei: weiField,
}) satisfies z.ZodType<Payee>;

export const debitSchema = z.strictObject({
  account: uint32Field,
  lane: addressField,
  cumulativeWei: weiField,
  receiptsRoot: bytes32Field,
  count: uint32Field,
  epoch: uint64Field,
}) satisfies z.ZodType<Debit>;

export const signedDebitSchema = z.strictObject({
  debit: debitSchema,
  signature: signatureField,
}) satisfies z.ZodType<SignedDebit>;

export const batchSchema = z.strictObject({
  root: bytes32Field,
  count: z.int().min(1).max(BATCH_LEAVES_MAX),
  sequence: uint64Field,
}) satisfies z.ZodType<Batch>;

export const signedBatchSchema = z.strictObject({
  batch: batchSchema,
  signer: addressField,
  signature: signatureField,
}) satisfies z.ZodType<SignedBatch>;

export const merklePathSchema = z.array(bytes32Field).max(MERKLE_PATH_MAX);

export const batchProofSchema = z.strictObject({
  ...signedBatchSchema.shape,
  path: merklePathSchema,
}) satisfies z.ZodType<BatchProof>;
