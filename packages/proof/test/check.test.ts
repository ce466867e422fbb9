import { embeddedModels, type LlamaEngine, startLlamaEngine } from "@cortensor/engine";
import type { SamplingParams } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkReplica, figuresOf, type ReplicaClaim, replaySegment, type TaskScore } from "../src/index.js";
import { claimOf, END_IDS, endless, type Made, make, SEED, segmentOf, someParams } from "./claims.js";

const STORY = "Tell me a story about a brave fox.";
const OTHER_SEED = `0x${"c4".repeat(32)}` as const;

let honest: LlamaEngine;
/** The same weights in four bits. */
let cheap: LlamaEngine;
let promptTokens: readonly number[];

beforeAll(async () => {
  const { files } = await embeddedModels();
  const start = (quantisation: string): Promise<LlamaEngine> => {
    const file = files.find((one) => one.use === "chat" && one.quantisation === quantisation);
    if (file === undefined) throw new Error(`no ${quantisation} file`);
    return startLlamaEngine({ modelPath: file.path, model: file.model, contextTokens: 1_024 });
  };
  [honest, cheap] = await Promise.all([start("Q8_0"), start("Q4_0")]);
  promptTokens = await honest.tokenizePrompt({ kind: "chat", messages: [{ role: "user", content: STORY }] });
});
afterAll(() => Promise.all([honest.close(), cheap.close()]));

async function scoreOfClaim(claim: ReplicaClaim): Promise<TaskScore> {
  const [check] = await checkReplica(honest, claim);
  if (check?.kind !== "scored") throw new Error(`faulty: ${check?.fault}`);
  return check.score;
}

/** What a miner claims that runs this engine under these parameters, whatever the task asked for. */
async function claimed(
  params: SamplingParams,
  cheat: { engine?: LlamaEngine; seed?: `0x${string}`; params?: SamplingParams; prompt?: readonly number[] } = {},
): Promise<ReplicaClaim> {
  const { engine = honest, seed = SEED, prompt = promptTokens } = cheat;
  const made = await make(engine, { promptTokens: prompt, params: cheat.params ?? params, seed });
  const decode = { kind: "decode", tokens: made.ids.length } as const;
  const recipe = [{ kind: "prefill", tokens: promptTokens.length } as const, decode];
  return claimOf({ ...made, recipe }, { promptTokens, params, engine: honest });
}

describe("the check of honest work", () => {
  it.each([
    ["temperature 1", {}],
    ["temperature 0", { temperature: 0 }],
    ["penalties", { presencePenalty: 0.6, frequencyPenalty: 0.4 }],
    ["negative penalties", { presencePenalty: -0.5, frequencyPenalty: -0.2 }],
    ["a narrow top-p", { topP: 0.6 }],
    ["min-p and a small top-K", { minP: 0.1, topK: 3 }],
  ])("finds next to nothing under %s", async (_name, changes) => {
    const params = endless({ maxTokens: 96, ...changes });
    const score = await scoreOfClaim(await claimed(params));
    expect(score.tokens).toBe(96);
    expect(score.fingerprinted).toBe(96);
    expect(score.outside).toBe(0);
    expect(figuresOf(score).meanMarginNats).toBeLessThan(0.01);
    expect(figuresOf(score).meanLogprobErrorNats).toBeLessThan(0.05);
  });

  it("follows a stop text and the model's own end", async () => {
    const free = someParams({ maxTokens: 300, temperature: 0 });
    const messages = [{ role: "user" as const, content: "What is the capital of France?" }];
    const question = await honest.tokenizePrompt({ kind: "chat", messages });
    const whole = await make(honest, { promptTokens: question, params: free, seed: SEED });
    expect(whole.finish).toBe("stop");
    expect(END_IDS).toContain(whole.ids.at(-1));
    const stop = whole.text.slice(8, 12);
    for (const params of [free, { ...free, stop: [stop] }]) {
      const made = await make(honest, { promptTokens: question, params, seed: SEED });
      expect(made.text).toBe(params === free ? whole.text : whole.text.slice(0, whole.text.indexOf(stop)));
      const claim = claimOf(made, { promptTokens: question, params, engine: honest });
      expect((await scoreOfClaim(claim)).worstMarginNats).toBeLessThan(0.5);
    }
  });

  it("scores each segment of several miners on its own, under all tokens before it", async () => {
    const params = endless({ maxTokens: 96, presencePenalty: 0.5 });
    const whole = await make(honest, { promptTokens, params, seed: SEED });
    for (const seen of [32, 45]) {
      const claim = handedOver(whole, params, await restFrom(seen, whole, params));
      const checks = await checkReplica(honest, claim);
      expect(checks.map((check) => (check.kind === "scored" ? check.score.tokens : check.fault))).toEqual([32, 64]);
      const last = checks[1]?.kind === "scored" ? checks[1].score : undefined;
      expect(last?.fingerprinted).toBe(96 - seen);
      const alone = await checkReplica(honest, { ...claim, segments: claim.segments.slice(1) });
      expect(alone).toEqual(checks.slice(1));
    }
  });
});

