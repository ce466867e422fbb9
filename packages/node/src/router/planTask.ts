import type { Caller, ModelCard } from "@cortensor/api";
import type { BookedSession } from "@cortensor/books";
import {
  type Address,
  type Assignment,
  type Bytes32,
  chargedPrices,
  hashTask,
  type InferenceRequest,
  maxPromptTokens,
  type Prices,
  paramsHash,
  priceWei,
  promptCommit,
  type SamplingParams,
  type SessionClass,
  type SessionTerms,
  seedSource,
  type Task,
  textsCommit,
  type UnixSeconds,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { ModelEntry } from "./minerBoard.js";

/** Most bytes that one token stands for on average, over a whole prompt: beyond it no tokenizer makes the prompt fit. */
const BYTES_PER_TOKEN_MAX = 64;
/** An assignment that isn't taken up within this is void. */
const ASSIGNMENT_SECONDS = 30;

/** What a task is priced by. Fixed when its fee is held, whatever miners offer or the session says later. */
export type Pricing = {
  /** The most that a token of the model may cost, before surcharges. */
  readonly model: Prices;
  readonly terms: SessionTerms;
};

/** A task as the router binds it, before anyone is asked. */
export type TaskPlan = {
  readonly taskId: Bytes32;
  readonly task: Task;
  readonly caller: Caller;
  readonly sessionClass: SessionClass;
  readonly model: string;
  readonly terms: SessionTerms;
  readonly promptSalt: Bytes32;
  readonly epoch: number;
  readonly startedAtMs: number;
};

export type PlanParts = {
  readonly caller: Caller;
  readonly session: Pick<BookedSession, "session" | "sessionClass">;
  readonly seq: number;
  readonly salt: Bytes32;
  readonly userNonce: Bytes32;
  readonly entry: ModelEntry;
  readonly terms: SessionTerms;
  readonly epoch: number;
  readonly nowMs: number;
  readonly deadline: UnixSeconds;
};

/** Most tokens and the largest fee of a request: what is held before any work. */
export type TaskSize = { readonly maxIn: number; readonly maxOut: number; readonly feeCapWei: bigint };

/** What a size is taken by: the model's context, and the prices. */
export type SizeParts = { readonly card: Pick<ModelCard, "contextTokens">; readonly pricing: Pricing };

/** Undefined when the prompt can't fit the model's context, whatever its tokenizer. */
export function sizeOfRequest(request: InferenceRequest, { card, pricing }: SizeParts): TaskSize | undefined {
  const bytes = maxPromptTokens(request.prompt);
  if (bytes > card.contextTokens * BYTES_PER_TOKEN_MAX) return undefined;
  const maxIn = Math.min(bytes, card.contextTokens);
  const maxOut = Math.min(request.params.maxTokens, card.contextTokens);
  return { maxIn, maxOut, feeCapWei: priceWei({ ...pricing, nIn: maxIn, nOut: maxOut }) };
}

/** The same for texts to embed: no output is charged. */
export function sizeOfTexts(texts: readonly string[], { card, pricing }: SizeParts): TaskSize | undefined {
  let maxIn = 0;
  for (const text of texts) {
    const bytes = maxPromptTokens({ kind: "text", text });
    if (bytes > card.contextTokens * BYTES_PER_TOKEN_MAX) return undefined;
    maxIn += Math.min(bytes, card.contextTokens);
  }
  return { maxIn, maxOut: 0, feeCapWei: priceWei({ ...pricing, nIn: maxIn, nOut: 0 }) };
}

export function planInference(request: InferenceRequest, size: TaskSize, parts: PlanParts): TaskPlan {
  return plan(size, parts, {
    promptCommit: promptCommit(parts.salt, request.prompt),
    paramsHash: paramsHash(request.params),
  });
}

/** An embedding has no sampling parameters: their hash is zero. */
export function planEmbedding(texts: readonly string[], size: TaskSize, parts: PlanParts): TaskPlan {
  return plan(size, parts, { promptCommit: textsCommit(parts.salt, texts), paramsHash: ZERO_BYTES32 });
}

function plan(size: TaskSize, parts: PlanParts, hashes: Pick<Task, "promptCommit" | "paramsHash">): TaskPlan {
  const { entry, terms } = parts;
  const { card } = entry;
  const task: Task = {
    account: parts.caller.account,
    session: parts.session.session,
    seq: parts.seq,
    modelId: card.modelId,
    ...hashes,
    ...size,
    deadline: parts.deadline,
    userNonce: parts.userNonce,
    privacy: terms.privacy,
    redundancy: terms.redundant,
  };
  return bindTask(task, parts);
}

/** A task whose every field is given: as its client put it into the session queue, or as it was planned here. */
export function bindTask(
  task: Task,
  parts: Pick<PlanParts, "caller" | "session" | "salt" | "entry" | "terms" | "epoch" | "nowMs">,
): TaskPlan {
  return {
    taskId: hashTask(task),
    task,
    caller: parts.caller,
    sessionClass: parts.session.sessionClass,
    model: parts.entry.card.id,
    terms: parts.terms,
    promptSalt: parts.salt,
    epoch: parts.epoch,
    startedAtMs: parts.nowMs,
  };
}

/** Where the sampler's randomness comes from; undefined with a user's seed, whose source only the miner can compute. */
export function seedSourceOf(taskPlan: TaskPlan, params: SamplingParams, beacon: Bytes32): Bytes32 | undefined {
  if (params.userSeed !== undefined) return undefined;
  return seedSource({ taskId: taskPlan.taskId, userNonce: taskPlan.task.userNonce, beacon });
}

/** The offer's prices, with the session's surcharges, are those that its miner is paid by. */
export function assignmentOf(
  taskPlan: Pick<TaskPlan, "taskId" | "task" | "terms" | "epoch">,
  parts: Prices & {
    readonly miner: Address;
    readonly kernelClass: Bytes32;
    readonly replica: number;
    readonly segment: number;
    readonly from: number;
    readonly nowSeconds: UnixSeconds;
  },
): Assignment {
  return {
    taskId: taskPlan.taskId,
    miner: parts.miner,
    replica: parts.replica,
    segment: parts.segment,
    from: parts.from,
    kernelClass: parts.kernelClass,
    epoch: taskPlan.epoch,
    expires: Math.min(parts.nowSeconds + ASSIGNMENT_SECONDS, taskPlan.task.deadline),
    ...chargedPrices(parts, taskPlan.terms),
  };
}
