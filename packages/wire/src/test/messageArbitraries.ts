import {
  type Address,
  type Assignment,
  type BatchProof,
  type Bytes32,
  type Checkpoint,
  CUSTODIES,
  FINISH_REASONS,
  type Hex,
  type Payee,
  PRIVACIES,
  PROBE_TOKENS_MAX,
  type Prompt,
  type Receipt,
  type RecipeStep,
  type Result,
  type SamplingParams,
  type SegmentBody,
  type Task,
} from "@cortensor/protocol";
import fc from "fast-check";
import {
  CHECK_REFUSALS,
  CHECK_VERDICTS,
  type FromMiner,
  type Notices,
  PROBE_REFUSALS,
  REPLAY_DIFFERENCES,
  type ToMiner,
} from "../messages.js";

const hex = (bytes: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw): Hex => `0x${Buffer.from(raw).toString("hex")}`);
const bytes32: fc.Arbitrary<Bytes32> = hex(32);
const address: fc.Arbitrary<Address> = hex(20);
const uint8 = fc.integer({ min: 0, max: 0xff });
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const uint53 = fc.maxSafeNat();
const uint96 = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const real = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Well-formed: a lone surrogate has no UTF-8. */
const text = fc.string({ unit: "binary", maxLength: 40 });
const ids = fc.array(uint32, { maxLength: 20 });

const task: fc.Arbitrary<Task> = fc.record({
  account: uint32,
  session: bytes32,
  seq: uint32,
  modelId: bytes32,
  promptCommit: bytes32,
  paramsHash: bytes32,
  maxIn: uint32,
  maxOut: uint32,
  feeCapWei: uint96,
  deadline: uint53,
  userNonce: bytes32,
  privacy: fc.constantFrom(...PRIVACIES),
  redundancy: uint8,
});
const assignment: fc.Arbitrary<Assignment> = fc.record({
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
const checkpoint: fc.Arbitrary<Checkpoint> = fc.record({
  taskId: bytes32,
  miner: address,
  replica: uint8,
  segment: uint16,
  position: uint32,
  tokenRoot: bytes32,
});
const finish = fc.constantFrom(...FINISH_REASONS);
const result: fc.Arbitrary<Result> = fc.record({
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
  finish,
  kernelClass: bytes32,
  tFirstMs: uint32,
  tTotalMs: uint32,
});
const recipe: fc.Arbitrary<readonly RecipeStep[]> = fc.array(
  fc.record({ kind: fc.constantFrom<RecipeStep["kind"]>("prefill", "decode"), tokens: uint32 }),
  { maxLength: 5 },
);
const prompt: fc.Arbitrary<Prompt> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text }),
  fc.record({
    kind: fc.constant("chat" as const),
    messages: fc.array(
      fc.record({ role: fc.constantFrom("system" as const, "user" as const, "assistant" as const), content: text }),
      { maxLength: 4 },
    ),
  }),
);
const params: fc.Arbitrary<SamplingParams> = fc.record(
  {
    temperature: real,
    topK: uint32,
    topP: real,
    minP: real,
    presencePenalty: real,
    frequencyPenalty: real,
    logitBias: fc.dictionary(uint32.map(String), real, { maxKeys: 5, noNullPrototype: true }),
    stop: fc.array(text, { maxLength: 4 }),
    maxTokens: uint32,
    userSeed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  },
  {
    requiredKeys: [
      "temperature",
      "topK",
      "topP",
      "minP",
      "presencePenalty",
      "frequencyPenalty",
      "logitBias",
      "stop",
      "maxTokens",
    ],
  },
);
const signed = {
  batch: fc.record({ root: bytes32, count: uint32, sequence: uint53 }),
  signer: address,
  signature: hex(65),
};
const path = fc.array(bytes32, { maxLength: 20 });
const proof: fc.Arbitrary<BatchProof> = fc.record({ ...signed, path });
const payee: fc.Arbitrary<Payee> = fc.record({
  miner: address,
  replica: uint8,
  segment: uint16,
  from: uint32,
  to: uint32,
  wei: uint96,
});
const receipt: fc.Arbitrary<Receipt> = fc.record({
  taskId: bytes32,
  account: uint32,
  operator: address,
  resultsHash: bytes32,
  payeesHash: bytes32,
  feeWei: uint96,
  nIn: uint32,
  nOut: uint32,
  custody: fc.constantFrom(...CUSTODIES),
  finish,
  epoch: uint53,
  splitsHash: bytes32,
});
const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

