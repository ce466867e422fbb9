import { describe, expect, it } from "vitest";
import type { TokenScore } from "../engine.js";
import { packedScoresSchema, packScores, unpackScores } from "./packedScores.js";

const plain: TokenScore = { logprob: -0.1, top: [{ id: 7, logprob: -0.1 }] };
const full: TokenScore = {
  logprob: -2.5,
  top: [
    { id: 4_000_000_000, logprob: 0 },
    { id: 1, logprob: -100 },
  ],
  candidates: [{ id: 3, logprob: -1 / 3 }],
};

describe("packed scores", () => {
  it.each([
    ["no scores", []],
    ["scores without candidates", [plain, { logprob: -1, top: [] }]],
    ["scores with candidates, one of them with none", [full, { ...plain, candidates: [] }]],
  ] as const)("are unpacked as they were: %s", (_name, scores) => {
    const packed = packScores(scores);
    expect(packedScoresSchema.safeParse(packed).success).toBe(true);
    expect(unpackScores(packed)).toEqual(scores);
  });

  it.each([
    ["fewer entries than were counted", { values: new Float64Array(2), ids: new Uint32Array(2) }],
    ["ids without values", { values: new Float64Array(2) }],
    ["counts of fewer scores", { tops: new Uint16Array(0) }],
    ["a value that is no number", { values: Float64Array.of(Number.NaN, 0, 0) }],
    ["more of the likeliest than may be asked for", { tops: Uint16Array.of(257) }],
    ["more candidates than the sampler keeps", { candidates: Uint16Array.of(42) }],
    ["plain arrays", { ids: [1, 2, 3] }],
  ])("are refused with %s", (_name, change) => {
    expect(packedScoresSchema.safeParse({ ...packScores([full]), ...change }).success).toBe(false);
  });
});
