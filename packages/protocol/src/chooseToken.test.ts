import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candidatesNeeded } from "./candidatesNeeded.js";
import { canonicalParams } from "./canonicalParams.js";
import { type Candidate, chooseToken, rankCandidates, type SamplerInput, scoreCandidates } from "./chooseToken.js";
import type { SamplingParams } from "./inferenceRequest.js";
import type { Bytes32 } from "./primitives.js";

const SEED: Bytes32 = `0x${"5e".repeat(32)}`;

function someParams(changes: Partial<SamplingParams> = {}): SamplingParams {
  return canonicalParams({
    temperature: 1,
    topK: 40,
    topP: 1,
    minP: 0,
    presencePenalty: 0,
    frequencyPenalty: 0,
    logitBias: {},
    stop: [],
    maxTokens: 64,
    ...changes,
  });
}

function anInput(changes: Partial<SamplerInput> = {}): SamplerInput {
  return {
    candidates: [2, 1, 0, -1].map((logit, id) => ({ id, logit })),
    params: someParams(),
    seed: SEED,
    position: 0,
    outputCounts: new Map(),
    ...changes,
  };
}

const VOCABULARY = 200;
const anyParams = fc
  .record({
    temperature: fc.constantFrom(0, 0.3, 1, 2),
    topK: fc.integer({ min: 1, max: 40 }),
    topP: fc.constantFrom(0, 0.5, 0.9, 1),
    minP: fc.constantFrom(0, 0.05, 0.5),
    presencePenalty: fc.constantFrom(-2, -0.3, 0, 0.7, 2),
    frequencyPenalty: fc.constantFrom(-1.1, 0, 0.1, 2),
    logitBias: fc.dictionary(fc.nat(VOCABULARY - 1).map(String), fc.constantFrom(-100, -1.5, 0.001, 2, 100), {
      maxKeys: 12,
    }),
  })
  .map((changes) => someParams(changes));
const anyCounts = fc
  .array(fc.tuple(fc.nat(VOCABULARY - 1), fc.integer({ min: 1, max: 5 })), { maxLength: 30 })
  .map((entries) => new Map(entries));
/** Coarse logits, so that ties are common. */
const anyLogits = fc.array(
  fc.integer({ min: -20, max: 20 }).map((value) => value / 4),
  { minLength: VOCABULARY, maxLength: VOCABULARY },
);

function reduced(all: readonly Candidate[], input: SamplerInput): readonly Candidate[] {
  const { top, ids } = candidatesNeeded(input.params, input.outputCounts);
  const allowed = input.allowed ?? (() => true);
  const highest = all
    .filter(({ id }) => allowed(id))
    .sort((left, right) => right.logit - left.logit || left.id - right.id)
    .slice(0, top);
  const given = new Set(highest.map(({ id }) => id));
  return [...highest, ...all.filter(({ id }) => ids.includes(id) && !given.has(id))];
}