const body: fc.Arbitrary<SegmentBody> = fc.record({
  task,
  prompt,
  promptSalt: bytes32,
  params,
  committed: ids,
  contextTokens: uint32,
  result,
  recipe,
  fingerprint: fc.uint8Array({ maxLength: 60 }),
});

export const toMiner: fc.Arbitrary<ToMiner> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("start" as const),
      task,
      assignment,
      prompt,
      promptSalt: bytes32,
      params,
      seedSource: bytes32,
      warmTag: bytes32,
      committed: ids,
    },
    { requiredKeys: ["kind", "task", "assignment", "prompt", "promptSalt", "params", "warmTag", "committed"] },
  ),
  fc.record({
    kind: fc.constant("startEmbedding" as const),
    task,
    assignment,
    texts: fc.array(text, { maxLength: 4 }),
    promptSalt: bytes32,
  }),
  fc.record({ kind: fc.constant("acknowledged" as const), acknowledgement: checkpoint }),
  fc.record({ kind: fc.constant("abort" as const), reason: text }),
  fc.record(
    {
      kind: fc.constant("probe" as const),
      challenge: bytes32,
      modelId: bytes32,
      kernelClass: bytes32,
      statement: fc.record({ sealed: hex(80), nonce: uint53, deadline: uint53, expires: uint53 }),
    },
    { requiredKeys: ["kind", "challenge", "modelId", "kernelClass"] },
  ),
  fc.record({ kind: fc.constant("showBody" as const), address: bytes32 }),
  fc.record({ kind: fc.constant("check" as const), body, epoch: uint53 }),
  fc.record({ kind: fc.constant("showAnswer" as const), taskId: bytes32 }),
  fc.record({
    kind: fc.constant("startSealed" as const),
    task,
    assignment,
    seedSource: bytes32,
    warmTag: bytes32,
    committed: uint32,
    envelope: fc.uint8Array({ maxLength: 60 }),
  }),
);

export const fromMiner: fc.Arbitrary<FromMiner> = fc.oneof(
  fc.record({ kind: fc.constant("accepted" as const), nIn: uint32 }),
  fc.record({
    kind: fc.constant("refused" as const),
    code: fc.constantFrom("busy" as const, "owedTooMuch" as const, "bondTooSmall" as const),
    detail: text,
  }),
  fc.record(
    {
      kind: fc.constant("tokens" as const),
      from: uint32,
      ids,
      text,
      cuts: fc.array(uint32, { maxLength: 20 }),
      logprobs: fc.array(float32, { maxLength: 20 }),
    },
    { requiredKeys: ["kind", "from", "ids", "text"] },
  ),
  fc.record({ kind: fc.constant("checkpoint" as const), checkpoint }),
  fc.record({
    kind: fc.constant("vectors" as const),
    vectors: fc.array(
      fc.array(float32, { maxLength: 8 }).map((values) => Float32Array.from(values)),
      { maxLength: 3 },
    ),
    tokens: uint32,
  }),
  fc.record({ kind: fc.constant("committedMismatch" as const), position: uint32 }),
  fc.record({ kind: fc.constant("result" as const), result, recipe, finish, text }),
  fc.record({ kind: fc.constant("failed" as const), code: text, detail: text }),
  fc.record(
    {
      kind: fc.constant("probed" as const),
      result,
      recipe,
      ids: fc.array(uint32, { maxLength: PROBE_TOKENS_MAX }),
      text,
      proof: fc.record({ secret: bytes32, signature: hex(65) }),
    },
    { requiredKeys: ["kind", "result", "recipe", "ids", "text"] },
  ),
  fc.record({ kind: fc.constant("declined" as const), code: fc.constantFrom(...PROBE_REFUSALS) }),
  fc.record({ kind: fc.constant("body" as const), body }),
  fc.record({ kind: fc.constant("noBody" as const) }),
  fc.record({ kind: fc.constant("answer" as const), result, text }),
  fc.record({ kind: fc.constant("noAnswer" as const) }),
  fc.record({ kind: fc.constant("sealedOpening" as const), opening: fc.uint8Array({ maxLength: 120 }) }),
  fc.record({ kind: fc.constant("sealedFrame" as const), frame: fc.uint8Array({ maxLength: 60 }), position: uint32 }),
  fc.record({ kind: fc.constant("sealedResult" as const), result, recipe }),
  fc.record(
    {
      kind: fc.constant("checked" as const),
      verdict: fc.constantFrom(...CHECK_VERDICTS),
      differs: fc.record({ what: fc.constantFrom(...REPLAY_DIFFERENCES), position: uint32 }),
    },
    { requiredKeys: ["kind", "verdict"] },
  ),
  fc.record({ kind: fc.constant("checkDeclined" as const), code: fc.constantFrom(...CHECK_REFUSALS) }),
);

