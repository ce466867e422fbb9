import { paramsHash } from "../canonicalParams.js";
import { promptCommit, recipeHash } from "../commit.js";
import { encodeFingerprint, fingerprintRootOf } from "../fingerprint.js";
import type { Prompt, SamplingParams } from "../inferenceRequest.js";
import type { SegmentBody } from "../segmentBody.js";
import { hashTask } from "../structHash.js";
import type { Task } from "../task.js";
import { tokenRootOf } from "../tokenRoot.js";

const word = (byte: string) => `0x${byte.repeat(32)}` as const;

/** The body of an honest segment of three tokens, behind none. */
export function aBody(changes: Partial<SamplingParams> = {}): SegmentBody {
  const prompt: Prompt = { kind: "chat", messages: [{ role: "user", content: "What is a miner?" }] };
  const neutral = { topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: { 7: -3 }, stop: ["\n\n"] };
  const params: SamplingParams = { temperature: 1, topK: 40, maxTokens: 64, ...neutral, ...changes };
  const promptSalt = word("5a");
  const task: Task = {
    account: 7,
    session: word("01"),
    seq: 3,
    modelId: word("02"),
    promptCommit: promptCommit(promptSalt, prompt),
    paramsHash: paramsHash(params),
    maxIn: 100,
    maxOut: 64,
    feeCapWei: 10n ** 18n,
    deadline: 1_800_000_000,
    userNonce: word("03"),
    privacy: "open",
    redundancy: 1,
  };
  const fingerprint = [11, 12, 13].map((id) => ({ id, top: [{ id, logprob: -0.5 }] }));
  const recipe = [
    { kind: "prefill", tokens: 9 },
    { kind: "decode", tokens: 2 },
  ] as const;
  const result = {
    taskId: hashTask(task),
    miner: `0x${"22".repeat(20)}`,
    replica: 0,
    segment: 0,
    from: 0,
    to: 3,
    tokenRoot: tokenRootOf([11, 12, 13]),
    fpRoot: fingerprintRootOf(fingerprint),
    recipeHash: recipeHash(recipe),
    outCommit: word("04"),
    nIn: 9,
    nOut: 3,
    finish: "stop",
    kernelClass: word("05"),
    tFirstMs: 1,
    tTotalMs: 2,
  } as const;
  const encoded = encodeFingerprint(fingerprint);
  return { task, prompt, promptSalt, params, committed: [], contextTokens: 512, result, recipe, fingerprint: encoded };
}
