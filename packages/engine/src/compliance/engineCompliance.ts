import { type Bytes32, type Prompt, type SamplingParams, scoreCandidates } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, GenerateEvent, GenerateJob } from "../engine.js";

export type ComplianceSubject = {
  readonly engine: Engine;
  /** A prompt whose answer at temperature 0 is at least 24 tokens long. */
  readonly prompt: Prompt;
  /** False where token ids aren't known, so that none can be favoured. */
  readonly canBias?: false;
  /** Ends what was started for the engine; called after `engine.close()`. */
  readonly close?: () => Promise<void>;
};

/** Largest difference between a token's log-probability when decoded and when scored from one prefill, at 8-bit weights. */
const SCORE_TOLERANCE = 0.3;
const SEED: Bytes32 = `0x${"5e".repeat(32)}`;
const TEMPERATURES = [0, 1] as const;

export function paramsWith(changes: Partial<SamplingParams> = {}): SamplingParams {
  const neutral = { topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: {}, stop: [] };
  return { temperature: 0, topK: 40, maxTokens: 24, ...neutral, ...changes };
}

type TokenEvent = Extract<GenerateEvent, { kind: "token" }>;
export type Run = {
  readonly tokens: readonly TokenEvent[];
  readonly ids: readonly number[];
  readonly text: string;
  readonly end: Extract<GenerateEvent, { kind: "end" }>;
  readonly events: readonly GenerateEvent[];
};

/** Generates to the end and checks the form every answer has: positions in order, one `end`, at the end. */
export async function runJob(engine: Engine, job: GenerateJob): Promise<Run> {
  const events: GenerateEvent[] = [];
  for await (const event of engine.generate(job)) events.push(event);
  const tokens = events.filter((event): event is TokenEvent => event.kind === "token");
  const ends = events.filter((event): event is Run["end"] => event.kind === "end");
  const [end] = ends;
  if (end === undefined) throw new Error("the generation had no end");
  expect(ends).toHaveLength(1);
  expect(events.at(-1)).toBe(end);
  const first = job.committed?.length ?? 0;
  expect(tokens.map(({ position }) => position)).toEqual(tokens.map((_, index) => first + index));
  const text = tokens.map((token) => token.text).join("") + end.text;
  return { tokens, ids: tokens.map(({ id }) => id), text, end, events };
}

