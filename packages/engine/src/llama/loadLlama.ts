import {
  getLlama,
  type Llama,
  type LlamaContext,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
} from "node-llama-cpp";
import { createVocabulary } from "../createVocabulary.js";
import { EngineError } from "../engineError.js";
import { readGguf } from "../readGgufHeader.js";
import type { Vocabulary } from "../tokenModel.js";
import type { LlamaChildOptions } from "./llamaOptions.js";
import { PREFILL_BATCH_TOKENS } from "./llamaSequence.js";

export type LoadedLlama = {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly sequences: readonly LlamaContextSequence[];
  readonly vocabulary: Vocabulary;
  readonly chatTemplate?: string;
  readonly quantisation: string;
};

/** Loads the native engine, the model and one context for all slots. Everything that could change bits is fixed here, nothing left to "auto". */
export async function loadLlama(options: LlamaChildOptions): Promise<LoadedLlama> {
  const { header, parts } = await readGguf(options.modelPath);
  const llama = await getLlama({
    gpu: options.gpu,
    build: "never",
    logLevel: LlamaLogLevel.error,
    logger: (level, message) => process.stderr.write(`${level}: ${message}\n`),
  });
  const model = await loadModel(llama, options);
  const context = await model.createContext({
    contextSize: options.contextTokens,
    sequences: options.slots,
    batchSize: Math.min(PREFILL_BATCH_TOKENS, options.contextTokens),
    threads: options.threads,
    flashAttention: false,
  });
  const sequences = Array.from({ length: options.slots }, () => context.getSequence());
  const isEnd = endTest(model, header.vocabularyTokens);
  const vocabulary =
    createVocabulary(parts, isEnd) ?? nativeVocabulary(model, { tokens: header.vocabularyTokens, isEnd });
  const { chatTemplate, quantisation } = header;
  return {
    llama,
    model,
    context,
    sequences,
    vocabulary,
    quantisation,
    ...(chatTemplate === undefined ? {} : { chatTemplate }),
  };
}

async function loadModel(llama: Llama, options: LlamaChildOptions): Promise<LlamaModel> {
  const gpuLayers = options.gpu === false ? 0 : "auto";
  const { modelPath } = options;
  try {
    return await llama.loadModel({ modelPath, checkTensors: true, defaultContextFlashAttention: false, gpuLayers });
  } catch (cause) {
    throw new EngineError({ code: "ENGINE_MODEL_MALFORMED", why: "the native loader refuses it" }, { cause });
  }
}

/** Ids that end an answer, looked up once: the test runs at every token. */
function endTest(model: LlamaModel, vocabularyTokens: number): (id: number) => boolean {
  const ends = new Set<number>();
  for (const token of model.iterateAllTokens()) if (model.isEogToken(token)) ends.add(token);
  return (id) => ends.has(id) || id >= vocabularyTokens;
}

/** Tokens of kinds of tokenizers that aren't read here: the engine's own text of each one. */
function nativeVocabulary(
  model: LlamaModel,
  parts: { readonly tokens: number; readonly isEnd: (id: number) => boolean },
): Vocabulary {
  const bytes: Uint8Array[] = [];
  for (const token of model.iterateAllTokens())
    bytes[token] = new TextEncoder().encode(model.detokenize([token], false));
  return { ...parts, bytesOf: (id) => bytes[id] ?? new Uint8Array(0) };
}
