import type { InferEvent } from "@cortensor/api";
import { SinkError } from "@cortensor/data";
import type { AnswerEvent, AskOptions, Model } from "@cortensor/sdk";
import { SdkError, type SdkErrorData } from "@cortensor/sdk";
import { describe, expect, it } from "vitest";
import { createSealedGateway } from "./sealedGateway.js";

const TASK = `0x${"ab".repeat(32)}` as const;
const MODEL: Model = {
  ...{ id: "m", modelId: `0x${"11".repeat(32)}`, contextTokens: 512, canEmbed: true, miners: 1 },
  ...{ weiPerTokenIn: 1n, weiPerTokenOut: 1n },
};
const SEALING = { suite: "x25519", readers: [`0x${"22".repeat(20)}`], audit: "none" } as const;
const PARAMS = {
  ...{ temperature: 1, topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 },
  ...{ logitBias: {}, stop: [], maxTokens: 8 },
};
const END: AnswerEvent = {
  ...{ kind: "end", text: "hi", finish: "stop", promptTokens: 3, completionTokens: 1, taskId: TASK, model: "m" },
  ...{ proof: "unproved", sealing: SEALING },
};

type Setup = { readonly said?: readonly AnswerEvent[]; readonly error?: Error; readonly isOperator?: boolean };

/** A gateway whose client says those things, then fails if it is to; with what it was asked. */
function aGateway({ said = [], error, isOperator = false }: Setup) {
  const asked: AskOptions[] = [];
  const unexpected: unknown[] = [];
  async function* stream(_prompt: unknown, options: AskOptions = {}) {
    asked.push(options);
    yield* said;
    if (error !== undefined) throw error;
  }
  const gateway = createSealedGateway({
    client: { streamChat: stream, streamComplete: stream },
    isKey: (bearer) => bearer === "right",
    models: () => [MODEL],
    isOperator,
    onUnexpected: (failure) => unexpected.push(failure),
  });
  return { gateway, asked, unexpected };
}

async function answer(setup: Setup, change: { readonly userSeed?: bigint; readonly isHosted?: true } = {}) {
  const { gateway, asked, unexpected } = aGateway(setup);
  const documents = [
    { message: 0, sha256: TASK, bytes: 1, place: { kind: "url", url: "https://a.example/" } },
  ] as const;
  const prompt = {
    ...{ kind: "chat" as const, messages: [{ role: "user" as const, content: "hello" }] },
    ...(change.isHosted ? { documents } : {}),
  };
  const params = { ...PARAMS, ...(change.userSeed === undefined ? {} : { userSeed: change.userSeed }) };
  const caller = { account: 0, custody: "self" } as const;
  const options = { signal: new AbortController().signal };
  const events: InferEvent[] = [];
  for await (const event of await gateway.infer(caller, { modelId: MODEL.modelId, prompt, params }, options)) {
    events.push(event);
  }
  return { last: events.at(-1), asked, unexpected };
}

describe("a proxy's gateway", () => {
  it("knows its key, and has no embeddings", () => {
    const { gateway } = aGateway({});
    expect(gateway.authenticate("right")).toBeDefined();
    expect(gateway.authenticate("wrong")).toBeUndefined();
    expect(gateway.embed).toBeUndefined();
  });

  it("says who could read an answer as its client does, and `open` where an operator or no seal is", async () => {
    const sealed = await answer({ said: [END] });
    expect(sealed.last).toMatchObject({ kind: "done", nIn: 3, readable: { privacy: "sealed", sealing: SEALING } });
    expect(sealed.asked).toMatchObject([{ model: "m", maxTokens: 8, topK: 40 }]);
    const operator = await answer({ said: [END], isOperator: true });
    expect(operator.last).toMatchObject({ kind: "done", readable: { privacy: "open" } });
    const { sealing: _sealing, ...unsealed } = END;
    expect((await answer({ said: [unsealed] })).last).toMatchObject({ readable: { privacy: "open" } });
  });

  it("hands a seed on to be refused, and refuses hosted documents before its client is asked", async () => {
    expect((await answer({ said: [END] }, { userSeed: 7n })).asked).toMatchObject([{ seed: 7 }]);
    const hosted = await answer({ said: [END] }, { isHosted: true });
    expect(hosted.asked).toEqual([]);
    expect(hosted.last).toMatchObject({ refusal: { code: "sealed_unsupported", param: "messages" } });
  });

  const REFUSED = { code: "SDK_REFUSED", status: 400, detail: "why" } as const;
  const MINER = "0x22";
  it.each<[SdkErrorData, object]>([
    [
      { code: "SDK_SEALED_UNSUPPORTED", option: "seed" },
      { code: "sealed_unsupported", param: "seed" },
    ],
    [{ code: "SDK_PREKEY_FAULT", fault: "notOnChain", miner: MINER }, { code: "sealing_fault" }],
    [{ code: "SDK_ASSIGNMENT_FAULT", fault: "otherTask" }, { code: "sealing_fault" }],
    [{ code: "SDK_SEALED_ANSWER_FAULT", fault: "tampered", taskId: TASK }, { code: "sealing_fault" }],
    [{ code: "SDK_FOREIGN_DEBIT", account: 1, lane: MINER }, { code: "sealing_fault" }],
    [
      { ...REFUSED, reason: "no_miner", retryAfterSeconds: 2 },
      { code: "no_miner", retryAfterSeconds: 2 },
    ],
    [{ ...REFUSED, reason: "context_length_exceeded" }, { code: "prompt_too_long" }],
    [{ ...REFUSED, reason: "invalid_api_key" }, { code: "router_refused" }],
    [{ code: "SDK_UNREACHABLE", url: "u" }, { code: "router_unreachable" }],
    [{ code: "SDK_TIMED_OUT", url: "u", timeoutMs: 1 }, { code: "timeout" }],
    [{ code: "SDK_STREAM_CUT" }, { code: "miner_failed" }],
  ])("ends with a refusal of its own name when its client throws %o", async (data, refusal) => {
    const { last, unexpected } = await answer({ said: [{ kind: "text", text: "h" }], error: new SdkError(data) });
    expect(last).toMatchObject({ kind: "failed", refusal });
    expect(unexpected).toEqual([]);
  });

  it("asks nothing that can't be written down for its sink", async () => {
    for (const data of [
      { code: "SINK_FULL", sink: "sqlite a.db" },
      { code: "SINK_OUTBOX_FAILED", state: "x" },
    ] as const) {
      const { last, unexpected } = await answer({ error: new SinkError(data) });
      expect(last).toMatchObject({ kind: "failed", refusal: { code: "sink_full", retryAfterSeconds: 60 } });
      expect(unexpected).toEqual([]);
    }
  });

  it("ends, and tells its log, when something unforeseen happens", async () => {
    const { last, unexpected } = await answer({ error: new TypeError("oops") });
    expect(last).toMatchObject({ kind: "failed", refusal: { code: "miner_failed" } });
    expect(JSON.stringify(last)).not.toContain("oops");
    expect(unexpected).toHaveLength(1);
  });
});
