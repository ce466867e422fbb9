import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge } from "../../models/judge.mjs";
import { returnedAnswers } from "./groups.mjs";
import { CELLS, makeGroup, paraphrase } from "./liars.mjs";
import { pairFigures } from "./pairs.mjs";
import { factualQuestions, openQuestions, otherQuestions } from "./questions.mjs";

const HELD_OUT = new URL("../../models/heldout.json", import.meta.url);
type Item = { readonly skill: string; readonly answer: string; readonly check: { readonly kind: string } };
const items: readonly Item[] = JSON.parse(readFileSync(HELD_OUT, "utf8"));

describe("a paraphrase", () => {
  it("says another text, and what its question asks for as the true answer does", () => {
    for (const { answer, check } of items.filter((one) => one.check.kind !== "free text")) {
      expect(paraphrase(answer)).not.toBe(answer);
      expect(judge(check, paraphrase(answer)), answer).toBe(judge(check, answer));
    }
  });
});

describe("a group with liars", () => {
  it("has them one after another from a place that turns, honest copies around them", () => {
    const honest = ["a", "b", "c", "d"];
    expect(makeGroup({ honest, lies: ["x"], copies: 3, turn: 4 })).toEqual({
      texts: ["a", "x", "b"],
      isLiar: [false, true, false],
    });
    expect(makeGroup({ honest, lies: ["x", "y"], copies: 5, turn: 4 }).texts).toEqual(["x", "a", "b", "c", "y"]);
    expect(() => makeGroup({ honest: ["a"], lies: ["x"], copies: 3, turn: 0 })).toThrow(RangeError);
  });
});

describe("the bench's questions", () => {
  it("are of all skills in turn, and another one is of another kind", () => {
    const questions = factualQuestions(400);
    expect(questions).toHaveLength(400);
    expect(new Set(questions.map(({ kind }) => kind)).size).toBe(11);
    for (const index of questions.keys()) {
      const others = otherQuestions(questions, index, 2);
      expect(new Set(others).size).toBe(2);
      for (const at of others) expect(questions[at]?.kind).not.toBe(questions[index]?.kind);
    }
    expect(openQuestions(50)).toHaveLength(50);
    const ofOneKind = questions.filter(({ kind }) => kind === "topics");
    expect(() => otherQuestions(ofOneKind, 0, 1)).toThrow(RangeError);
  });
});

/** Words as directions: each first letter has its own. */
const vectorOf = (text: string) => Array.from({ length: 26 }, (_, at) => (text.charCodeAt(0) - 97 === at ? 1 : 0.01));

describe("the bench's figures", () => {
  it("tell a right answer from one that an honest miner wrote", () => {
    const ask = (kind: string, text: string) => ({
      question: { kind, check: { kind: "has", text } },
      copies: Array.from({ length: 5 }, () => text),
    });
    const rows = returnedAnswers([ask("one", "apple"), ask("two", "berry"), ask("three", "cherry")], vectorOf);
    expect(rows).toHaveLength(4 * CELLS.length);
    for (const { kind, right, honest, agreeing } of rows) {
      expect([right.value, agreeing]).toEqual([1, 3]);
      if (kind.startsWith("offTopic")) expect(honest.value).toBe(1);
      if (kind === "copied") expect(honest.value).toBeLessThan(1);
    }
  });

  it("set the threshold by one half of the questions, and say what it misses of the other", () => {
    const row = {
      honest: [["apple", "apricot"] as [string, string]],
      cheats: { other: ["apple", "berry"] as [string, string] },
    };
    const { falseAlarms, cheats, labelled } = pairFigures([row, row, row, row], 0.01, vectorOf);
    expect(labelled).toBe(8);
    expect(falseAlarms).toMatchObject({ hits: 0, of: 2 });
    expect(cheats).toMatchObject([{ cheat: "other", missed: { hits: 0, of: 2 }, auc: 1 }]);
  });
});
