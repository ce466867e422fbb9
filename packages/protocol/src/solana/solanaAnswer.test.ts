import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, utf8ToBytes } from "../bytes.js";
import { canonicalParams, paramsHash } from "../canonicalParams.js";
import { outCommit, promptCommit, resultsHash } from "../commit.js";
import type { InferenceRequest } from "../inferenceRequest.js";
import type { Result } from "../result.js";
import { setEntryId } from "../settlementSet.js";
import { hashResult, hashTask } from "../structHash.js";
import type { Task } from "../task.js";
import { aKey } from "../test/aSolanaDeposit.js";
import {
  type AnsweredTask,
  judgeSolanaAnswer,
  readSolanaAnswer,
  type SettledTasks,
  solanaTaskNonce,
} from "./judgeSolanaAnswer.js";
import {
  decodeSolanaAnswer,
  encodeSolanaAnswer,
  SOLANA_ANSWER_HEAD_BYTES,
  type SolanaAnswer,
  solanaResultHash,
} from "./solanaAnswer.js";
import { solanaFeeCapWei, solanaFeeOf } from "./solanaFee.js";
import { decodeSolanaRequest, encodeSolanaRequest } from "./solanaRequest.js";
import { splitSolanaPlan } from "./solanaShares.js";

const ACCOUNT = aKey("account");
const OPENED_AT = 1_690_000_000;
const NONCE = solanaTaskNonce({ account: ACCOUNT, openedAt: OPENED_AT });
const SALT = aKey("salt");
const WEI = 10n ** 9n;
const SHARES = { routerBps: 1_000, networkBps: 500 };
const greedy = { temperature: 0, topK: 1, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 };
const REQUEST: InferenceRequest = {
  modelId: aKey("model"),
  prompt: { kind: "chat", messages: [{ role: "user", content: "why?" }] },
  params: canonicalParams({ ...greedy, logitBias: {}, stop: [], maxTokens: 8 }),
};
const TASK: Task = {
  ...{ account: 7, session: aKey("session"), seq: 3, modelId: REQUEST.modelId, maxIn: 9, maxOut: 8 },
  ...{ promptCommit: promptCommit(SALT, REQUEST.prompt), paramsHash: paramsHash(REQUEST.params) },
  ...{ feeCapWei: 5n * WEI, deadline: 1_700_000_000, userNonce: NONCE, privacy: "open", redundancy: 1 },
};

function answerOf(
  text: string,
  change: { readonly task?: Partial<Task>; readonly result?: Partial<Result> } = {},
): SolanaAnswer {
  const task = { ...TASK, ...change.task };
  const taskId = hashTask(task);
  const roots = {
    tokenRoot: aKey("tokens"),
    fpRoot: aKey("prints"),
    recipeHash: aKey("recipe"),
    kernelClass: aKey("class"),
  };
  const place = { replica: 0, segment: 0, from: 0, to: 4, nIn: 5, nOut: 4, tFirstMs: 10, tTotalMs: 20 } as const;
  const result = {
    taskId,
    miner: `0x${"ab".repeat(20)}`,
    ...place,
    ...roots,
    finish: "stop",
    outCommit: outCommit(taskId, utf8ToBytes(text)),
  } as const;
  return { task, promptSalt: SALT, result: { ...result, ...change.result }, text };
}

function accountOf(answer: Uint8Array, change: Partial<AnsweredTask> = {}): AnsweredTask {
  const money = { amount: 10n, fee: 2n, decimals: 9, shares: SHARES };
  const bytes = { request: encodeSolanaRequest(REQUEST), answer, resultHash: solanaResultHash(ACCOUNT, answer) };
  return { account: ACCOUNT, openedAt: OPENED_AT, ...bytes, ...money, ...change };
}

function settledAs({ result }: SolanaAnswer, change: { readonly feeWei?: bigint } = {}): SettledTasks {
  const entry = { resultsHash: resultsHash([hashResult(result)]), feeWei: WEI, ...change };
  return new Map([[setEntryId(result.taskId), entry]]);
}

