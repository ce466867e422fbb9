import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paramsWith, runJob } from "./compliance/engineCompliance.js";
import { createScriptedEngine } from "./createScriptedEngine.js";
import type { EngineUse } from "./engineUse.js";
import { meteredEngine } from "./meteredEngine.js";
import { encodeSeededGguf, TINY_MODEL } from "./seededGguf.js";
import { type LlamaEngine, startLlamaEngine } from "./startLlamaEngine.js";

const JOB = { promptTokens: [1, 2, 3], params: paramsWith({ maxTokens: 24 }), seed: `0x${"a7".repeat(32)}` as const };

describe("an engine that is metered", () => {
  let folder = "";
  let engine: LlamaEngine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "metered-"));
    const modelPath = join(folder, "tiny.gguf");
    await writeFile(modelPath, encodeSeededGguf(TINY_MODEL));
    engine = await startLlamaEngine({ modelPath, model: "tiny" });
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  });

  it("tells once what each generation and each scoring cost, of calls at once each its own part", async () => {
    const uses: EngineUse[] = [];
    const metered = meteredEngine(engine, (use) => uses.push(use));
    const [{ ids: outputTokens }] = await Promise.all([runJob(metered, JOB), runJob(metered, JOB)]);
    expect(uses).toHaveLength(2);
    await metered.score({ ...JOB, outputTokens, topK: 5 });
    expect(uses).toHaveLength(3);
    for (const { seconds, cpuSeconds } of uses) expect([seconds > 0, cpuSeconds > 0]).toEqual([true, true]);
    const [one, other] = uses.map(({ cpuSeconds }) => cpuSeconds);
    expect(Math.max(one ?? 0, other ?? 0)).toBeLessThan(10 * Math.min(one ?? 0, other ?? 0));
  });

  it("tells nothing of what failed before the model ran, nor of an engine that can't tell", async () => {
    const uses: EngineUse[] = [];
    const refused = meteredEngine(engine, (use) => uses.push(use)).score({
      ...JOB,
      outputTokens: [9_999_999],
      topK: 5,
    });
    await expect(refused).rejects.toMatchObject({ code: "ENGINE_BAD_JOB" });
    const scripted = meteredEngine(createScriptedEngine(), (use) => uses.push(use));
    const promptTokens = await scripted.tokenizePrompt({ kind: "text", text: "a" });
    await runJob(scripted, { ...JOB, promptTokens });
    expect(uses).toEqual([]);
  });
});
