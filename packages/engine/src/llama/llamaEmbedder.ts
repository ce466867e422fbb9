import type { Llama, LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { EngineError } from "../engineError.js";
import type { LlamaChildOptions } from "./llamaOptions.js";
import type { Turn } from "./turn.js";

export type Vectors = { readonly vectors: readonly Float32Array[]; readonly tokens: number };
type Embedder = (texts: readonly string[], signal?: AbortSignal) => Promise<Vectors>;
type Wrap = Omit<NonNullable<LlamaChildOptions["embedding"]>, "modelPath">;

/** Without an embedding model of its own, a chat model reads a text best as a message of a user. */
const CHATML_WRAP: Wrap = { prefix: "<|im_start|>user\n", suffix: "<|im_end|>", prependBos: true, appendEos: true };
const PLAIN_WRAP: Wrap = { prefix: "", suffix: "", prependBos: true, appendEos: true };

export type EmbedderParts = {
  readonly llama: Llama;
  readonly chatModel: LlamaModel;
  readonly isChatml: boolean;
  readonly options: LlamaChildOptions;
  readonly turn: Turn;
};

/** Makes vectors of texts. The model is loaded at the first call: a miner that is never asked doesn't hold it. */
export function createLlamaEmbedder(parts: EmbedderParts): Embedder {
  let loading: Promise<{ readonly context: LlamaEmbeddingContext; readonly model: LlamaModel }> | undefined;
  return async (texts, signal) => {
    loading ??= loadEmbedder(parts);
    const { context, model } = await loading;
    const encode = wrapEncoder(model, parts.options.embedding ?? (parts.isChatml ? CHATML_WRAP : PLAIN_WRAP));
    const vectors: Float32Array[] = [];
    const inputs = texts.map(encode);
    for (const input of inputs) checkLength(input, parts.options.contextTokens);
    for (const input of inputs) {
      if (signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
      const { vector } = await parts.turn.take(() => context.getEmbeddingFor(input));
      vectors.push(normalise(vector));
    }
    return { vectors, tokens: inputs.reduce((sum, input) => sum + input.length, 0) };
  };
}

async function loadEmbedder({ llama, chatModel, options }: EmbedderParts): Promise<{
  readonly context: LlamaEmbeddingContext;
  readonly model: LlamaModel;
}> {
  const { embedding, threads, contextTokens } = options;
  const model = embedding === undefined ? chatModel : await loadEmbeddingModel(llama, embedding.modelPath, options.gpu);
  const contextSize = Math.min(contextTokens, model.trainContextSize);
  return { model, context: await model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads }) };
}

function loadEmbeddingModel(llama: Llama, modelPath: string, gpu: LlamaChildOptions["gpu"]): Promise<LlamaModel> {
  const gpuLayers = gpu === false ? 0 : "auto";
  return llama.loadModel({ modelPath, checkTensors: true, defaultContextFlashAttention: false, gpuLayers });
}

function wrapEncoder(model: LlamaModel, wrap: Wrap): (text: string) => Token[] {
  const { bos, eos } = model.tokens;
  const begin = wrap.prependBos && bos !== null ? [bos] : [];
  const end = wrap.appendEos && eos !== null ? [eos] : [];
  const prefix = model.tokenize(wrap.prefix, true);
  const suffix = model.tokenize(wrap.suffix, true);
  return (text) => [...begin, ...prefix, ...model.tokenize(text, false), ...suffix, ...end];
}

function checkLength(input: readonly Token[], contextTokens: number): void {
  if (input.length < contextTokens) return;
  throw new EngineError({ code: "ENGINE_PROMPT_TOO_LONG", promptTokens: input.length, contextTokens });
}

function normalise(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