describe("the check of a cheat", () => {
  const params = endless({ maxTokens: 128 });
  const meanMargin = async (claim: ReplicaClaim): Promise<number> =>
    figuresOf(await scoreOfClaim(claim)).meanMarginNats;

  it("sees a seed of the miner's own, which its fingerprints hide", async () => {
    const score = await scoreOfClaim(await claimed(params, { seed: OTHER_SEED }));
    expect(figuresOf(score).meanMarginNats).toBeGreaterThan(0.3);
    expect(figuresOf(score).meanLogprobErrorNats).toBeLessThan(0.05);
  });

  it("sees another prompt, another temperature, and tokens outside a cut", async () => {
    expect(await meanMargin(await claimed(params, { prompt: promptTokens.slice(0, -8) }))).toBeGreaterThan(0.1);
    const cold = { params: endless({ maxTokens: 128, temperature: 0.3 }) };
    expect(await meanMargin(await claimed(params, cold))).toBeGreaterThan(0.02);
    const uncut = await scoreOfClaim(await claimed(endless({ maxTokens: 128, topK: 2 }), { params }));
    expect(uncut.outside).toBeGreaterThan(0);
  });

  it("sees penalties and biases that weren't applied", async () => {
    const asked = endless({ maxTokens: 128, presencePenalty: 1.5, frequencyPenalty: 1 });
    expect(await meanMargin(await claimed(asked, { params }))).toBeGreaterThan(0.1);
  });

  it("sees four bits in the fingerprints, when the miner sends its own", async () => {
    const score = await scoreOfClaim(await claimed(params, { engine: cheap }));
    const honestScore = await scoreOfClaim(await claimed(params));
    expect(figuresOf(score).meanLogprobErrorNats).toBeGreaterThan(5 * figuresOf(honestScore).meanLogprobErrorNats);
    expect(score.marginNats).toBeGreaterThan(honestScore.marginNats);
  });

  it("sees one token that was slipped in, as the worst margin", async () => {
    const claim = await claimed(params);
    const made = await make(honest, { promptTokens, params, seed: SEED });
    const [own = 0, other = 0] = [made.ids[60], made.ids[3]];
    const ids = made.ids.with(60, own === other ? own + 1 : other);
    const fingerprint = made.fingerprint.map((token, index) => ({ ...token, id: ids[index] ?? 0 }));
    const spelled = await honest.spell(ids);
    const text = Buffer.concat(spelled.map(({ bytes }) => bytes)).toString("utf8");
    const forged = claimOf({ ...made, ids, fingerprint, text }, { promptTokens, params, engine: honest });
    expect((await scoreOfClaim(forged)).worstMarginNats).toBeGreaterThan(1);
    expect((await scoreOfClaim(claim)).worstMarginNats).toBeLessThan(0.5);
  });
});

