import {
  type Bytes32,
  canonicalParams,
  chooseToken,
  type SamplerInput,
  type SamplingParams,
} from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CUT_SLACK_NATS, MARGIN_MAX_NATS, marginAt } from "./marginAt.js";

const SEED: Bytes32 = `0x${"5e".repeat(32)}`;

function anInput(logits: readonly number[], changes: Partial<SamplingParams> = {}, position = 0): SamplerInput {
  const neutral = { topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: {}, stop: [], maxTokens: 64 };
  const params = canonicalParams({ temperature: 1, topK: 40, ...neutral, ...changes });
  const candidates = logits.map((logit, id) => ({ id, logit }));
  return { candidates, params, seed: SEED, position, outputCounts: new Map() };
}

const someLogits = fc.array(fc.double({ min: -12, max: 4, noNaN: true }), { minLength: 45, maxLength: 45 });
const someParams = fc.record({
  temperature: fc.constantFrom(0, 0.3, 1, 2),
  topK: fc.integer({ min: 1, max: 40 }),
  topP: fc.constantFrom(0, 0.5, 0.9, 1),
  minP: fc.constantFrom(0, 0.05, 0.5),
});

describe("marginAt", () => {
  it("is 0 for what the sampler chooses, under any parameters", () => {
    fc.assert(
      fc.property(someLogits, someParams, fc.nat(5_000), (logits, changes, position) => {
        const input = anInput(logits, changes, position);
        expect(marginAt(input, chooseToken(input).id)).toEqual({ nats: 0, isOutside: false });
      }),
      { numRuns: 300 },
    );
  });

  it("stays within 0 and the most, and is the most for a token outside the set", () => {
    fc.assert(
      fc.property(someLogits, someParams, fc.nat(44), (logits, changes, id) => {
        const { nats, isOutside } = marginAt(anInput(logits, changes), id);
        expect(nats).toBeGreaterThanOrEqual(0);
        expect(nats).toBeLessThanOrEqual(MARGIN_MAX_NATS);
        if (isOutside) expect(nats).toBe(MARGIN_MAX_NATS);
      }),
      { numRuns: 300 },
    );
    expect(marginAt(anInput([0, 0, 0]), 7)).toEqual({ nats: MARGIN_MAX_NATS, isOutside: true });
  });

  it("forgives a miner whose logits differ by half the slack: the margin is at most that difference, twice over T", () => {
    const noise = fc.array(fc.double({ min: -CUT_SLACK_NATS / 2, max: CUT_SLACK_NATS / 2, noNaN: true }), {
      minLength: 45,
      maxLength: 45,
    });
    const params = fc.record({
      temperature: fc.constantFrom(0, 0.5, 1, 2),
      topK: fc.constantFrom(1, 2, 5, 40),
      minP: fc.constantFrom(0, 0.05, 0.5),
    });
    fc.assert(
      fc.property(someLogits, noise, params, fc.nat(5_000), (logits, errors, changes, position) => {
        const ours = anInput(logits, changes, position);
        const theirs = anInput(
          logits.map((logit, id) => logit + (errors[id] ?? 0)),
          changes,
          position,
        );
        const { nats, isOutside } = marginAt(ours, chooseToken(theirs).id);
        const temperature = changes.temperature === 0 ? 1 : changes.temperature;
        expect(isOutside).toBe(false);
        expect(nats).toBeLessThanOrEqual(CUT_SLACK_NATS / temperature + 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  it("measures greedy choices in logits", () => {
    expect(marginAt(anInput([2, 1.5, -20], { temperature: 0 }), 1).nats).toBeCloseTo(0.5, 12);
    expect(marginAt(anInput([2, 1.5, -20], { temperature: 0 }), 2).nats).toBe(MARGIN_MAX_NATS);
  });

  it("doesn't forgive a token well below a cut", () => {
    const input = anInput([3, 2.9, 0, -1], { topK: 2 });
    expect(marginAt(input, 2)).toEqual({ nats: MARGIN_MAX_NATS, isOutside: true });
    expect(marginAt(anInput([3, 0, -1], { minP: 0.5 }), 1).isOutside).toBe(true);
  });

  it("counts penalties and biases as the sampler does", () => {
    const input = { ...anInput([2, 1.9], { temperature: 0, presencePenalty: 0.5 }), outputCounts: new Map([[0, 1]]) };
    expect(marginAt(input, 1).nats).toBe(0);
    expect(marginAt(input, 0).nats).toBeCloseTo(0.4, 12);
    expect(marginAt(anInput([2, 0], { temperature: 0, logitBias: { 1: 3 } }), 0).nats).toBeCloseTo(1, 12);
  });
});
