import {
  encodeFingerprint,
  hashTask,
  paramsHash,
  type SamplingParams,
  type SegmentBody,
  samplerSeed,
  seedSource,
  userSeedSource,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { claimOfBodies, MinerSums, NO_TOKENS, type SegmentCheck, verdictOf } from "../src/index.js";
import { someParams } from "./claims.js";

const word = (byte: string) => `0x${byte.repeat(32)}` as const;
const MINER = `0x${"33".repeat(20)}` as const;
const OTHER = `0x${"44".repeat(20)}` as const;
const FACTS = { beacon: word("be") };
const TOKENIZER = { tokenizePrompt: async () => [7, 8, 9] };
const WINDOWS = [{ tokens: 32, meanMarginNats: 0.01, worstMarginNats: 1, outsideShare: 0, meanLogprobErrorNats: 0.05 }];

function aBody(from: number, to: number, changes: Partial<SamplingParams> = {}): SegmentBody {
  const params = someParams(changes);
  const task: SegmentBody["task"] = {
    account: 1,
    session: word("01"),
    seq: 1,
    modelId: word("02"),
    promptCommit: word("03"),
    paramsHash: paramsHash(params),
    maxIn: 10,
    maxOut: 64,
    feeCapWei: 1n,
    deadline: 1,
    userNonce: word("04"),
    privacy: "open",
    redundancy: 1,
  };
  const ids = Array.from({ length: to - from }, (_, at) => from + at);
  return {
    task,
    prompt: { kind: "text", text: "hello" },
    promptSalt: word("05"),
    params,
    committed: Array.from({ length: from }, (_, at) => at),
    contextTokens: 512,
    result: {
      taskId: hashTask(task),
      miner: MINER,
      replica: 2,
      segment: from / 32,
      from,
      to,
      tokenRoot: ZERO_BYTES32,
      fpRoot: ZERO_BYTES32,
      recipeHash: ZERO_BYTES32,
      outCommit: ZERO_BYTES32,
      nIn: 3,
      nOut: to - from,
      finish: "stop",
      kernelClass: word("06"),
      tFirstMs: 1,
      tTotalMs: 2,
    },
    recipe: [{ kind: "prefill", tokens: 3 }],
    fingerprint: encodeFingerprint(ids.map((id) => ({ id, top: [] }))),
  };
}

describe("the claim that bodies make", () => {
  it("has the checker's own prompt tokens, and the seed that nobody chose", async () => {
    const body = aBody(0, 40);
    const claim = await claimOfBodies(TOKENIZER, [body], FACTS);
    const source = seedSource({ taskId: body.result.taskId, userNonce: body.task.userNonce, ...FACTS });
    expect(claim).toMatchObject({ promptTokens: [7, 8, 9], seed: samplerSeed(source, 2), contextTokens: 512 });
    expect(claim.outputTokens).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  it("has a user's own seed where the task has one", async () => {
    const body = aBody(0, 40, { userSeed: 5n });
    const { seed } = await claimOfBodies(TOKENIZER, [body], FACTS);
    const { modelId } = body.task;
    const source = userSeedSource({
      modelId,
      promptTokens: [7, 8, 9],
      paramsHash: paramsHash(body.params),
      userSeed: 5n,
    });
    expect(seed).toBe(samplerSeed(source, 2));
  });

  it("joins segments in their order, and begins behind one that is missing", async () => {
    const [first, second, third] = [aBody(0, 32), aBody(32, 64), aBody(64, 96)];
    const whole = await claimOfBodies(TOKENIZER, [third, first, second], FACTS);
    expect(whole.segments.map(({ result }) => result.from)).toEqual([0, 32, 64]);
    const rest = await claimOfBodies(TOKENIZER, [first, third], FACTS);
    expect(rest.segments.map(({ result }) => result.from)).toEqual([64]);
    expect(rest.outputTokens).toEqual(whole.outputTokens);
  });

  it("is refused where nothing is shown", async () => {
    await expect(claimOfBodies(TOKENIZER, [], FACTS)).rejects.toMatchObject({ code: "PROOF_BAD_CLAIM" });
  });
});

describe("a verdict", () => {
  const scored = (marginNats: number): SegmentCheck => {
    const score = { ...NO_TOKENS, tokens: 64, marginNats, worstMarginNats: marginNats };
    return { kind: "scored", segment: 0, score, tokens: [] };
  };
  const differs = { kind: "differs", position: 9, what: "token" } as const;

  it("is the thresholds' where no replay was made, and where none can settle it", () => {
    expect(verdictOf(scored(0.1), WINDOWS)).toEqual({ kind: "passed" });
    expect(verdictOf(scored(6.4), WINDOWS)).toMatchObject({ kind: "suspect" });
    const elsewhere = { kind: "statistical", why: "kernelClass" } as const;
    expect(verdictOf(scored(6.4), WINDOWS, elsewhere)).toMatchObject({ kind: "suspect" });
    expect(verdictOf(scored(6.4), [])).toEqual({ kind: "uncalibrated" });
  });

  it("is the replay's where there is one: one difference is a fault, and equal bits pass whatever is suspected", () => {
    expect(verdictOf(scored(0), WINDOWS, differs)).toEqual({
      kind: "fault",
      fault: "replay",
      position: 9,
      what: "token",
    });
    expect(verdictOf(scored(6.4), WINDOWS, { kind: "equal", tokens: 64 })).toEqual({ kind: "passed" });
    expect(verdictOf(scored(6.4), [], { kind: "equal", tokens: 64 })).toEqual({ kind: "passed" });
  });

  it("is a fault wherever a result contradicts itself", () => {
    const faulty = { kind: "faulty", segment: 0, fault: "finish" } as const;
    expect(verdictOf(faulty, WINDOWS, { kind: "equal", tokens: 64 })).toEqual({ kind: "fault", fault: "finish" });
  });
});

describe("a miner's sum", () => {
  const RULE = { kappaNats: 0.1, alarmNats: 8 };
  it("passes the alarm by many small deviations, and stays alarmed", () => {
    const sums = new MinerSums();
    for (let task = 0; task < 9; task += 1) {
      sums.add(MINER, { marginNats: 1.5, tokens: 5 }, RULE);
      sums.add(OTHER, { marginNats: 0.2, tokens: 5 }, RULE);
    }
    expect(sums.all().map(({ miner, isAlarmed }) => [miner, isAlarmed])).toEqual([
      [MINER, true],
      [OTHER, false],
    ]);
    for (let task = 0; task < 99; task += 1) sums.add(MINER, { marginNats: 0, tokens: 100 }, RULE);
    expect(sums.all()[0]).toMatchObject({ sumNats: 0, isAlarmed: true, tasks: 108, tokens: 9_945 });
  });
});
