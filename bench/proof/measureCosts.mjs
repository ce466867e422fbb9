import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedModels, startLlamaEngine } from "@cortensor/engine";
import { encodeSeededGguf } from "../../packages/engine/dist/seededGguf.js";
import { measureCheck } from "./measureCheck.mjs";

const REPEATS = Number(process.env.BENCH_REPEATS ?? 9);
const CONTEXT_TOKENS = 2_048;

/** 30 million seeded weights: 29.4 in matrices, at 8 bits. */
const MODEL_30M = {
  seed: 30,
  width: 512,
  layers: 8,
  heads: 8,
  kvHeads: 4,
  feedForward: 1_536,
  vocabulary: 4_096,
  contextTokens: CONTEXT_TOKENS,
  type: "Q8_0",
};

/** Check ÷ generation of the embedded model, and of a larger one whose weights are drawn: what they are doesn't change what they cost. */
export async function measureCosts({ say }) {
  const { chat } = await embeddedModels();
  const embedded = await measureFile({ name: "check_ratio", path: chat.path, model: chat.model, say });
  const folder = mkdtempSync(join(tmpdir(), "cortensor-bench-proof-"));
  try {
    const path = join(folder, "seeded-30m-q8_0.gguf");
    writeFileSync(path, encodeSeededGguf(MODEL_30M));
    const larger = await measureFile({ name: "check_ratio_30m", path, model: "seeded-30m", say });
    return [...embedded, ...larger.map((row) => ({ ...row, model: "29.4 M seeded weights, Q8_0" }))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureFile({ name, path, model, say }) {
  const engine = await startLlamaEngine({ modelPath: path, model, contextTokens: CONTEXT_TOKENS, threads: 1 });
  try {
    return await measureCheck(engine, { name, repeats: REPEATS, say });
  } finally {
    await engine.close();
  }
}