describe("chooseToken", () => {
  it("chooses from the candidates needed what it would choose from the whole vocabulary", () => {
    fc.assert(
      fc.property(
        anyLogits,
        anyParams,
        anyCounts,
        fc.nat(10_000),
        fc.boolean(),
        (logits, params, counts, position, isMasked) => {
          const all = logits.map((logit, id) => ({ id, logit }));
          const mask = isMasked ? { allowed: (id: number) => id % 3 !== 0 } : {};
          const whole = anInput({ candidates: all, params, outputCounts: counts, position, ...mask });
          const few = { ...whole, candidates: reduced(all, whole) };
          const [expected, chosen] = [chooseToken(whole), chooseToken(few)];
          expect({ id: chosen.id, score: chosen.score }).toEqual({ id: expected.id, score: expected.score });
          if (params.temperature > 0) expect(scoreCandidates(few)).toEqual(scoreCandidates(whole));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("chooses the same from the first topK that it ranks itself", () => {
    fc.assert(
      fc.property(anyLogits, anyParams, anyCounts, fc.nat(10_000), (logits, params, outputCounts, position) => {
        const whole = anInput({
          candidates: logits.map((logit, id) => ({ id, logit })),
          params,
          outputCounts,
          position,
        });
        const ranked = rankCandidates(whole);
        const few = { ...whole, candidates: ranked.slice(0, params.topK) };
        expect(scoreCandidates(few)).toEqual(scoreCandidates(whole));
        expect(ranked).toHaveLength(VOCABULARY);
      }),
      { numRuns: 200 },
    );
  });

  it("does not depend on the order of its candidates", () => {
    fc.assert(
      fc.property(anyLogits, anyParams, (logits, params) => {
        const candidates = logits.map((logit, id) => ({ id, logit }));
        const input = anInput({ candidates, params });
        expect(chooseToken({ ...input, candidates: candidates.toReversed() })).toEqual(chooseToken(input));
      }),
      { numRuns: 100 },
    );
  });

  it("gives ties to the lower id, greedily and before the cut by top-K", () => {
    const candidates = [9, 4, 7].map((id) => ({ id, logit: 1 }));
    expect(chooseToken(anInput({ candidates, params: someParams({ temperature: 0 }) })).id).toBe(4);
    expect(chooseToken(anInput({ candidates, params: someParams({ topK: 1 }) })).id).toBe(4);
  });

  it("follows the softmax over many positions", () => {
    const counts = [0, 0, 0, 0];
    const positions = 4_000;
    for (let position = 0; position < positions; position += 1) {
      const { id } = chooseToken(anInput({ position }));
      counts[id] = (counts[id] ?? 0) + 1;
    }
    const weights = [2, 1, 0, -1].map(Math.exp);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const errors = counts.map((count, id) => Math.abs(count / positions - (weights[id] ?? 0) / total));
    expect(Math.max(...errors)).toBeLessThan(0.03);
  });

  it("makes another choice under another seed, the same under the same", () => {
    const flat = Array.from({ length: 40 }, (_, id) => ({ id, logit: 0 }));
    const idsOf = (seed: Bytes32) =>
      Array.from({ length: 20 }, (_, position) => chooseToken(anInput({ candidates: flat, seed, position })).id);
    expect(idsOf(SEED)).toEqual(idsOf(SEED));
    expect(idsOf(SEED)).not.toEqual(idsOf(`0x${"5f".repeat(32)}`));
  });

  it("lets a penalty and a bias turn the greedy choice", () => {
    const greedy = { temperature: 0 };
    const once = new Map([[0, 1]]);
    expect(chooseToken(anInput({ params: someParams(greedy), outputCounts: once })).id).toBe(0);
    const penalised = someParams({ ...greedy, presencePenalty: 0.6, frequencyPenalty: 0.6 });
    expect(chooseToken(anInput({ params: penalised, outputCounts: once })).id).toBe(1);
    expect(chooseToken(anInput({ params: someParams({ ...greedy, logitBias: { 3: 100 } }) })).id).toBe(3);
  });

  it("keeps to the mask", () => {
    const input = anInput({ allowed: (id) => id >= 2, params: someParams({ temperature: 0 }) });
    expect(chooseToken(input).id).toBe(2);
  });

  it("keeps the shortest prefix that reaches top-p, and no weight below min-p", () => {
    const idsKept = (params: SamplingParams) => scoreCandidates(anInput({ params })).map(({ id }) => id);
    expect(idsKept(someParams({ topP: 0.65 }))).toEqual([0, 1]);
    expect(idsKept(someParams({ topP: 0.64 }))).toEqual([0]);
    expect(idsKept(someParams({ topP: 0 }))).toEqual([0]);
    expect(idsKept(someParams({ minP: 0.13 }))).toEqual([0, 1, 2]);
    expect(idsKept(someParams({ minP: 1 }))).toEqual([0]);
  });

  it("reports the log-probability over the candidates, or over the vocabulary's normaliser", () => {
    const own = chooseToken(anInput({ params: someParams({ temperature: 0 }) }));
    const sum = [2, 1, 0, -1].reduce((total, logit) => total + Math.exp(logit), 0);
    expect(own.logprob).toBeCloseTo(2 - Math.log(sum), 12);
    const wide = chooseToken(anInput({ params: someParams({ temperature: 0 }), logNormaliser: Math.log(sum + 5) }));
    expect(wide.logprob).toBeCloseTo(2 - Math.log(sum + 5), 12);
  });

  it("works a bias into the vocabulary's normaliser", () => {
    const all = Array.from({ length: 100 }, (_, id) => ({ id, logit: (id % 17) / 5 }));
    const params = someParams({ temperature: 0, topK: 5, logitBias: { 99: 3, 16: -2 } });
    const logNormaliser = Math.log(all.reduce((sum, { logit }) => sum + Math.exp(logit), 0));
    const whole = anInput({ candidates: all, params });
    const few = { ...whole, candidates: reduced(all, whole), logNormaliser };
    expect(chooseToken(few).logprob).toBeCloseTo(chooseToken(whole).logprob, 12);
  });

  it("never reports a log-probability above 0", () => {
    fc.assert(
      fc.property(
        anyLogits,
        anyParams,
        anyCounts,
        fc.double({ min: -50, max: 50, noNaN: true }),
        (logits, params, counts, logNormaliser) => {
          const candidates = logits.map((logit, id) => ({ id, logit }));
          const { logprob } = chooseToken(anInput({ candidates, params, outputCounts: counts, logNormaliser }));
          expect(logprob).toBeLessThanOrEqual(0);
          expect(Number.isFinite(logprob)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("refuses broken logits, doubled ids and a mask that allows nothing", () => {
    const code = (input: Partial<SamplerInput>) => {
      try {
        return chooseToken(anInput(input)).id;
      } catch (error) {
        return error instanceof Error && "code" in error ? error.code : error;
      }
    };
    expect(code({ candidates: [{ id: 1, logit: Number.NaN }] })).toBe("PROTOCOL_BAD_LOGIT");
    expect(code({ candidates: [{ id: 1, logit: Number.POSITIVE_INFINITY }] })).toBe("PROTOCOL_BAD_LOGIT");
    expect(code({ candidates: [1, 1].map((id) => ({ id, logit: 0 })) })).toBe("PROTOCOL_DUPLICATE_CANDIDATE");
    expect(code({ allowed: () => false })).toBe("PROTOCOL_NO_CANDIDATE");
    expect(code({ candidates: [] })).toBe("PROTOCOL_NO_CANDIDATE");
    expect(
      code({
        candidates: [
          { id: 1, logit: Number.NEGATIVE_INFINITY },
          { id: 2, logit: 0 },
        ],
      }),
    ).toBe(2);
  });
});
