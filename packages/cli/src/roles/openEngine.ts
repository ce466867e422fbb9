import { basename } from "node:path";
import {
  chooseModelFit,
  createScriptedEngine,
  detectHardware,
  type Engine,
  embeddedModels,
  fetchModel,
  readGgufHeader,
  startHttpEngine,
  startLlamaEngine,
} from "@cortensor/engine";
import { CliError } from "../cliError.js";
import type { Output } from "../output.js";

export type EngineChoice = {
  /** GGUF path, URL or `owner/repo/file.gguf`. Default: the embedded model. */
  readonly model?: string;
  readonly sha256?: string;
  /** Name that clients use. */
  readonly name?: string;
  /** An OpenAI-compatible server instead of a model file. */
  readonly upstream?: string;
  /** No model: answers say the last message back, all at once or a token in each turn of the event loop. */
  readonly scripted?: ScriptedPace;
  readonly slots?: number;
  readonly contextTokens?: number;
};

/** See `--scripted`. */
export type ScriptedPace = "at-once" | "in-turns";

export type OpenEngineParts = {
  readonly choice: EngineChoice;
  /** Where downloads are kept. */
  readonly modelsFolder: string;
  readonly output: Output;
  readonly signal: AbortSignal;
};

/** An engine, and what happens when its process ends by itself. */
export type OpenedEngine = { readonly engine: Engine; readonly gone: Promise<Error> };

/** Starts the engine that a miner was asked for: the embedded model, another file, or a server. */
export async function openEngine(parts: OpenEngineParts): Promise<OpenedEngine> {
  const { choice, signal } = parts;
  if (choice.scripted !== undefined) {
    const named = choice.name === undefined ? {} : { model: choice.name };
    const engine = createScriptedEngine({ ...named, inTurns: choice.scripted === "in-turns" });
    return { engine, gone: new Promise(() => undefined) };
  }
  if (choice.upstream !== undefined) {
    const upstreamModel = choice.name;
    if (upstreamModel === undefined) {
      throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--name", expected: "the model's name on that server" });
    }
    const engine = await startHttpEngine({ baseUrl: choice.upstream, upstreamModel });
    return { engine, gone: new Promise(() => undefined) };
  }
  const options = choice.model === undefined ? await embedded() : await fetched(parts, choice.model);
  const engine = await startLlamaEngine({
    ...options,
    ...(choice.name === undefined ? {} : { model: choice.name }),
    ...(choice.slots === undefined ? {} : { slots: choice.slots }),
    ...(choice.contextTokens === undefined ? {} : { contextTokens: choice.contextTokens }),
    signal,
  });
  return { engine, gone: engine.gone };
}

async function embedded() {
  const { chat, embedding } = await embeddedModels();
  return {
    modelPath: chat.path,
    model: chat.model,
    contextTokens: chat.contextTokens,
    embedding: { ...embedding.wrap, modelPath: embedding.model.path },
  };
}

/** Brings the file here, and chooses context, sequences and threads that fit this machine, or refuses. */
async function fetched({ choice, modelsFolder, output, signal }: OpenEngineParts, source: string) {
  output.progress("model.fetching", `Looking for the model ${source}`);
  const { path } = await fetchModel({
    source,
    folder: modelsFolder,
    ...(choice.sha256 === undefined ? {} : { sha256: choice.sha256 }),
    signal,
    onProgress: createProgress(output),
  });
  const header = await readGgufHeader(path);
  const fit = chooseModelFit(await detectHardware(), [
    {
      quantisation: header.quantisation,
      fileBytes: header.fileBytes,
      kvBytesPerToken: header.kvBytesPerToken,
      contextTokensMax: header.contextTokens,
    },
  ]);
  if (fit.kind === "refused") {
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: source,
      expected: `a model that fits this machine: ${fit.reason}`,
    });
  }
  if (fit.advice !== undefined) output.warn("model.advice", fit.advice);
  return {
    modelPath: path,
    model: basename(path).replace(/\.gguf$/i, ""),
    contextTokens: fit.contextTokens,
    slots: fit.slots,
    threads: fit.threads,
    gpu: fit.device === "cpu" ? (false as const) : fit.device,
  };
}

/** Percents between two lines about a download. */
const PROGRESS_STEP = 5;

function createProgress(output: Output) {
  let toldPercent = -PROGRESS_STEP;
  return ({ bytes, totalBytes }: { readonly bytes: number; readonly totalBytes?: number }) => {
    if (totalBytes === undefined || totalBytes === 0) return;
    const percent = Math.floor((bytes / totalBytes) * 100);
    if (percent < toldPercent + PROGRESS_STEP) return;
    toldPercent = percent;
    output.progress("model.progress", `Fetched ${percent} % of ${totalBytes} bytes`, { bytes, totalBytes });
  };
}
