import { type InferenceRequest, PROMPT_BYTES_MAX, type Prompt } from "@cortensor/protocol";
import { type ApiError, invalidRequest } from "./apiError.js";
import type { FileSearch } from "./files/fileSearch.js";
import type { ModelCard } from "./gateway.js";
import type { Memory } from "./responses/recall.js";
import { type SamplingFields, toSamplingParams } from "./samplingFields.js";

/** A body that can be run, with what the answer's shape needs. */
export type ParsedRequest = {
  readonly kind: "parsed";
  /** The model's name as the client wrote it; the answer repeats it. */
  readonly model: string;
  readonly request: InferenceRequest;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Of the model: what prompt and answer share. */
  readonly contextTokens: number;
  /** The field that the prompt stands in. */
  readonly promptParam: "messages" | "prompt" | "input";
  /** What is searched before the model is asked. */
  readonly fileSearch?: FileSearch;
  /** What was said before, where the request goes on from it, or is to be gone on from. */
  readonly memory?: Memory;
};
export type RefusedRequest = { readonly kind: "refused"; readonly error: ApiError };

export type FindModel = (name: string) => ModelCard | undefined;

export function refused(error: ApiError): RefusedRequest {
  return { kind: "refused", error };
}

/** Joins checked fields with the model they name: unknown models and limits beyond its context are refused. */
export function buildRequest(
  fields: SamplingFields & { readonly model: string },
  parts: {
    readonly prompt: Prompt;
    readonly promptParam: ParsedRequest["promptParam"];
    readonly findModel: FindModel;
    readonly limit: { readonly param: string; readonly tokens: number | undefined; readonly fallback: number };
  },
): ParsedRequest | RefusedRequest {
  const streamOptions = fields.stream_options ?? undefined;
  if (streamOptions !== undefined && fields.stream !== true) {
    const message = "'stream_options' is only allowed when 'stream' is true.";
    return refused(invalidRequest(message, "invalid_value", "stream_options"));
  }
  const long = promptTooLong(parts.prompt, parts.promptParam);
  if (long !== undefined) return refused(long);
  const card = parts.findModel(fields.model);
  if (card === undefined) return refused(unknownModel(fields.model));
  const { limit } = parts;
  if (limit.tokens !== undefined && limit.tokens > card.contextTokens) {
    const message = `'${limit.param}' is larger than the model's context of ${card.contextTokens} tokens.`;
    return refused(invalidRequest(message, "invalid_value", limit.param));
  }
  const maxTokens = limit.tokens ?? Math.max(1, Math.min(limit.fallback, Math.floor(card.contextTokens / 2)));
  return {
    kind: "parsed",
    model: fields.model,
    request: { modelId: card.modelId, prompt: parts.prompt, params: toSamplingParams(fields, maxTokens) },
    stream: fields.stream === true,
    includeUsage: streamOptions?.include_usage === true,
    contextTokens: card.contextTokens,
    promptParam: parts.promptParam,
  };
}

function promptBytes(prompt: Prompt): number {
  if (prompt.kind === "text") return Buffer.byteLength(prompt.text);
  const hosted = (prompt.documents ?? []).reduce((total, { bytes }) => total + bytes, 0);
  return prompt.messages.reduce((bytes, { content }) => bytes + Buffer.byteLength(content), hosted);
}

/** Undefined where it isn't. */
export function promptTooLong(prompt: Prompt, param: string): ApiError | undefined {
  if (promptBytes(prompt) <= PROMPT_BYTES_MAX) return undefined;
  return invalidRequest(`The prompt is longer than ${PROMPT_BYTES_MAX} bytes.`, "context_length_exceeded", param);
}

export function unknownModel(name: string): ApiError {
  return {
    status: 404,
    type: "invalid_request_error",
    code: "model_not_found",
    message: `The model '${name}' is not offered here. GET /v1/models lists those that are.`,
    param: "model",
  };
}
