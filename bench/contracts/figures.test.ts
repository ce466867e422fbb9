import { describe, expect, it } from "vitest";
import { brokenFigure, mutantsFigure } from "./figures.mjs";

const mutants = (killed: number, survived: number, notCompiled: number) =>
  [
    ...Array.from({ length: killed }, () => "killed"),
    ...Array.from({ length: survived }, () => "survived"),
    ...Array.from({ length: notCompiled }, () => "notCompiled"),
  ].map((verdict, index) => ({ key: `m${index}`, operator: "deletion", verdict }));

describe("the figures of the contracts", () => {
  it("count what is broken over all calls", () => {
    const parts = [
      { part: "A", passed: 1, failed: 0, calls: 60, reverts: 0, seconds: 2 },
      { part: "B", passed: 0, failed: 1, calls: 40, reverts: 1, seconds: 3 },
    ];
    expect(brokenFigure({ parts, calls: 100 })).toMatchObject({ metric: "broken", value: 1, calls: 100, atMost: 0 });
  });
  it("share the killed among those that compile, each survivor counted", () => {
    expect(mutantsFigure(mutants(93, 7, 5))).toMatchObject({ value: 0.93, compiled: 100, killed: 93, notCompiled: 5 });
    expect(mutantsFigure(mutants(93, 7, 5)).survivors).toHaveLength(7);
  });
  it("claim nothing of no mutants", () => {
    expect(mutantsFigure([])).toMatchObject({ value: 0, compiled: 0 });
  });
});
