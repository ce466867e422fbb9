import type { Bytes32 } from "@cortensor/protocol";
import { chooseEnginePackage, type GpuApi } from "./chooseEnginePackage.js";
import type { EmbeddingWrap } from "./embeddedModels.js";
import type { Engine } from "./engine.js";
import { EngineError } from "./engineError.js";
import { findInstalledPackage } from "./findInstalledPackage.js";
import { hashFile } from "./hashFile.js";
import { ChildEngine } from "./llama/childEngine.js";
import { forkEngine } from "./llama/forkEngine.js";
import { modelIdOf } from "./modelRecord.js";
import { readGgufHeader } from "./readGgufHeader.js";

const CONTEXT_TOKENS_DEFAULT = 2_048;
const SLOTS_DEFAULT = 2;
const THREADS_DEFAULT = 1;

export type LlamaEngineOptions = {
  readonly modelPath: string;
  /** Name clients use, e.g. `cortensor-5m`. */
  readonly model: string;
  /** Default: `modelIdOf` the file's hash, chat template and quantisation. */
  readonly modelId?: Bytes32;
  /** Tokens of context per slot. Default 2,048; at most what the model was trained on. */
  readonly contextTokens?: number;
  /** Sequences run at once. Default 2. */
  readonly slots?: number;
  /** Default 1: more threads stall on machines with few cores. */
  readonly threads?: number;
  /** Default false: the CPU. A GPU needs its engine package installed. */
  readonly gpu?: false | GpuApi;
  /** A model of its own for `embed`; default: the chat model. */
  readonly embedding?: EmbeddingWrap & { readonly modelPath: string };
  readonly signal?: AbortSignal;
};

export type LlamaEngine = Engine & {
  /** The engine's process; undefined once it is gone. */
  readonly pid: number | undefined;
  /** Resolves when the process is gone, with ENGINE_CRASHED or, after `close`, ENGINE_CLOSED. */
  readonly gone: Promise<Error>;
};

/**
 * Starts a llama.cpp engine in its own process, which ends with this one. The model file is checked before any native code sees it.
 * A crash fails every open call with ENGINE_CRASHED; the engine is then of no more use, and another can be started.
 * @throws CodedError ENGINE_MODEL_NOT_FOUND, ENGINE_MODEL_TRUNCATED, ENGINE_MODEL_MALFORMED, ENGINE_START_FAILED, ENGINE_CRASHED, ENGINE_ABORTED
 */
export async function startLlamaEngine(options: LlamaEngineOptions): Promise<LlamaEngine> {
  const header = await readGgufHeader(options.modelPath);
  if (options.embedding !== undefined) await readGgufHeader(options.embedding.modelPath);
  const { chatTemplate = "", quantisation } = header;
  const modelId =
    options.modelId ?? modelIdOf({ fileSha256: await hashFile(options.modelPath), chatTemplate, quantisation });
  const contextTokens = Math.min(options.contextTokens ?? CONTEXT_TOKENS_DEFAULT, header.contextTokens);
  if (options.gpu !== undefined && options.gpu !== false) await requireGpuEngine(options.gpu);
  if (options.signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
  const child = new ChildEngine(forkEngine());
  const abort = (): void => void child.close();
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    const { modelPath, model, embedding } = options;
    const description = await child.start({
      modelPath,
      model,
      modelId,
      contextTokens,
      slots: options.slots ?? SLOTS_DEFAULT,
      threads: options.threads ?? THREADS_DEFAULT,
      gpu: options.gpu ?? false,
      ...(embedding === undefined ? {} : { embedding: { ...embedding } }),
    });
    return engineOf(child, description);
  } catch (error) {
    await child.close();
    throw options.signal?.aborted ? new EngineError({ code: "ENGINE_ABORTED" }, { cause: error }) : error;
  } finally {
    options.signal?.removeEventListener("abort", abort);
  }
}

async function requireGpuEngine(gpu: GpuApi): Promise<void> {
  const name = chooseEnginePackage(process, gpu);
  if (name !== undefined && (await findInstalledPackage(name)) !== undefined) return;
  const reason = name === undefined ? `no engine for ${gpu} is published for this machine` : `${name} is not installed`;
  throw new EngineError({ code: "ENGINE_START_FAILED", reason });
}

function engineOf(child: ChildEngine, description: ReturnType<Engine["describe"]>): LlamaEngine {
  return {
    describe: () => description,
    tokenizePrompt: (prompt) => child.tokenizePrompt(prompt),
    generate: (job) => child.generate(job),
    score: (job) => child.score(job),
    spell: (tokens) => child.spell(tokens),
    embed: (texts, signal) => child.embed(texts, signal),
    close: () => child.close(),
    get pid() {
      return child.pid;
    },
    gone: child.gone,
  };
}