describe("a result that contradicts itself", () => {
  it.each([
    ["promptTokens", { nIn: 3 }],
    ["outputTokens", { nOut: 63 }],
    ["tokenRoot", { tokenRoot: OTHER_SEED }],
    ["fingerprint", { fpRoot: OTHER_SEED }],
    ["recipe", { recipeHash: OTHER_SEED }],
    ["finish", { finish: "stop" as const }],
    ["text", { outCommit: OTHER_SEED }],
  ])("is faulty by its %s, whatever the model says", async (fault, changes) => {
    const params = endless();
    const made = await make(honest, { promptTokens, params, seed: SEED });
    const claim = claimOf(made, { promptTokens, params, engine: honest, changes });
    expect(await checkReplica(honest, claim)).toEqual([{ kind: "faulty", segment: 0, fault }]);
  });

  it("is faulty when it ends before or behind where the rule ends it", async () => {
    const params = someParams({ maxTokens: 40, stop: [] });
    const made = await make(honest, { promptTokens, params, seed: SEED });
    const cut = { ...made, ids: made.ids.slice(0, 20), fingerprint: made.fingerprint.slice(0, 20) };
    const early = claimOf(cut, { promptTokens, params, engine: honest });
    expect(await checkReplica(honest, early)).toMatchObject([{ kind: "faulty", fault: "finish" }]);
    const shorter = claimOf(made, { promptTokens, params: someParams({ maxTokens: 30 }), engine: honest });
    expect(await checkReplica(honest, shorter)).toMatchObject([{ kind: "faulty", fault: "finish" }]);
  });

  it("is faulty by a token that the model doesn't have, and so is what follows it; what stands before is checked", async () => {
    const params = endless({ maxTokens: 96 });
    const whole = await make(honest, { promptTokens, params, seed: SEED });
    const claim = handedOver(whole, params, await restFrom(32, whole, params));
    const { vocabularyTokens } = honest.describe();
    const late = { ...claim, outputTokens: claim.outputTokens.with(40, vocabularyTokens) };
    expect(await checkReplica(honest, late)).toMatchObject([
      { kind: "scored", segment: 0 },
      { kind: "faulty", segment: 1, fault: "vocabulary" },
    ]);
    const early = { ...claim, outputTokens: claim.outputTokens.with(3, 0xffffff) };
    expect(await checkReplica(honest, early)).toMatchObject([
      { kind: "faulty", fault: "vocabulary" },
      { kind: "faulty", fault: "vocabulary" },
    ]);
  });

  it("is refused to check when its segments don't belong together", async () => {
    const params = endless();
    const claim = await claimed(params);
    const longer = { ...claim, outputTokens: [...claim.outputTokens, 5] };
    await expect(checkReplica(honest, longer)).rejects.toMatchObject({ code: "PROOF_BAD_CLAIM" });
    await expect(checkReplica(honest, { ...claim, segments: [] })).rejects.toMatchObject({ code: "PROOF_BAD_CLAIM" });
  });
});

