import {
  type ChatMessage,
  PROOF_LABELS,
  type ProofLabel,
  type SealAudit,
  type SealingLabel,
  type SealSuite,
  type TaskChoice,
} from "@cortensor/protocol";
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

/** Who may read a request. Sealed: nobody but the miner chosen, see docs/SEALING.md. */
export type PrivacyOptions = {
  /** Default: the client's own `privacy`. */
  readonly privacy?: "open" | "sealed";
  readonly suite?: SealSuite;
  /** Whether a sealed one is sealed to at most two standbys too, so that its answer goes on without its client: each of them can read all of it. Default: the client's own. */
  readonly standbys?: boolean;
  /** How a sealed answer may be checked. Default: the client's own `audit`. */
  readonly audit?: SealAudit;
};

/** `validation`, `redundancy` and `maxFeeWei` are for this request alone, in place of what the session says. */
export type AskOptions = SamplingOptions & TaskChoice & PrivacyOptions & CallOptions;

/** A whole answer. `taskId` names its receipt. */
export type Answer = {
  readonly text: string;
  readonly finish: "stop" | "length";
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly taskId: string;
  readonly model: string;
  /** What the answer may be called: see docs/PROOF.md. */
  readonly proof: ProofLabel;
  /** What became of the copies; with more than one only. */
  readonly copies?: Copies;
  /** Who checked it before it was given out; with `validation: "check"` only. */
  readonly checked?: Checked;
  /** Who could read it, under which suite, and how such answers are audited; of a sealed one only. */
  readonly sealing?: SealingLabel;
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
  readonly proof: ProofLabel;
};

const copies = z.object({
  asked: z.int(),
  arrived: z.int(),
  answer: z.int(),
  distances: z.array(z.object({ replica: z.int(), distance: z.number() })).optional(),
  outliers: z.array(z.int()),
});
/** Copies that were asked for and that arrived, whose answer was taken, and how far each lay from the median of all. */
export type Copies = z.output<typeof copies>;
const checked = z.object({ by: z.string(), verdict: z.literal("holds") });
/** The miner that checked an answer, and found that it holds. */
export type Checked = z.output<typeof checked>;
/** What a router says of an answer beside it. */
export const answerProof = z.object({
  proof: z.enum(PROOF_LABELS),
  copies: copies.optional(),
  checked: checked.optional(),
});
export type AnswerProof = z.output<typeof answerProof>;

const usage = z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) });
const finish = z.enum(["stop", "length"]);

export const wholeChat = z.object({
  model: z.string(),
  choices: z.array(z.object({ message: z.object({ content: z.string() }), finish_reason: finish })).length(1),
  usage,
  cortensor: answerProof,
});
export const wholeCompletion = z.object({
  model: z.string(),
  choices: z.array(z.object({ text: z.string(), finish_reason: finish })).length(1),
  usage,
  cortensor: answerProof,
});
export const embeddingList = z.object({
  model: z.string(),
  data: z.array(z.object({ index: z.int(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.int().min(0) }),
  cortensor: answerProof,
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
  /** In the chunk that ends the text. */
  cortensor: answerProof.optional(),
});

/** An answer's fields of the same. */
export function proofFields({ proof, copies, checked }: AnswerProof): Pick<Answer, "proof" | "copies" | "checked"> {
  return { proof, ...(copies === undefined ? {} : { copies }), ...(checked === undefined ? {} : { checked }) };
}

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

/** What a request chooses in place of its session's terms, as the body's fields. */
export function choiceBody({ validation, redundancy, maxFeeWei }: TaskChoice): Readonly<Record<string, unknown>> {
  return { validation, redundancy, max_fee_wei: maxFeeWei };
}

export type AskMessages = string | readonly ChatMessage[];

export function toMessages(messages: AskMessages): readonly ChatMessage[] {
  return typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
}
