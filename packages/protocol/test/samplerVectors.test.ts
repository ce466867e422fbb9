import {
  type Bytes32,
  chooseToken,
  expCanonical,
  gumbelNoise,
  lnCanonical,
  type SamplingParams,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { bitsOf, doubleOf, readVectors } from "./readVectors.js";

describe("ln and exp vectors", () => {
  type File = {
    readonly ln: readonly { readonly x: string; readonly ln: string }[];
    readonly exp: readonly { readonly x: string; readonly exp: string }[];
  };
  const file = readVectors<File>("ln");

  it("give every logarithm to the last bit", () => {
    expect(file.ln.map(({ x }) => ({ x, ln: bitsOf(lnCanonical(doubleOf(x))) }))).toEqual(file.ln);
  });

  it("give every exponential to the last bit", () => {
    expect(file.exp.map(({ x }) => ({ x, exp: bitsOf(expCanonical(doubleOf(x))) }))).toEqual(file.exp);
  });
});

describe("sampler vectors", () => {
  type File = {
    readonly noise: readonly {
      readonly seed: Bytes32;
      readonly position: number;
      readonly id: number;
      readonly gumbel: string;
    }[];
    readonly cases: readonly {
      readonly params: SamplingParams;
      readonly seed: Bytes32;
      readonly position: number;
      readonly outputCounts: Record<string, number>;
      readonly logits: readonly number[];
      readonly denied?: readonly number[];
      readonly chosen: { readonly id: number; readonly logprob: string; readonly score: string };
    }[];
  };
  const file = readVectors<File>("sampler");

  it("give the noise of a token to the last bit", () => {
    for (const { seed, position, id, gumbel } of file.noise) {
      expect(bitsOf(gumbelNoise(seed, position)(id))).toBe(gumbel);
    }
  });

  it.each(file.cases)("choose the token at position $position with its score and log-probability", (one) => {
    const { denied, logits, chosen } = one;
    const { id, logprob, score } = chooseToken({
      ...one,
      candidates: logits.map((logit, index) => ({ id: index, logit })),
      outputCounts: new Map(Object.entries(one.outputCounts).map(([token, count]) => [Number(token), count])),
      ...(denied === undefined ? {} : { allowed: (token: number) => !denied.includes(token) }),
    });
    expect({ id, logprob: bitsOf(logprob), score: bitsOf(score) }).toEqual(chosen);
  });
});