describe("a replay", () => {
  const params = endless({ maxTokens: 80 });

  it("equals an honest segment, and each of two after a hand-over", async () => {
    const claim = await claimed(params);
    expect(await replaySegment(honest, claim)).toEqual({ kind: "equal", tokens: 80 });
    const made = await make(honest, { promptTokens, params, seed: SEED });
    const two = handedOver(made, params, await restFrom(32, made, params));
    expect(await replaySegment(honest, two)).toEqual({ kind: "equal", tokens: 32 });
    expect(await replaySegment(honest, two, { index: 1 })).toEqual({ kind: "equal", tokens: 48 });
  });

  it("says the first position that differs: a token, a fingerprint, an ending", async () => {
    const made = await make(honest, { promptTokens, params, seed: SEED });
    const other = (made.ids[41] ?? 0) === 300 ? 301 : 300;
    const ids = made.ids.with(41, other);
    const fingerprint = made.fingerprint.map((token, index) => ({ ...token, id: ids[index] ?? 0 }));
    const forged = claimOf({ ...made, ids, fingerprint }, { promptTokens, params, engine: honest });
    const expected = { kind: "differs", position: 41, what: "token", expected: made.ids[41], given: other };
    expect(await replaySegment(honest, forged)).toEqual(expected);

    const [entry, ...others] = made.fingerprint[17]?.top ?? [];
    const top = [{ id: entry?.id ?? 0, logprob: (entry?.logprob ?? 0) - 0.02 }, ...others];
    const shifted = made.fingerprint.with(17, { id: made.ids[17] ?? 0, top });
    const polished = claimOf({ ...made, fingerprint: shifted }, { promptTokens, params, engine: honest });
    expect(await replaySegment(honest, polished)).toEqual({ kind: "differs", position: 17, what: "fingerprint" });

    const short = { ...made, ids: made.ids.slice(0, 50), fingerprint: made.fingerprint.slice(0, 50) };
    const ended = claimOf(short, { promptTokens, params, engine: honest });
    expect(await replaySegment(honest, ended)).toMatchObject({ kind: "differs", position: 50, what: "ending" });
  });

  it("sees four bits at once, where the check needs many tokens", async () => {
    const outcome = await replaySegment(honest, await claimed(params, { engine: cheap }));
    expect(outcome).toMatchObject({ kind: "differs" });
    if (outcome.kind === "differs") expect(outcome.position).toBeLessThan(16);
  });

  it("leaves to statistics what was made in another kernel class, or by another recipe", async () => {
    const made = await make(honest, { promptTokens, params, seed: SEED });
    const foreign = claimOf(made, { promptTokens, params, engine: honest, changes: { kernelClass: OTHER_SEED } });
    expect(await replaySegment(honest, foreign)).toEqual({ kind: "statistical", why: "kernelClass" });
    const recipe = [{ kind: "prefill" as const, tokens: promptTokens.length + 80 }];
    const batched = claimOf({ ...made, recipe }, { promptTokens, params, engine: honest });
    expect(await replaySegment(honest, batched)).toEqual({ kind: "statistical", why: "prefill" });
    const cut = [1, promptTokens.length - 1].map((tokens) => ({ kind: "prefill" as const, tokens }));
    const chosen = claimOf(
      { ...made, recipe: [...cut, ...made.recipe.slice(1)] },
      { promptTokens, params, engine: honest },
    );
    expect(await replaySegment(honest, chosen)).toEqual({ kind: "statistical", why: "shape" });
  });
});

/** What a successor makes that got the first tokens, some of them perhaps behind the last checkpoint. */
async function restFrom(seen: number, whole: Made, params: SamplingParams): Promise<Made> {
  const committed = whole.ids.slice(0, seen);
  return make(honest, { promptTokens, params, seed: SEED, committed, checkFrom: seen - (seen % 32) });
}

function handedOver(whole: Made, params: SamplingParams, rest: Made): ReplicaClaim {
  const { kernelClass, contextTokens } = honest.describe();
  const before = whole.ids.slice(0, whole.ids.length - rest.ids.length);
  const takenOver = before.length % 32;
  const cut = before.length - takenOver;
  const nIn = promptTokens.length;
  const first = {
    ...whole,
    ids: whole.ids.slice(0, cut),
    fingerprint: whole.fingerprint.slice(0, cut),
    text: whole.texts.slice(0, cut).join(""),
    finish: "abort" as const,
  };
  return {
    promptTokens,
    params,
    seed: SEED,
    contextTokens,
    outputTokens: whole.ids,
    segments: [
      segmentOf(first, { nIn, kernelClass }),
      segmentOf(rest, { nIn, kernelClass, before, takenOver, segment: 1 }),
    ],
  };
}
