import { describe, expect, it } from "vitest";
import { createTextIndex, wordsOf } from "./bm25.js";
import { citeSources } from "./citeSources.js";
import { fuseRanks } from "./fuseRanks.js";

describe("a search by words", () => {
  const index = createTextIndex(["the cat sat", "the dog sat on the cat", "a rare zebra", "the the the"]);

  it("puts rare words above common ones, short texts above long ones, and leaves out what has none", () => {
    expect(index.search("the zebra", 9).map((found) => found.index)).toEqual([2, 3, 1, 0]);
    expect(index.search("cat", 9).map((found) => found.index)).toEqual([0, 1]);
    expect(index.search("horse", 9)).toEqual([]);
  });

  it("gives as many as are asked, and only of those that are wanted", () => {
    expect(index.search("the", 1)).toHaveLength(1);
    expect(index.search("cat", 9, (at) => at !== 0).map((found) => found.index)).toEqual([1]);
  });

  it("takes words without case, marks and accents", () => {
    expect(wordsOf("Crème-brûlée, №5!")).toEqual(["creme", "brulee", "no5"]);
  });
});

describe("two rankings fused", () => {
  it("put what both like above what one likes best", () => {
    const fused = fuseRanks([
      [1, 2, 3],
      [4, 2],
    ]);
    expect(fused.map(({ index }) => index)).toEqual([2, 1, 4, 3]);
    expect(fused[0]?.score).toBeCloseTo((61 * 2) / 62 / 2, 10);
  });

  it("score the first of all lists 1, and an empty list counts nothing", () => {
    expect(fuseRanks([[7], [7]])).toEqual([{ index: 7, score: 1 }]);
    expect(fuseRanks([[7], []])).toEqual([{ index: 7, score: 1 }]);
    expect(fuseRanks([[], []])).toEqual([]);
  });
});

describe("the files that an answer is cited from", () => {
  const chunk = (file: string, text: string) => ({ file, filename: `${file}.txt`, text });
  const chunks = [
    chunk("a", "Malenda lives in Selbiva."),
    chunk("b", "Casper has a trumpet."),
    chunk("a", "Other words."),
  ];

  it("are those that have the words which it adds to the question, each once", () => {
    const cited = citeSources("Malenda lives in Selbiva.", { question: "Where does Malenda live?", chunks });
    expect(cited).toEqual([{ file: "a", filename: "a.txt" }]);
  });

  it("are none for an answer that stands nowhere", () => {
    expect(citeSources("The passage does not say.", { question: "Where does Casper live?", chunks })).toEqual([]);
    expect(citeSources("", { question: "Where?", chunks })).toEqual([]);
  });
});
