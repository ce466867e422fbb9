import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Engine, embeddedModels, startLlamaEngine } from "@cortensor/engine";
import type { Substitute } from "@cortensor/proof";

/** The engines of a calibration: the model twice, in two processes, and what a cheat may serve instead. */
export type CalibratedEngines = {
  readonly engine: Engine;
  readonly again: Engine;
  readonly substitutes: readonly Substitute[];
  readonly fileSha256: string;
  close(): Promise<void>;
};

export type CalibratedFiles = {
  /** Default: the embedded model. */
  readonly model?: string;
  /** Default, for the embedded model only: its other quantisations. */
  readonly against?: readonly string[];
  /** Prompt and answer together. */
  readonly contextTokens: number;
  readonly signal: AbortSignal;
};

/** Starts them all, or none. */
export async function openCalibrated(files: CalibratedFiles): Promise<CalibratedEngines> {
  const { path, model, others } = await chooseFiles(files);
  const { contextTokens, signal } = files;
  const opened: Engine[] = [];
  const start = async (modelPath: string): Promise<Engine> => {
    const engine = await startLlamaEngine({ modelPath, model, contextTokens, slots: 4, signal });
    opened.push(engine);
    return engine;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((engine) => engine.close()));
  };
  try {
    const [engine, again] = [await start(path), await start(path)];
    const substitutes: Substitute[] = [];
    for (const file of others) substitutes.push({ name: basename(file), engine: await start(file) });
    return { engine, again, substitutes, fileSha256: await sha256Of(path), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function chooseFiles({
  model,
  against,
}: CalibratedFiles): Promise<{ readonly path: string; readonly model: string; readonly others: readonly string[] }> {
  if (model !== undefined) {
    return { path: model, model: basename(model).replace(/\.gguf$/i, ""), others: against ?? [] };
  }
  const { chat, files } = await embeddedModels();
  const siblings = files.filter((file) => file.use === "chat" && file.path !== chat.path);
  return { path: chat.path, model: chat.model, others: against ?? siblings.map((file) => file.path) };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
