import { embeddedEngineOptions, embeddedModels, type LlamaEngine, startLlamaEngine } from "@cortensor/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDistanceFile, findDistance, measureDistance, parseDistanceFile } from "../src/index.js";

const TIMEOUT_MS = 300_000;
const RUN = {
  substitutes: [],
  copies: 3,
  honestGroups: 6,
  cheatGroups: 4,
  tokens: 24,
  temperature: 0.7,
  falseAlarmsMax: 0.05,
  seed: 3,
};

let engine: LlamaEngine;
beforeAll(async () => {
  engine = await startLlamaEngine({ ...embeddedEngineOptions(await embeddedModels()), contextTokens: 256 });
}, TIMEOUT_MS);
afterAll(() => engine.close());

describe("distances measured with the embedded model", { timeout: TIMEOUT_MS }, () => {
  it("are the same for the same seed, and stand in a file that a router reads back", async () => {
    const measured = await measureDistance({ engine, ...RUN });
    expect(await measureDistance({ engine, ...RUN })).toEqual(measured);
    expect(measured.held.answers).toBe(9);
    expect(measured.outlierAbove).toBeGreaterThan(0);
    expect(measured.cheats.map(({ name, answers }) => [name, answers])).toEqual([
      ["another question", 4],
      ["half the prompt", 4],
    ]);
    const read = parseDistanceFile(encodeDistanceFile([measured]));
    expect(read).toEqual([measured]);
    const { modelId } = engine.describe();
    const of = { modelId, embeddingModelId: modelId };
    // Nine honest copies show nothing: no router goes by them.
    expect(findDistance(read, { ...of, copies: 3 })).toBeUndefined();
    const cheats = [{ name: "far", answers: 100, outliers: 90, found: { low: 0.8, high: 0.95 } }];
    const telling = { ...measured, held: { answers: 300, outliers: 3 }, falseAlarmsMax: 0.01, cheats };
    expect(findDistance([telling], { ...of, copies: 3 })).toBe(measured.outlierAbove);
    expect(findDistance([telling], { ...of, copies: 5 })).toBeUndefined();
  });

  it.each([
    ["what isn't JSON", "{"],
    ["another format", `{"format":"other","thresholds":[]}`],
    ["an unknown field", `{"format":"cortensor-distances-1","thresholds":[],"more":1}`],
  ])("are refused from %s", (_, text) => {
    expect(() => parseDistanceFile(text)).toThrow(expect.objectContaining({ code: "PROOF_BAD_CALIBRATION" }));
  });
});