/** What every engine does, run against a real one. */
export function engineCompliance(name: string, make: () => Promise<ComplianceSubject>): void {
  describe(`${name} as an engine`, () => {
    let subject: ComplianceSubject;
    let promptTokens: readonly number[];
    beforeAll(async () => {
      subject = await make();
      promptTokens = await subject.engine.tokenizePrompt(subject.prompt);
    });
    afterAll(async () => {
      await subject.engine.close();
      await subject.close?.();
    });
    const job = (changes: Partial<SamplingParams> = {}, rest: Partial<GenerateJob> = {}): GenerateJob => ({
      promptTokens,
      params: paramsWith(changes),
      seed: SEED,
      ...rest,
    });
    const run = (changes: Partial<SamplingParams> = {}, rest: Partial<GenerateJob> = {}): Promise<Run> =>
      runJob(subject.engine, job(changes, rest));

    it("describes itself", () => {
      const description = subject.engine.describe();
      expect(description.kernelClass).toMatch(/^0x[0-9a-f]{64}$/);
      expect(description.modelId).toMatch(/^0x[0-9a-f]{64}$/);
      expect(description.contextTokens).toBeGreaterThan(64);
      expect(description.slots).toBeGreaterThanOrEqual(1);
      expect(description.tokensPerSecond).toBeGreaterThan(0);
    });

    it("tokenises a prompt the same way each time, within its vocabulary", async () => {
      const again = await subject.engine.tokenizePrompt(subject.prompt);
      const { vocabularyTokens } = subject.engine.describe();
      expect(again).toEqual(promptTokens);
      expect(promptTokens.length).toBeGreaterThan(0);
      expect(promptTokens.every((id) => Number.isInteger(id) && id >= 0 && id < vocabularyTokens)).toBe(true);
      const longer = await subject.engine.tokenizePrompt({ kind: "text", text: "one two three ".repeat(9) });
      const shorter = await subject.engine.tokenizePrompt({ kind: "text", text: "one two three " });
      expect(longer.length).toBeGreaterThan(shorter.length);
    });

    it("ends with length at exactly the tokens asked for, and tells its recipe", async () => {
      const { ids, end } = await run({ maxTokens: 7 });
      expect(ids).toHaveLength(7);
      expect(end.finish).toBe("length");
      expect(end.recipe[0]).toEqual({ kind: "prefill", tokens: promptTokens.length });
    });

    it.each(TEMPERATURES)("repeats itself at temperature %s", async (temperature) => {
      const first = await run({ temperature });
      const second = await run({ temperature });
      expect(second.ids).toEqual(first.ids);
      expect(second.text).toBe(first.text);
      expect(second.tokens.map(({ logprob }) => logprob)).toEqual(first.tokens.map(({ logprob }) => logprob));
    });

    it("says something else with another seed at temperature 1, and not at 0", async () => {
      const other: Bytes32 = `0x${"c4".repeat(32)}`;
      expect((await run({ temperature: 1 }, { seed: other })).ids).not.toEqual((await run({ temperature: 1 })).ids);
      expect((await run({}, { seed: other })).ids).toEqual((await run()).ids);
    });

    it.each(TEMPERATURES)(
      "continues bit by bit after a hand-over at temperature %s, wherever it was cut",
      async (temperature) => {
        const whole = await run({ temperature });
        for (const cut of [1, 2, 9, 16, 23]) {
          const committed = whole.ids.slice(0, cut);
          const rest = await run({ temperature }, { committed, checkFrom: 0 });
          expect(rest.ids).toEqual(whole.ids.slice(cut));
          expect(rest.tokens).toEqual(whole.tokens.slice(cut));
          const shown = whole.tokens.slice(0, cut).map((token) => token.text);
          expect(shown.join("") + rest.text).toBe(whole.text);
          expect(rest.end.finish).toBe(whole.end.finish);
        }
      },
    );

    it("ends at once when the committed tokens are already the whole answer", async () => {
      const whole = await run({ maxTokens: 8 });
      const rest = await run({ maxTokens: 8 }, { committed: whole.ids, checkFrom: 0 });
      expect(rest.ids).toEqual([]);
      expect(rest.end.finish).toBe("length");
    });

    it("reports a committed token that the sampler would not have chosen, from checkFrom on", async () => {
      if (!subject.engine.describe().canScore) return;
      const whole = await run();
      const [a = 0, b = 0] = [whole.ids[5], whole.ids[4]];
      const forged = whole.ids.slice(0, 8).map((id, position) => (position === 5 ? (a === b ? a + 1 : b) : id));
      const caught = await run({}, { committed: forged, checkFrom: 4 });
      expect(caught.events[0]).toMatchObject({ kind: "committedMismatch", position: 5, given: forged[5] });
      expect(caught.end.finish).toBe("error");
      const trusted = await run({ maxTokens: 9 }, { committed: forged, checkFrom: 8 });
      expect(trusted.events.some((event) => event.kind === "committedMismatch")).toBe(false);
    });

    it("ends before a stop text, which is no part of the answer", async () => {
      const { text } = await run();
      const stop = text.slice(8, 11);
      const cut = await run({ stop: [stop] });
      expect(cut.end.finish).toBe("stop");
      expect(cut.text).toBe(text.slice(0, text.indexOf(stop)));
    });

    it("stops within one token of an abort, with an end", async () => {
      const { ids } = await run();
      const logitBias = subject.canBias === false ? {} : { [ids[0] ?? 0]: 100 };
      const endless = { maxTokens: 400, logitBias };
      const controller = new AbortController();
      const seen: GenerateEvent[] = [];
      for await (const event of subject.engine.generate(job(endless, { signal: controller.signal }))) {
        seen.push(event);
        if (seen.length === 3) controller.abort();
      }
      expect(seen.at(-1)).toMatchObject({ kind: "end", finish: "abort" });
      expect(seen.filter(({ kind }) => kind === "end")).toHaveLength(1);
    });

    it("ends at once when aborted before it began", async () => {
      const { ids, end } = await run({}, { signal: AbortSignal.abort() });
      expect(ids).toEqual([]);
      expect(end.finish).toBe("abort");
    });

    it("gives its slot back when the listener leaves", async () => {
      for (let round = 0; round <= subject.engine.describe().slots && round < 20; round++) {
        for await (const event of subject.engine.generate(job({ maxTokens: 200 }))) {
          expect(event.kind).toBe("token");
          break;
        }
      }
      expect((await run()).ids).toHaveLength(24);
    });

    it("answers several at once as it answers each alone", async () => {
      const alone = await run({ temperature: 1, maxTokens: 20 });
      const together = await Promise.all([0, 1, 2].map(() => run({ temperature: 1, maxTokens: 20 })));
      for (const one of together) expect(one.tokens).toEqual(alone.tokens);
    });

    it("refuses a prompt that leaves no room for an answer", async () => {
      const [id = 0] = promptTokens.slice(1);
      const tooLong = [...promptTokens.slice(0, 1), ...Array(subject.engine.describe().contextTokens).fill(id)];
      await expect(run({}, { promptTokens: tooLong })).rejects.toMatchObject({ code: "ENGINE_PROMPT_TOO_LONG" });
    });

    it("refuses tokens that it doesn't have, and an empty prompt", async () => {
      const foreign = [subject.engine.describe().vocabularyTokens];
      await expect(run({}, { promptTokens: foreign })).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
      await expect(run({}, { promptTokens: [] })).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
      await expect(run({}, { committed: foreign })).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
    });

    it("scores its own answer as it said it, or refuses to score", async () => {
      const { ids, tokens } = await run({}, { fingerprints: true });
      const scoring = subject.engine.score({ promptTokens, outputTokens: ids, topK: 5 });
      if (!subject.engine.describe().canScore) {
        await expect(scoring).rejects.toMatchObject({ code: "ENGINE_CANNOT_SCORE" });
        return;
      }
      const scores = await scoring;
      expect(scores).toHaveLength(ids.length);
      for (const [index, score] of scores.entries()) {
        expect(Math.abs(score.logprob - (tokens[index]?.logprob ?? Number.NaN))).toBeLessThan(SCORE_TOLERANCE);
        expect(score.top[0]?.logprob ?? 0).toBeGreaterThanOrEqual(score.logprob);
      }
    });

    it("scores with what the sampler could have chosen, penalties and biases counted", async () => {
      if (!subject.engine.describe().canScore) return;
      const { ids: plain } = await run({ temperature: 1 });
      const [liked = 0, disliked = 0] = [plain[3], plain[0]];
      const logitBias = { [liked]: 1.5, [disliked]: -2 };
      const { params } = job({ temperature: 1, topK: 5, presencePenalty: 0.5, frequencyPenalty: 0.25, logitBias });
      const { ids } = await runJob(subject.engine, { promptTokens, params, seed: SEED });
      const scores = await subject.engine.score({ promptTokens, outputTokens: ids, topK: 5, params });
      const outputCounts = new Map<number, number>();
      for (const [position, id] of ids.entries()) {
        const candidates = (scores[position]?.candidates ?? []).map((one) => ({ id: one.id, logit: one.logprob }));
        expect(candidates.length).toBeLessThanOrEqual(6);
        const scored = scoreCandidates({ candidates, params, seed: SEED, position, outputCounts });
        const own = scored.find((one) => one.id === id)?.score ?? Number.NEGATIVE_INFINITY;
        expect(Math.max(...scored.map(({ score }) => score)) - own).toBeLessThan(2 * SCORE_TOLERANCE);
        outputCounts.set(id, (outputCounts.get(id) ?? 0) + 1);
      }
    });

    it("scores a segment as it scores the whole, from the segment's first token on", async () => {
      if (!subject.engine.describe().canScore) return;
      const { ids } = await run();
      const whole = await subject.engine.score({ promptTokens, outputTokens: ids, topK: 5, params: paramsWith() });
      const part = await subject.engine.score({
        promptTokens,
        outputTokens: ids,
        from: 9,
        topK: 5,
        params: paramsWith(),
      });
      expect(part).toEqual(whole.slice(9));
      const beyond = subject.engine.score({ promptTokens, outputTokens: ids, from: 25, topK: 5 });
      await expect(beyond).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
    });

    it("spells its answer's tokens, and refuses those that it doesn't have", async () => {
      const { ids, text } = await run();
      const spelled = await subject.engine.spell(ids);
      const bytes = spelled.filter(({ isEnd }) => !isEnd).map((one) => one.bytes);
      expect(Buffer.concat(bytes).toString("utf8")).toBe(text);
      const foreign = subject.engine.spell([subject.engine.describe().vocabularyTokens]);
      await expect(foreign).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
    });

    it("carries the five likeliest tokens when asked for fingerprints", async () => {
      if (!subject.engine.describe().canScore) return;
      for (const { id, logprob, top = [] } of (await run({}, { fingerprints: true })).tokens) {
        expect(top.length).toBeGreaterThan(0);
        expect(top.length).toBeLessThanOrEqual(5);
        expect(top[0]?.id).toBe(id);
        expect(top[0]?.logprob).toBeCloseTo(logprob, 6);
        const sorted = [...top].sort((a, b) => b.logprob - a.logprob);
        expect(top.map((one) => one.logprob)).toEqual(sorted.map((one) => one.logprob));
      }
    });

    it("makes vectors of length 1, the same for the same text, or refuses to", async () => {
      const embedding = subject.engine.embed(["a cat sat", "a cat sat", "rockets"]);
      if (!subject.engine.describe().canEmbed) {
        await expect(embedding).rejects.toMatchObject({ code: "ENGINE_CANNOT_EMBED" });
        return;
      }
      const { vectors, tokens } = await embedding;
      expect(vectors).toHaveLength(3);
      expect(tokens).toBeGreaterThan(2);
      for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      expect(vectors[1]).toEqual(vectors[0]);
      expect(vectors[2]).not.toEqual(vectors[0]);
    });
  });

  describe(`${name} when closed`, () => {
    it("refuses further work", async () => {
      const { engine, prompt, close } = await make();
      const promptTokens = await engine.tokenizePrompt(prompt);
      await engine.close();
      await close?.();
      const late = async (): Promise<Run> => runJob(engine, { promptTokens, params: paramsWith(), seed: SEED });
      await expect(late()).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
    });
  });
}