type NoticeCase = {
  readonly [Topic in keyof Notices]: { readonly topic: Topic; readonly body: Notices[Topic] };
}[keyof Notices];

const offered = fc.record({
  model: text,
  modelId: bytes32,
  quantisation: text,
  kernelClass: bytes32,
  contextTokens: uint32,
  tokensPerSecond: real,
  sequences: uint32,
  canEmbed: fc.boolean(),
  canScore: fc.boolean(),
  weiPerTokenIn: uint96,
  weiPerTokenOut: uint96,
});

export const notice: fc.Arbitrary<NoticeCase> = fc.oneof(
  fc.record({
    topic: fc.constant("advertisement" as const),
    body: fc.record({ models: fc.array(offered, { maxLength: 3 }), capacity: uint32, running: uint32, queued: uint32 }),
  }),
  fc.record({
    topic: fc.constant("batch" as const),
    body: fc.record({
      signed: fc.record(signed),
      from: uint32,
      leaves: fc.array(bytes32, { maxLength: 3 }),
      siblings: path,
    }),
  }),
  fc.record({
    topic: fc.constant("receipt" as const),
    body: fc.record({ receipt, payees: fc.array(payee, { maxLength: 4 }), proof }),
  }),
  fc.record({
    topic: fc.constant("receipts" as const),
    body: fc.record({
      receipts: fc.array(fc.record({ receipt, payees: fc.array(payee, { maxLength: 4 }) }), { maxLength: 3 }),
    }),
  }),
  fc.record({
    topic: fc.constant("note" as const),
    body: fc.record({
      note: fc.record({
        operator: address,
        payee: address,
        cumulativeWei: uint96,
        receiptsRoot: bytes32,
        count: uint32,
        epoch: uint53,
      }),
      proof,
    }),
  }),
  fc.record({
    topic: fc.constant("unpaid" as const),
    body: fc.record({ taskId: bytes32, miner: address, replica: uint8, segment: uint16, code: text }),
  }),
  fc.record({ topic: fc.constant("queued" as const), body: fc.record({ taskId: bytes32 }) }),
  fc.record({
    topic: fc.constant("prekeys" as const),
    body: fc.record({ bundles: fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 2 }) }),
  }),
  fc.record({
    topic: fc.constant("reoffer" as const),
    body: fc.record(
      {
        task,
        result,
        recipe,
        assignment,
        assignmentProof: proof,
        acknowledged: fc.record({ acknowledgement: checkpoint, proof }),
      },
      { requiredKeys: ["task", "result", "recipe", "assignment"] },
    ),
  }),
);
