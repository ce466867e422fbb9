import type { ChatMessage } from "@cortensor/protocol";
import { z } from "zod";
import type { CallOptions } from "./http.js";

/** How an answer is sampled. Omitted fields take the server's defaults, which are OpenAI's. */
export type SamplingOptions = {
  /** Default: the first model that the router offers. */
  readonly model?: string;
  readonly maxTokens?: number;
  /** 0…2; 0 is greedy. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly logitBias?: Readonly<Record<string, number>>;
  readonly stop?: string | readonly string[];
  /** A repeatable answer. */
  readonly seed?: number;
  /** 32 bytes of hex that the sampler's seed then depends on, so that nobody else chose it alone. */
  readonly nonce?: string;
};

export type AskOptions = SamplingOptions & CallOptions;

/** A whole answer. `taskId` names its receipt. */
export type Answer = {
  readonly text: string;
  readonly finish: "stop" | "length";
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly taskId: string;
  readonly model: string;
};

/** What a streamed answer says. It always ends with `end`, or the iteration throws. */
export type AnswerEvent =
  | { readonly kind: "started"; readonly taskId: string }
  | { readonly kind: "text"; readonly text: string }
  | ({ readonly kind: "end" } & Answer);

export type Embeddings = {
  readonly vectors: readonly (readonly number[])[];
  readonly promptTokens: number;
  readonly taskId: string;
  readonly model: string;
};

const usage = z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) });
const finish = z.enum(["stop", "length"]);

export const wholeChat = z.object({
  model: z.string(),
  choices: z.array(z.object({ message: z.object({ content: z.string() }), finish_reason: finish })).length(1),
  usage,
});
export const wholeCompletion = z.object({
  model: z.string(),
  choices: z.array(z.object({ text: z.string(), finish_reason: finish })).length(1),
  usage,
});
export const embeddingList = z.object({
  model: z.string(),
  data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.int().min(0) }),
});
/** A chunk of either stream: chat says `delta.content`, plain completion `text`. */
export const answerChunk = z.object({
  model: z.string(),
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        text: z.string().nullish(),
        finish_reason: finish.nullish(),
      }),
    )
    .max(1),
  usage: usage.nullish(),
});

/** The sampling fields of a request's body, in OpenAI's words. */
export function samplingBody(options: SamplingOptions): Readonly<Record<string, unknown>> {
  return {
    max_tokens: options.maxTokens,
    temperature: options.temperature,
    top_p: options.topP,
    top_k: options.topK,
    min_p: options.minP,
    presence_penalty: options.presencePenalty,
    frequency_penalty: options.frequencyPenalty,
    logit_bias: options.logitBias,
    stop: options.stop,
    seed: options.seed,
  };
}

export type AskMessages = string | readonly ChatMessage[];

export function toMessages(messages: AskMessages): readonly ChatMessage[] {
  return typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
}
