import { describe, expect, it } from "vitest";
import { paramsHash } from "../canonicalParams.js";
import type { Bytes32 } from "../primitives.js";
import {
  NETWORK_ANSWER_TOKENS_MAX,
  networkQuestion,
  networkResultHash,
  networkTopic,
  type QuestionSource,
  questionSource,
  questionsOf,
} from "./networkQuestion.js";

const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const SOURCE: QuestionSource = {
  taskId: word("01"),
  topicHash: word("02"),
  questionsHash: word("03"),
  startedAtSeconds: 1_000,
  solver: `0x${"04".repeat(20)}`,
};

describe("the source of a solver's questions", () => {
  it("is another one when any part of it is", () => {
    const others: readonly Partial<QuestionSource>[] = [
      { taskId: word("08") },
      { topicHash: word("08") },
      { questionsHash: word("08") },
      { startedAtSeconds: 1_001 },
      { solver: `0x${"08".repeat(20)}` },
    ];
    const sources = [{}, ...others].map((change) => questionSource({ ...SOURCE, ...change }));
    expect(new Set(sources).size).toBe(others.length + 1);
  });

  it("names one model in one kernel class", () => {
    const topic = networkTopic({ modelId: word("01"), kernelClass: word("02") });
    expect(networkTopic({ modelId: word("01"), kernelClass: word("03") })).not.toBe(topic);
    expect(networkTopic({ modelId: word("03"), kernelClass: word("02") })).not.toBe(topic);
  });
});

describe("a question", () => {
  const source = questionSource(SOURCE);

  it("follows from source and index alone, has canonical parameters, and no placeholder left", () => {
    for (let index = 0; index < 200; index += 1) {
      const question = networkQuestion(source, index, 4_096);
      expect(networkQuestion(source, index, 4_096)).toEqual(question);
      expect(paramsHash(question.params)).toMatch(/^0x[0-9a-f]{64}$/);
      expect(JSON.stringify(question.prompt)).not.toContain("%");
      expect(question.params.maxTokens).toBe(NETWORK_ANSWER_TOKENS_MAX);
    }
    expect(networkQuestion(source, 1, 4_096).seed).not.toBe(networkQuestion(source, 0, 4_096).seed);
  });

  it("asks for no more tokens than are left", () => {
    expect(networkQuestion(source, 0, 3).params.maxTokens).toBe(3);
  });

  it("is one of more as the difficulty grows, and there is none of a difficulty that isn't one", () => {
    const all = Array.from({ length: 10 }, (_, index) => questionsOf(index + 1));
    for (const [index, { tokens, questionsMax }] of all.slice(1).entries()) {
      expect(tokens).toBeGreaterThan(all[index]?.tokens ?? 0);
      expect(questionsMax).toBeGreaterThan(all[index]?.questionsMax ?? 0);
    }
    expect(() => questionsOf(0)).toThrow(RangeError);
    expect(() => questionsOf(11)).toThrow(RangeError);
  });

  it("is pinned with its result, for whoever computes them elsewhere", () => {
    const answers = [{ nOut: 3, tokenRoot: word("05") }];
    expect({
      source,
      question: networkQuestion(source, 0, 8),
      result: networkResultHash(source, answers),
    }).toMatchInlineSnapshot(`
      {
        "question": {
          "params": {
            "frequencyPenalty": 0,
            "logitBias": {},
            "maxTokens": 8,
            "minP": 0,
            "presencePenalty": 0,
            "stop": [],
            "temperature": 0.8,
            "topK": 40,
            "topP": 0.95,
          },
          "prompt": {
            "kind": "chat",
            "messages": [
              {
                "content": "What should I know before I buy a library?",
                "role": "user",
              },
            ],
          },
          "seed": "0x7991e286aa7bc41db5dc81ab10116802cabb41c60c7878b79424c5e3f3eefee3",
        },
        "result": "0x7998be1b404bbc117c22253cac3a4e74ad8f35c727559f115e1abb84b3cf85a2",
        "source": "0xa85063a13bcc3ac6497298cb79271c4e0de86e894f2299007ef6e0d716b1c5e1",
      }
    `);
  });
});

describe("a result", () => {
  it("is another one when any answer is", () => {
    const source = questionSource(SOURCE);
    const answer = { nOut: 3, tokenRoot: word("05") };
    const results = [
      networkResultHash(source, [answer]),
      networkResultHash(source, []),
      networkResultHash(source, [answer, answer]),
      networkResultHash(source, [{ ...answer, nOut: 4 }]),
      networkResultHash(source, [{ ...answer, tokenRoot: word("06") }]),
      networkResultHash(word("09"), [answer]),
    ];
    expect(new Set(results).size).toBe(results.length);
  });
});