describe("an answer in a task's account", () => {
  it("is read back as it was written, whatever its text is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.nat(2 ** 31), (text, nIn) => {
        const answer = answerOf(text, { result: { nIn } });
        const bytes = encodeSolanaAnswer(answer);
        expect(bytes.length).toBe(SOLANA_ANSWER_HEAD_BYTES + utf8ToBytes(text).length);
        expect(decodeSolanaAnswer(bytes)).toEqual(answer);
      }),
      { numRuns: 100 },
    );
    expect(decodeSolanaRequest(encodeSolanaRequest(REQUEST))).toEqual(REQUEST);
  });

  it("is refused too long, cut short, or with what is no text", () => {
    expect(() => encodeSolanaAnswer(answerOf("x".repeat(4_096)))).toThrow("PROTOCOL_BAD_RECORD");
    const bytes = encodeSolanaAnswer(answerOf("x"));
    for (const bad of [bytes.subarray(0, SOLANA_ANSWER_HEAD_BYTES - 1), concatBytes(bytes, Uint8Array.of(0xff))])
      expect(() => decodeSolanaAnswer(bad)).toThrow("PROTOCOL_BAD_RECORD");
    const long = { ...REQUEST, prompt: { kind: "text", text: "x".repeat(700) } } as const;
    expect(() => encodeSolanaRequest(long)).toThrow("a transaction holds 700");
  });

  it("is attested when the network settled it so, and waits until then", () => {
    const answer = answerOf("because");
    const account = accountOf(encodeSolanaAnswer(answer));
    expect(judgeSolanaAnswer(account, new Map())).toBe("waiting");
    expect(judgeSolanaAnswer(account, settledAs(answer))).toBe("attested");
  });

  it.each([
    ["another account", { task: { userNonce: solanaTaskNonce({ account: aKey("other"), openedAt: OPENED_AT }) } }],
    ["an account, whatever is opened there", { task: { userNonce: ACCOUNT } }],
    ["another model", { task: { modelId: aKey("other") } }],
    ["another prompt", { task: { promptCommit: aKey("other") } }],
    ["other parameters", { task: { paramsHash: aKey("other") } }],
    ["a part of an answer", { result: { to: 5 } }],
    ["one copy of several", { result: { replica: 1 } }],
  ] as const)("is refused when it was made for %s", (_what, change) => {
    const answer = answerOf("because", change);
    expect(judgeSolanaAnswer(accountOf(encodeSolanaAnswer(answer)), settledAs(answer))).toBe("refused");
  });

  it("is refused where the account was closed and holds a later task, which asks the same", () => {
    const answer = answerOf("because");
    const later = accountOf(encodeSolanaAnswer(answer), { openedAt: OPENED_AT + 1 });
    expect(judgeSolanaAnswer(later, settledAs(answer))).toBe("refused");
    expect(readSolanaAnswer(later)).toBeUndefined();
    expect(readSolanaAnswer({ ...later, openedAt: OPENED_AT })).toEqual(answer);
  });

  it("is refused with another result than was settled, for more than it cost, or when it isn't what was committed to", () => {
    const answer = answerOf("because");
    const bytes = encodeSolanaAnswer(answer);
    const settled = settledAs(answer);
    const other = answerOf("because", { result: { nIn: 6 } });
    expect(judgeSolanaAnswer(accountOf(encodeSolanaAnswer(other)), settled)).toBe("refused");
    expect(judgeSolanaAnswer(accountOf(bytes, { fee: 3n }), settled)).toBe("refused");
    expect(judgeSolanaAnswer(accountOf(bytes, { resultHash: aKey("other") }), settled)).toBe("refused");
    expect(judgeSolanaAnswer(accountOf(utf8ToBytes("noise")), settled)).toBe("refused");
  });
});

describe("a fee on Solana", () => {
  it("covers what the network charged after its share, wherever that is below its cap, and its parts sum to it", () => {
    const bps = fc.integer({ min: 0, max: 2_500 });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
        fc.nat(1_000),
        bps,
        bps,
        (amount, part, routerBps, networkBps) => {
          const price = { decimals: 9, shares: { routerBps, networkBps } };
          const feeWei = (solanaFeeCapWei(price, amount) * BigInt(part)) / 1_000n;
          const fee = solanaFeeOf(price, feeWei, amount);
          const paid = splitSolanaPlan(
            { reason: "attested", minerAmount: fee, clientAmount: amount - fee },
            price.shares,
          );
          expect((paid.miner + paid.router) * WEI).toBeGreaterThanOrEqual(feeWei);
          expect(fee <= amount && paid.miner >= 0n).toBe(true);
          expect(paid.miner + paid.router + paid.network + paid.client).toBe(amount);
        },
      ),
      { numRuns: 300 },
    );
  });
});
