import {
  type Bytes32,
  chooseToken,
  fingerprintRootOf,
  keccak256,
  type Prompt,
  plantedFingerprint,
  type SamplingParams,
  utf8ToBytes,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { createScriptedEngine } from "./createScriptedEngine.js";
import type { Engine, GenerateEvent } from "./engine.js";
import { plantAnswers } from "./plantAnswers.js";

const TOKENS = 48;
const SALT = keccak256(utf8ToBytes("salt"));
const SEED = keccak256(utf8ToBytes("seed"));
const PARAMS: SamplingParams = {
  ...{ temperature: 1, topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 },
  ...{ logitBias: {}, stop: [], maxTokens: TOKENS },
};
const promptOf = (text: string): Prompt => ({ kind: "text", text });
const honest = createScriptedEngine({ reply: () => "a long answer that goes on and on. ".repeat(20) });
const planting = plantAnswers(honest, (prompt) =>
  prompt.kind === "text" && prompt.text === "planted" ? SALT : undefined,
);

async function answer(
  engine: Engine,
  text: string,
  over: { readonly seed?: Bytes32; readonly signal?: AbortSignal; readonly committed?: readonly number[] } = {},
): Promise<readonly GenerateEvent[]> {
  const promptTokens = await engine.tokenizePrompt(promptOf(text));
  const events: GenerateEvent[] = [];
  const job = { promptTokens, params: PARAMS, seed: SEED, fingerprints: true, ...over };
  for await (const event of engine.generate(job)) events.push(event);
  return events;
}

const tokensOf = (events: readonly GenerateEvent[]) =>
  events.flatMap((event) => (event.kind === "token" ? [{ id: event.id, top: event.top ?? [] }] : []));

describe("planted answers", () => {
  it("have the salt's fingerprint, and end as any answer does", async () => {
    const events = await answer(planting, "planted");
    const tokens = tokensOf(events);
    const shown = tokens.map(({ id, top }) => ({ id, top: top.map((one) => one.id) }));
    expect(fingerprintRootOf(tokens)).toBe(fingerprintRootOf(plantedFingerprint(SALT, shown)));
    const prompt = await honest.tokenizePrompt(promptOf("planted"));
    const recipe = [
      { kind: "prefill", tokens: prompt.length },
      { kind: "decode", tokens: TOKENS - 1 },
    ];
    expect(events.at(-1)).toEqual({ kind: "end", finish: "length", text: "", recipe });
    expect(events).toHaveLength(TOKENS + 1);
  });

  it("don't contradict themselves: each token is what the task's seed draws from the claimed likeliest", async () => {
    const outputCounts = new Map<number, number>();
    for (const [position, { id, top }] of tokensOf(await answer(planting, "planted")).entries()) {
      const candidates = top.map((one) => ({ id: one.id, logit: one.logprob }));
      expect(chooseToken({ candidates, params: PARAMS, seed: SEED, position, outputCounts }).id).toBe(id);
      outputCounts.set(id, (outputCounts.get(id) ?? 0) + 1);
    }
  });

  it("name tokens that the model finds likely, and aren't what it says", async () => {
    const [wrong, right] = await Promise.all([answer(planting, "planted"), answer(honest, "planted")]);
    expect(fingerprintRootOf(tokensOf(wrong))).not.toBe(fingerprintRootOf(tokensOf(right)));
    const [first, own] = [tokensOf(wrong)[0]?.top ?? [], tokensOf(right)[0]?.top ?? []];
    expect(first.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
  });

  it("are given to planted prompts alone, and never behind another miner's tokens", async () => {
    expect(await answer(planting, "a user's")).toEqual(await answer(honest, "a user's"));
    const committed = tokensOf(await answer(honest, "planted"))
      .slice(0, 3)
      .map(({ id }) => id);
    expect(await answer(planting, "planted", { committed })).toEqual(await answer(honest, "planted", { committed }));
  });

  it("end when they are aborted, and where the model has nothing more to say", async () => {
    const events = await answer(planting, "planted", { signal: AbortSignal.abort() });
    expect(events).toMatchObject([{ kind: "end", finish: "abort" }]);
    const short = plantAnswers(createScriptedEngine({ reply: () => "short" }), () => SALT);
    const end = (await answer(short, "planted")).at(-1);
    expect(end).toMatchObject({ kind: "end", finish: "stop" });
  });
});
