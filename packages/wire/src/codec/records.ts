import {
  type Assignment,
  type Batch,
  type BatchProof,
  type ChatMessage,
  type Checkpoint,
  type CreditNote,
  CUSTODIES,
  FINISH_REASONS,
  HOSTED_DOCUMENTS_MAX,
  HOSTED_PLACE_CHARS_MAX,
  type HostedDocument,
  LOGIT_BIAS_MAX,
  MERKLE_PATH_MAX,
  PAYEES_MAX,
  type Payee,
  PRIVACIES,
  PROMPT_BYTES_MAX,
  PROMPT_MESSAGES_MAX,
  type Prompt,
  RECIPE_STEPS_MAX,
  type Receipt,
  type RecipeStep,
  type Result,
  type SamplingParams,
  type SignedBatch,
  STOP_TEXT_BYTES_MAX,
  STOP_TEXTS_MAX,
  type Task,
} from "@cortensor/protocol";
import { malformed, unencodable } from "./codecError.js";
import {
  address,
  bytes32,
  type Field,
  float64,
  int64,
  list,
  signature,
  text,
  uint8,
  uint16,
  uint32,
  uint53,
  uint96,
  word,
} from "./field.js";
import { struct, union } from "./struct.js";

/** A name or a code. */
export const NAME_BYTES_MAX = 256;
/** A reason in words: a sentence or two. */
export const DETAIL_BYTES_MAX = 1_024;

export const task = struct<Task>({
  account: uint32,
  session: bytes32,
  seq: uint53,
  modelId: bytes32,
  promptCommit: bytes32,
  paramsHash: bytes32,
  maxIn: uint32,
  maxOut: uint32,
  feeCapWei: uint96,
  deadline: uint53,
  userNonce: bytes32,
  privacy: word(PRIVACIES),
  redundancy: uint8,
});

export const assignment = struct<Assignment>({
  taskId: bytes32,
  miner: address,
  replica: uint8,
  segment: uint16,
  from: uint32,
  kernelClass: bytes32,
  epoch: uint53,
  expires: uint53,
  weiPerTokenIn: uint96,
  weiPerTokenOut: uint96,
});

export const checkpoint = struct<Checkpoint>({
  taskId: bytes32,
  miner: address,
  replica: uint8,
  segment: uint16,
  position: uint32,
  tokenRoot: bytes32,
});

export const finishReason = word(FINISH_REASONS);

export const result = struct<Result>({
  taskId: bytes32,
  miner: address,
  replica: uint8,
  segment: uint16,
  from: uint32,
  to: uint32,
  tokenRoot: bytes32,
  fpRoot: bytes32,
  recipeHash: bytes32,
  outCommit: bytes32,
  nIn: uint32,
  nOut: uint32,
  finish: finishReason,
  kernelClass: bytes32,
  tFirstMs: uint32,
  tTotalMs: uint32,
});

export const recipe = list(struct<RecipeStep>({ kind: word(["prefill", "decode"]), tokens: uint32 }), RECIPE_STEPS_MAX);

export const receipt = struct<Receipt>({
  taskId: bytes32,
  account: uint32,
  operator: address,
  resultsHash: bytes32,
  payeesHash: bytes32,
  feeWei: uint96,
  nIn: uint32,
  nOut: uint32,
  custody: word(CUSTODIES),
  finish: finishReason,
  epoch: uint53,
  splitsHash: bytes32,
});

export const creditNote = struct<CreditNote>({
  operator: address,
  payee: address,
  cumulativeWei: uint96,
  receiptsRoot: bytes32,
  count: uint32,
  epoch: uint53,
});

export const payees = list(
  struct<Payee>({ miner: address, replica: uint8, segment: uint16, from: uint32, to: uint32, wei: uint96 }),
  PAYEES_MAX,
);

const batch = struct<Batch>({ root: bytes32, count: uint32, sequence: uint53 });
export const signedBatch = struct<SignedBatch>({ batch, signer: address, signature });
export const proofPath = list(bytes32, MERKLE_PATH_MAX);
export const batchProof = struct<BatchProof>({ batch, signer: address, signature, path: proofPath });

const chatMessage = struct<ChatMessage>({
  role: word(["system", "user", "assistant"]),
  content: text(PROMPT_BYTES_MAX),
});

const placeText = text(HOSTED_PLACE_CHARS_MAX);
const hostedDocument = struct<HostedDocument>(
  {
    message: uint32,
    sha256: bytes32,
    bytes: uint32,
    place: union<HostedDocument["place"]>({
      url: { tag: 1, field: struct({ url: placeText }) },
      cid: { tag: 2, field: struct({ cid: placeText }) },
    }),
    text: text(PROMPT_BYTES_MAX),
  },
  ["text"],
);

export const prompt = union<Prompt>({
  chat: {
    tag: 1,
    field: struct<Omit<Extract<Prompt, { readonly kind: "chat" }>, "kind">>(
      { messages: list(chatMessage, PROMPT_MESSAGES_MAX), documents: list(hostedDocument, HOSTED_DOCUMENTS_MAX) },
      ["documents"],
    ),
  },
  text: { tag: 2, field: struct({ text: text(PROMPT_BYTES_MAX) }) },
});

/** Token id → bias, in ascending order of id: one encoding for one map. */
const logitBias: Field<Readonly<Record<number, number>>> = {
  write: (writer, value) => {
    const entries = Object.entries(value);
    if (entries.length > LOGIT_BIAS_MAX) throw unencodable(`at most ${LOGIT_BIAS_MAX} biases`, `${entries.length}`);
    writer.varint(entries.length);
    for (const [id, bias] of entries) {
      writer.u32(Number(id));
      writer.f64(bias);
    }
  },
  read: (reader) => {
    const count = reader.count(LOGIT_BIAS_MAX);
    const value: Record<number, number> = {};
    let least = 0;
    for (let index = 0; index < count; index += 1) {
      const id = reader.u32();
      if (id < least) throw malformed("biases are not in ascending order");
      least = id + 1;
      value[id] = reader.f64();
    }
    return value;
  },
};

export const samplingParams = struct<SamplingParams>(
  {
    temperature: float64,
    topK: uint32,
    topP: float64,
    minP: float64,
    presencePenalty: float64,
    frequencyPenalty: float64,
    logitBias,
    stop: list(text(STOP_TEXT_BYTES_MAX), STOP_TEXTS_MAX),
    maxTokens: uint32,
    userSeed: int64,
  },
  ["userSeed"],
);
