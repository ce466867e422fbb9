import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { z } from "zod";
import { type Engine, type EngineDescription, QUANTISATION_UNKNOWN } from "./engine.js";
import { EngineError } from "./engineError.js";
import { generateInSlot } from "./generateInSlot.js";
import { checkJob } from "./generateTokens.js";
import { upstreamFailed } from "./http/completionChunk.js";
import { httpGenerate } from "./http/httpGenerate.js";
import { Upstream } from "./http/upstream.js";
import { kernelClassOf } from "./kernelClass.js";
import { encodePieces, encodePromptPieces, PIECE_VOCABULARY } from "./pieceTokens.js";
import { Slots } from "./slots.js";
import { spellTokens } from "./spellTokens.js";

const CONTEXT_TOKENS_DEFAULT = 8_192;
const SLOTS_DEFAULT = 8;
/** Jobs that may wait for a connection; a miner queues in its own books. */
const WAITING_MAX = 256;
const SILENCE_MS_DEFAULT = 30_000;
/** A guess until an operator says better. */
const TOKENS_PER_SECOND_DEFAULT = 50;
const VECTOR_LENGTH_MAX = 16_384;

export type HttpEngineOptions = {
  /** Root of an OpenAI-compatible server, e.g. `http://127.0.0.1:8080/v1`. */
  readonly baseUrl: string;
  /** Model name sent to the server. */
  readonly upstreamModel: string;
  /** Name clients use. Default: `upstreamModel`. */
  readonly model?: string;
  readonly apiKey?: string;
  /** In this engine's tokens, which spell up to three bytes. Default 8,192. */
  readonly contextTokens?: number;
  /** Requests at once. Default 8. */
  readonly slots?: number;
  readonly canEmbed?: boolean;
  /** Whether the server continues a trailing assistant message, so that a hand-over can be taken. Default false. */
  readonly continuesAnswers?: boolean;
  /** Silence after which a request counts as broken. Default 30,000. */
  readonly silenceMs?: number;
  /** What to advertise. Default 50. */
  readonly tokensPerSecond?: number;
};

/**
 * Serves from any OpenAI-compatible server. Its tokens are of this engine's own making and carry no log-probabilities, so it can't be scored:
 * class `unproved`.
 * @throws CodedError ENGINE_UPSTREAM_FAILED when the server can't be reached or refuses the key
 */
export async function startHttpEngine(options: HttpEngineOptions): Promise<Engine> {
  const { contextTokens = CONTEXT_TOKENS_DEFAULT, slots: slotCount = SLOTS_DEFAULT } = options;
  const { silenceMs = SILENCE_MS_DEFAULT, apiKey, baseUrl, upstreamModel, continuesAnswers = false } = options;
  const key = apiKey === undefined ? {} : { apiKey };
  const upstream = new Upstream({ baseUrl, silenceMs, connections: slotCount, ...key });
  try {
    await upstream.check();
  } catch (error) {
    await upstream.close();
    throw error;
  }
  const description = describeServer(options, { contextTokens, slots: slotCount });
  const slots = new Slots(
    Array.from({ length: slotCount }, (_, slot) => slot),
    WAITING_MAX,
  );
  const parts = { upstream, upstreamModel, contextTokens, continuesAnswers };
  let isClosed = false;
  const checkOpen = (): void => {
    if (isClosed) throw new EngineError({ code: "ENGINE_CLOSED" });
  };
  return {
    describe: () => description,
    tokenizePrompt: async (prompt) => encodePromptPieces(prompt),
    generate: (job) => {
      checkOpen();
      checkJob({ vocabulary: PIECE_VOCABULARY, contextTokens }, job);
      return generateInSlot({ slots, run: () => httpGenerate(parts, job) }, job.signal);
    },
    score: async () => {
      throw new EngineError({ code: "ENGINE_CANNOT_SCORE", model: description.model });
    },
    spell: async (tokens) => {
      checkOpen();
      return spellTokens(PIECE_VOCABULARY, tokens);
    },
    embed: async (texts, signal) => {
      checkOpen();
      if (!description.canEmbed) throw new EngineError({ code: "ENGINE_CANNOT_EMBED", model: description.model });
      return embedOverHttp({ upstream, upstreamModel, texts }, signal);
    },
    close: async () => {
      isClosed = true;
      await upstream.close();
    },
  };
}

function describeServer(
  options: HttpEngineOptions,
  sizes: { readonly contextTokens: number; readonly slots: number },
): EngineDescription {
  const { baseUrl, upstreamModel, model = upstreamModel, canEmbed = false } = options;
  const kernel = {
    engineVersion: "http-1",
    binaryHash: "",
    backend: new URL(baseUrl).origin,
    isaLevel: "unknown",
    kvType: "unknown",
    stepShape: "unknown",
  };
  return {
    kind: "http",
    model,
    modelId: keccak256(utf8ToBytes(`http:${upstreamModel}`)),
    quantisation: QUANTISATION_UNKNOWN,
    ...sizes,
    vocabularyTokens: PIECE_VOCABULARY.tokens,
    kernelClass: kernelClassOf(kernel),
    kernel,
    canScore: false,
    canEmbed,
    tokensPerSecond: options.tokensPerSecond ?? TOKENS_PER_SECOND_DEFAULT,
  };
}

const embeddingsSchema = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(VECTOR_LENGTH_MAX) })),
});

async function embedOverHttp(
  request: { readonly upstream: Upstream; readonly upstreamModel: string; readonly texts: readonly string[] },
  signal: AbortSignal | undefined,
): ReturnType<Engine["embed"]> {
  const { upstream, upstreamModel, texts } = request;
  const body = { model: upstreamModel, input: texts, encoding_format: "float" };
  const parsed = embeddingsSchema.safeParse(await upstream.post("/embeddings", body, signal));
  if (!parsed.success) throw upstreamFailed("the answer holds no embeddings");
  const byIndex = new Map(parsed.data.data.map(({ index, embedding }) => [index, embedding]));
  const vectors = texts.map((_, index) => {
    const embedding = byIndex.get(index);
    if (embedding === undefined) throw upstreamFailed("the answer lacks a vector");
    return normalise(embedding);
  });
  return { vectors, tokens: texts.reduce((sum, text) => sum + encodePieces(text).length, 0) };
}

function normalise(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}
