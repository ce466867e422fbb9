import { describe, expect, it } from "vitest";
import { paramsHash } from "./canonicalParams.js";
import type { Bytes32 } from "./primitives.js";
import { answerHash, type ChallengeParts, challengeHash, type ProbeAnswer, probeOf } from "./probe.js";

const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const parts: ChallengeParts = {
  signer: `0x${"01".repeat(20)}`,
  verifier: `0x${"02".repeat(20)}`,
  sealingKey: word("03"),
  kernelClass: word("04"),
  modelId: word("05"),
  nonce: 6,
  secret: word("07"),
};
const answer: ProbeAnswer = {
  challenge: word("01"),
  modelId: word("02"),
  nIn: 3,
  nOut: 4,
  tokenRoot: word("05"),
  finish: "length",
};

describe("a challenge", () => {
  it("is another one when any part of it is", () => {
    const others: readonly Partial<ChallengeParts>[] = [
      { signer: parts.verifier },
      { verifier: parts.signer },
      { sealingKey: word("08") },
      { kernelClass: word("08") },
      { modelId: word("08") },
      { nonce: 7 },
      { secret: word("08") },
    ];
    const hashes = [{}, ...others].map((change) => challengeHash({ ...parts, ...change }));
    expect(new Set(hashes).size).toBe(others.length + 1);
  });

  it("alone decides the probe's prompt and seed, and its parameters are canonical", () => {
    const probe = probeOf(word("01"));
    expect(probeOf(word("01"))).toEqual(probe);
    expect(probeOf(word("02")).seed).not.toBe(probe.seed);
    expect(probeOf(word("02")).prompt).not.toEqual(probe.prompt);
    expect(paramsHash(probe.params)).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("is pinned, with its probe and its answer, for whoever computes them elsewhere", () => {
    const challenge = challengeHash(parts);
    expect({ challenge, probe: probeOf(challenge), answer: answerHash(answer) }).toMatchInlineSnapshot(`
      {
        "answer": "0x52264fe7adfbf59d63b5ababebd8e9eafe83d512bac15828daa1915a0371dbfb",
        "challenge": "0x96903e0e07e8d2bb72d23247e54e71dc1fb75fd65289a5f63fd4be7a523d8f24",
        "probe": {
          "params": {
            "frequencyPenalty": 0,
            "logitBias": {},
            "maxTokens": 16,
            "minP": 0,
            "presencePenalty": 0,
            "stop": [],
            "temperature": 1,
            "topK": 40,
            "topP": 1,
          },
          "prompt": {
            "kind": "chat",
            "messages": [
              {
                "content": "Tell me about: winter, river, market, market.",
                "role": "user",
              },
            ],
          },
          "seed": "0x7f4ebffab967f987aae8a97991911056cc61e2b7fb1db8e2d495acf163efe37d",
        },
      }
    `);
  });
});

describe("a probe's answer", () => {
  it("is another one when any part of it is", () => {
    const others: readonly Partial<ProbeAnswer>[] = [
      { challenge: word("08") },
      { modelId: word("08") },
      { nIn: 8 },
      { nOut: 8 },
      { tokenRoot: word("08") },
      { finish: "stop" },
    ];
    const hashes = [{}, ...others].map((change) => answerHash({ ...answer, ...change }));
    expect(new Set(hashes).size).toBe(others.length + 1);
  });
});
