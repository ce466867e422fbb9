export type { Assignment } from "./assignment.js";
export { BATCH_INTERVAL_MS, BATCH_LEAVES_MAX, type Batch, type BatchProof, type SignedBatch } from "./batch.js";
export { type Acknowledgement, CHECKPOINT_TOKENS, type Checkpoint } from "./checkpoint.js";
export type { Debit, SignedDebit } from "./debit.js";
export type { ChatMessage, InferenceRequest, Prompt, SamplingParams } from "./inferenceRequest.js";
export type { Address, Branded, Bytes32, EpochId, Hex, UnixSeconds } from "./primitives.js";
export { CUSTODIES, type Custody, type Payee, type Receipt } from "./receipt.js";
export { FINISH_REASONS, type FinishReason, type RecipeStep, type Result } from "./result.js";
export type { Privacy, Task } from "./task.js";
