import { type Engine, embeddedModels, startLlamaEngine } from "@cortensor/engine";
import { createSealingKey } from "@cortensor/node";
import {
  addressOfPrivateKey,
  type Hex,
  outCommit,
  type RecipeStep,
  type Result,
  recipeHash,
  type SamplingParams,
  tokenRootOf,
  utf8ToBytes,
} from "@cortensor/protocol";
import { Secret } from "@cortensor/runtime";
import type { Model } from "@cortensor/sdk";
import type { FromMiner, LinkStream, Start } from "@cortensor/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { longAnswer, NO_END } from "./harness/longAnswer.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { answerHonestly, freshKey, openLink, registerMiners } from "./harness/testMiner.js";
import { until } from "./harness/until.js";

/** Tokens that a liar makes as they should be, before it lies: the next miner must be able to go on from them. */
const TRUE_TOKENS = 5;
const ANSWER_TOKENS = 40;
const OTHER: Hex = `0x${"77".repeat(32)}`;

const PARAMS: SamplingParams = {
  temperature: 0,
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: NO_END,
  stop: [],
  maxTokens: ANSWER_TOKENS,
};

type ResultMessage = Extract<FromMiner, { kind: "result" }>;
/** What an honest miner has to say after `TRUE_TOKENS`. */
type Honest = {
  readonly start: Start;
  readonly nIn: number;
  readonly ids: readonly number[];
  readonly message: ResultMessage;
};

const ofResult =
  (change: (result: Result, honest: Honest) => Partial<Result>) =>
  (honest: Honest): readonly FromMiner[] => [
    { ...honest.message, result: { ...honest.message.result, ...change(honest.message.result, honest) } },
  ];

/** Each malformed result that the first check knows, by the reason under which it is counted. */
const RESULT_LIES: Readonly<Record<string, (honest: Honest) => readonly FromMiner[]>> = {
  badIdentity: ofResult(() => ({ miner: `0x${"99".repeat(20)}` })),
  badKernelClass: ofResult(() => ({ kernelClass: OTHER })),
  badPosition: ofResult(({ to }) => ({ to: to + 1 })),
  badCount: ofResult(({ nOut }) => ({ nOut: nOut + 1 })),
  badPromptCount: ofResult(({ nIn }) => ({ nIn: nIn + 1 })),
  badTokenRoot: ofResult(() => ({ tokenRoot: OTHER })),
  badFinish: ({ message }) => [{ ...message, finish: "length", result: { ...message.result, finish: "length" } }],
  badRecipe: ofResult(() => ({ recipeHash: OTHER })),
  badOutCommit: ofResult(() => ({ outCommit: OTHER })),
  badTimes: ofResult(() => ({ tTotalMs: 3_600_000 })),
  badSize: ({ message, start }) => {
    const text = "x".repeat(64 * 1_024);
    const claimed = outCommit(start.assignment.taskId, utf8ToBytes(text));
    return [{ ...message, text, result: { ...message.result, outCommit: claimed } }];
  },
};

/** Frames that no honest miner sends in mid-stream. */
const FRAME_LIES: Readonly<Record<string, (honest: Honest) => readonly FromMiner[]>> = {
  badPosition: ({ ids }) => [{ kind: "tokens", from: TRUE_TOKENS + 1, ids: ids.slice(0, 1), text: "x" }],
  badCheckpoint: ({ start }) => {
    const { taskId, miner, replica, segment } = start.assignment;
    return [
      { kind: "checkpoint", checkpoint: { taskId, miner, replica, segment, position: TRUE_TOKENS, tokenRoot: OTHER } },
    ];
  },
  badOrder: ({ nIn }) => [{ kind: "accepted", nIn }],
  tooManyTokens: ({ ids }) => [
    { kind: "tokens", from: TRUE_TOKENS, ids: Array.from({ length: ANSWER_TOKENS }, () => ids[0] ?? 0), text: "x" },
  ],
};

