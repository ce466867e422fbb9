import type { Address, Bytes32, SegmentBody } from "@cortensor/protocol";

const SOME_HASH: Bytes32 = `0x${"5e".repeat(32)}`;
const MINER: Address = `0x${"33".repeat(20)}`;

/** Evidence of a task, well formed; nothing of it is proved. */
export const SOME_BODY: SegmentBody = {
  task: {
    account: 7,
    session: SOME_HASH,
    seq: 1,
    modelId: SOME_HASH,
    promptCommit: SOME_HASH,
    paramsHash: SOME_HASH,
    maxIn: 100,
    maxOut: 10,
    feeCapWei: 12_345n,
    deadline: 1_700_000_000,
    userNonce: SOME_HASH,
    privacy: "open",
    redundancy: 1,
  },
  prompt: { kind: "chat", messages: [{ role: "user", content: "say: it" }] },
  promptSalt: SOME_HASH,
  params: {
    temperature: 1,
    topK: 40,
    topP: 1,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: { 3: -100 },
    stop: ["."],
    maxTokens: 10,
    userSeed: -7n,
  },
  committed: [],
  contextTokens: 2_048,
  result: {
    taskId: SOME_HASH,
    miner: MINER,
    replica: 0,
    segment: 0,
    from: 0,
    to: 1,
    tokenRoot: SOME_HASH,
    fpRoot: SOME_HASH,
    recipeHash: SOME_HASH,
    outCommit: SOME_HASH,
    nIn: 5,
    nOut: 1,
    finish: "stop",
    kernelClass: SOME_HASH,
    tFirstMs: 1,
    tTotalMs: 2,
  },
  recipe: [{ kind: "prefill", tokens: 5 }],
  fingerprint: Uint8Array.from({ length: 28 }, (_, at) => at),
};
