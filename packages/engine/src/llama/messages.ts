import {
  canonicalParams,
  FINISH_REASONS,
  type FinishReason,
  PREFILLS_MAX,
  type SamplingParams,
} from "@cortensor/protocol";
import { z } from "zod";
import type { EngineDescription } from "../engine.js";
import { llamaOptionsSchema } from "./llamaOptions.js";
import { packedScoresSchema, SCORE_TOP_MAX } from "./packedScores.js";

/** What the engine's process and its parent say to each other. Both sides check every message: either may be of another build. */
const tokenId = z.int().min(0).max(0xffff_ffff);
const tokenIds = z.array(tokenId).max(2_097_152);
const hash = z.custom<`0x${string}`>(
  (value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value),
  "a 32-byte word",
);
const call = z.int().min(0);
/** A router's address and a word of 32 bytes, with room. */
const WARM_TAG_CHARS_MAX = 256;

const params = z.custom<SamplingParams>((value) => {
  try {
    canonicalParams(value as SamplingParams);
    return true;
  } catch {
    return false;
  }
}, "sampling parameters out of range");

const prompt = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string() }),
  z.object({
    kind: z.literal("chat"),
    messages: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).max(4_096),
  }),
]);

const generateJob = z.object({
  promptTokens: tokenIds,
  params,
  seed: hash,
  committed: tokenIds.optional(),
  checkFrom: z.int().min(0).optional(),
  prefills: z.array(z.int().min(1)).max(PREFILLS_MAX).optional(),
  warmTag: z.string().max(WARM_TAG_CHARS_MAX).optional(),
  fingerprints: z.boolean().optional(),
});

export const toChildSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("start"), options: llamaOptionsSchema }),
  z.object({ kind: z.literal("tokenize"), call, prompt }),
  z.object({ kind: z.literal("generate"), call, job: generateJob }),
  z.object({
    kind: z.literal("score"),
    call,
    job: z.object({
      promptTokens: tokenIds,
      outputTokens: tokenIds,
      from: z.int().min(0).optional(),
      topK: z.int().min(1).max(SCORE_TOP_MAX),
      params: params.optional(),
    }),
  }),
  z.object({ kind: z.literal("spell"), call, tokens: tokenIds }),
  z.object({ kind: z.literal("embed"), call, texts: z.array(z.string()).max(2_048) }),
  z.object({ kind: z.literal("abort"), call }),
]);

const tokenLogprob = z.object({ id: tokenId, logprob: z.number() });

const description = z.custom<EngineDescription>(
  (value) => typeof value === "object" && value !== null && "kernelClass" in value && "tokensPerSecond" in value,
);

/** What an engine says of a generation, as it crosses between processes. */
export const generateEvent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("token"),
    id: tokenId,
    position: z.int().min(0),
    text: z.string(),
    logprob: z.number(),
    top: z.array(tokenLogprob).max(64).optional(),
  }),
  z.object({ kind: z.literal("committedMismatch"), position: z.int().min(0), expected: tokenId, given: tokenId }),
  z.object({
    kind: z.literal("end"),
    finish: z.enum(FINISH_REASONS satisfies readonly FinishReason[]),
    text: z.string(),
    recipe: z.array(z.object({ kind: z.enum(["prefill", "decode"]), tokens: z.int().min(1) })).max(PREFILLS_MAX + 1),
  }),
]);

const errorData = z.looseObject({ code: z.string() });

export const fromChildSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("event"), call, event: generateEvent }),
  z.object({
    kind: z.literal("used"),
    call,
    use: z.object({ seconds: z.number().min(0), cpuSeconds: z.number().min(0) }),
  }),
  z.object({ kind: z.literal("ready"), description }),
  z.object({ kind: z.literal("notReady"), data: errorData, isRetryable: z.boolean() }),
  z.object({ kind: z.literal("failed"), call, data: errorData, isRetryable: z.boolean() }),
  z.object({ kind: z.literal("tokenized"), call, tokens: tokenIds }),
  z.object({ kind: z.literal("scored"), call, scores: packedScoresSchema }),
  z.object({
    kind: z.literal("spelled"),
    call,
    spellings: z.array(z.object({ bytes: z.instanceof(Uint8Array), isEnd: z.boolean() })).max(2_097_152),
  }),
  z.object({
    kind: z.literal("embedded"),
    call,
    vectors: z.array(z.instanceof(Float32Array)).max(2_048),
    tokens: z.int().min(0),
  }),
]);

export type ToChild = z.infer<typeof toChildSchema>;
export type FromChild = z.infer<typeof fromChildSchema>;