describe("a miner that lies", () => {
  let network: Network;
  let engine: Engine;
  let model: Model;
  let asked = 0;
  const honestMiners = new Set<string>();

  beforeAll(async () => {
    network = await startNetwork({ args: ["--miners", "1"] });
    const { chat } = await embeddedModels();
    engine = await startLlamaEngine({ modelPath: chat.path, model: chat.model, slots: 1 });
    const [offered] = await network.client.models();
    if (offered === undefined) throw new Error("no model is offered");
    model = offered;
    for (const miner of network.minerPids().keys()) honestMiners.add(miner);
  });
  afterAll(async () => {
    await engine?.close();
    await network?.stop();
  });

  it("would be believed if it told the truth: its own honest answer is paid", async () => {
    const truth = await askLiar(({ message }) => [message]);
    expect(truth.payees).toEqual([truth.liar]);
    expect(truth.answer.completionTokens).toBe(TRUE_TOKENS);
    expect((await trueText(truth.prompt)).startsWith(truth.answer.text)).toBe(true);
  });

  it.each(Object.entries(RESULT_LIES))("in its result, %s, isn't paid, and another is asked", (reason, lie) =>
    expectCaught(reason, lie),
  );

  it.each(Object.entries(FRAME_LIES))("in mid-stream, %s, isn't paid, and another is asked", (reason, lie) =>
    expectCaught(reason, lie),
  );

  async function expectCaught(reason: string, lie: (honest: Honest) => readonly FromMiner[]): Promise<void> {
    const before = await handovers(reason);
    const { prompt, answer, payees, nOut } = await askLiar(lie);
    expect(await handovers(reason)).toBe(before + 1);
    expect(answer.text).toBe(await trueText(prompt));
    expect(payees).toEqual([...honestMiners]);
    expect(nOut).toBe(ANSWER_TOKENS - TRUE_TOKENS);
  }

  /** The same model's own words, made here. */
  async function trueText(prompt: string): Promise<string> {
    const promptTokens = await engine.tokenizePrompt({ kind: "chat", messages: [{ role: "user", content: prompt }] });
    let text = "";
    for await (const event of engine.generate({ promptTokens, params: PARAMS, seed: OTHER })) {
      if (event.kind !== "committedMismatch") text += event.text;
    }
    return text;
  }

  async function handovers(reason: string): Promise<number> {
    const text = await (await fetch(`${network.url}/metrics`)).text();
    const name = `cortensor_router_handovers_total{reason="${reason}"}`;
    const line = text.split("\n").find((one) => one.startsWith(name));
    return line === undefined ? 0 : Number(line.split(" ").at(-1));
  }

  /** Joins as a new miner, asks until it is the one that is asked, and leaves again. */
  async function askLiar(lie: (honest: Honest) => readonly FromMiner[]) {
    const { kernelClass, quantisation, tokensPerSecond, slots: sequences } = engine.describe();
    const engineFacts = { kernelClass, quantisation, tokensPerSecond, sequences, canEmbed: false, canScore: true };
    const offer = { ...model, model: model.id, ...engineFacts };
    const sealing = createSealingKey(new Secret(freshKey()));
    const [key] = await registerMiners(network, 1, { sealingKey: sealing.publicKey, kernelClass });
    if (key === undefined) throw new Error("no miner was registered");
    const liar = addressOfPrivateKey(key);
    const link = await openLink(network, { key });
    let lies = 0;
    const failures: unknown[] = [];
    link.onStream((stream, first) => {
      if (first.kind === "probe") {
        const verifier = link.peer.address;
        answerHonestly(network, { stream, probe: first, verifier, key, sealing, engine, offer }).catch(
          (error: unknown) => failures.push(error),
        );
        return;
      }
      if (first.kind !== "start") return;
      tell(engine, first, stream, lie).then(
        () => {
          lies += 1;
        },
        (error: unknown) => failures.push(error),
      );
    });
    link.notify("advertisement", { models: [offer], capacity: 4, running: 0, queued: 0 });
    await until("verified liar on the router", async () => {
      expect(failures).toEqual([]);
      const { miners } = await network.client.network();
      return miners.find(({ address, verifiedUntil }) => address === liar && verifiedUntil !== undefined);
    });
    try {
      return await until("task for the liar", async () => {
        // A new prompt each time: a known one goes to the miner that has it warm.
        asked += 1;
        const prompt = `Write a very long story about ${asked} bakers.`;
        const answer = await network.client.chat(prompt, longAnswer({ maxTokens: ANSWER_TOKENS, temperature: 0 }));
        expect(failures).toEqual([]);
        if (lies === 0) return undefined;
        const { payees, receipt } = await network.client.receipt(answer.taskId, { waitMs: 20_000 });
        return { prompt, answer, liar, payees: payees.map(({ miner }) => miner), nOut: receipt.nOut };
      });
    } finally {
      link.close("done");
      await link.closed;
    }
  }
});

/** A miner's part on one stream: true until after the first tokens, then whatever `lie` makes of the truth. */
async function tell(
  engine: Engine,
  start: Start,
  stream: LinkStream,
  lie: (honest: Honest) => readonly FromMiner[],
): Promise<void> {
  const promptTokens = await engine.tokenizePrompt(start.prompt);
  const nIn = promptTokens.length;
  stream.send({ kind: "accepted", nIn });
  const ids: number[] = [];
  let text = "";
  const params = { ...start.params, maxTokens: TRUE_TOKENS };
  for await (const event of engine.generate({ promptTokens, params, seed: OTHER })) {
    if (event.kind === "token") {
      ids.push(event.id);
      text += event.text;
    } else if (event.kind === "end") text += event.text;
  }
  stream.send({ kind: "tokens", from: 0, ids, text });
  const recipe: readonly RecipeStep[] = [
    { kind: "prefill", tokens: nIn },
    { kind: "decode", tokens: ids.length },
  ];
  const { taskId, miner, replica, segment, kernelClass } = start.assignment;
  const result: Result = {
    taskId,
    miner,
    replica,
    segment,
    kernelClass,
    from: 0,
    to: ids.length,
    nOut: ids.length,
    nIn,
    finish: "stop",
    tokenRoot: tokenRootOf(ids),
    fpRoot: OTHER,
    recipeHash: recipeHash(recipe),
    outCommit: outCommit(taskId, utf8ToBytes(text)),
    tFirstMs: 0,
    tTotalMs: 0,
  };
  const message: ResultMessage = { kind: "result", result, recipe, finish: "stop", text: "" };
  for (const said of lie({ start, nIn, ids, message })) stream.send(said);
}
