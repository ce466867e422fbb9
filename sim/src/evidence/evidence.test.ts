import { describe, expect, it } from "vitest";
import { checkRatio, windowFor } from "./evidence.js";
import { readEvidence } from "./readEvidence.js";

const cost = (promptTokens: number, value: number, metric = "check_ratio_curve"): string =>
  JSON.stringify({
    bench: "proof",
    metric,
    value,
    promptTokens,
    answerTokens: 256,
    commit: "abc",
    machine: "two cores",
  });
const found = (windowTokens: number, value: number, text = "rich"): string =>
  JSON.stringify({
    bench: "proof",
    metric: "detection",
    cheat: "Q4_0",
    text,
    windowTokens,
    windows: 200,
    value,
    falseAlarms: { suspected: 2, windows: 200 },
  });
const lines = [
  cost(512, 0.3),
  cost(64, 0.1),
  cost(256, 0.2, "check_ratio"),
  found(64, 0.9),
  found(32, 0.5),
  found(32, 0.1, "lowEntropy"),
];

describe("the measured evidence", () => {
  it("is read from the proof bench's lines, with its source", () => {
    const evidence = readEvidence(lines.join("\n"), "bench/results/proof.jsonl");
    expect(evidence.source).toBe("bench/results/proof.jsonl, commit abc, two cores");
    const windows = evidence.texts.rich.cheats.get("Q4_0") ?? [];
    expect(windows.map(({ tokens, share }) => [tokens, share])).toEqual([
      [32, 0.5],
      [64, 0.9],
    ]);
    expect(evidence.texts.rich.falseAlarms[0]).toMatchObject({ tokens: 32, share: 0.01 });
    expect(evidence.texts.lowEntropy.cheats.get("Q4_0")).toHaveLength(1);
  });

  it("is of the file that is asked for by default, whatever was measured of others", () => {
    const other = JSON.stringify({ ...JSON.parse(found(64, 0.1)), asked: "F16" });
    const evidence = readEvidence([...lines, other].join("\n"), "x");
    expect(evidence.texts.rich.cheats.get("Q4_0")).toHaveLength(2);
  });

  it("is of answers at temperature 1, whatever was measured at others", () => {
    const colder = [0.2, 0].map((temperature) =>
      JSON.stringify({ ...JSON.parse(found(32, 0.9, "lowEntropy")), temperature }),
    );
    const evidence = readEvidence([...lines, ...colder].join("\n"), "x");
    expect(evidence.texts.lowEntropy.cheats.get("Q4_0")?.map(({ share }) => share)).toEqual([0.1]);
  });

  it("judges an answer by the longest window that it fills, and one shorter than all by none", () => {
    const windows = readEvidence(lines.join("\n"), "x").texts.rich.cheats.get("Q4_0") ?? [];
    expect([31, 32, 63, 64, 500].map((tokens) => windowFor(windows, tokens)?.share)).toEqual([
      undefined,
      0.5,
      0.5,
      0.9,
      0.9,
    ]);
  });

  it("takes a check's cost between measured shapes in proportion, beyond them the nearest", () => {
    const evidence = readEvidence(lines.join("\n"), "x");
    expect(checkRatio(evidence, 256, 256)).toBeCloseTo(0.2, 12);
    expect(checkRatio(evidence, 384, 256)).toBeCloseTo(0.25, 12);
    expect(checkRatio(evidence, 1, 256)).toBeCloseTo(0.1, 12);
    expect(checkRatio(evidence, 5_000, 10)).toBeCloseTo(0.3, 12);
  });

  it("is refused where something is missing, and nothing is filled in", () => {
    expect(() => readEvidence("", "x")).toThrow("no lines");
    expect(() => readEvidence(found(32, 1), "x")).toThrow("what a check costs");
    expect(() => readEvidence(cost(64, 0.1), "x")).toThrow("false alarms");
    expect(() => readEvidence(JSON.stringify({ bench: "router" }), "x")).toThrow("line 1");
    expect(() => readEvidence([cost(64, Number.NaN), found(32, 1)].join("\n"), "x")).toThrow("value");
  });
});
