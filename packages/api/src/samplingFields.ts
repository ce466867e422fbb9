import {
  LOGIT_BIAS_ABS_MAX,
  LOGIT_BIAS_MAX,
  PENALTY_ABS_MAX,
  type SamplingParams,
  STOP_TEXT_BYTES_MAX,
  STOP_TEXTS_MAX,
  TEMPERATURE_MAX,
  TOP_K_MAX,
} from "@cortensor/protocol";
import { z } from "zod";

const stopText = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= STOP_TEXT_BYTES_MAX, `at most ${STOP_TEXT_BYTES_MAX} bytes`);

/** Sampling options that both chat and plain completions take. `null` is the default, as OpenAI has it. */
export const samplingFields = {
  temperature: z.number().min(0).max(TEMPERATURE_MAX).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  /** Not OpenAI's; other servers take them too. */
  top_k: z.int().min(1).max(TOP_K_MAX).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-PENALTY_ABS_MAX).max(PENALTY_ABS_MAX).nullish(),
  frequency_penalty: z.number().min(-PENALTY_ABS_MAX).max(PENALTY_ABS_MAX).nullish(),
  logit_bias: z
    .record(
      z.string().regex(/^(0|[1-9]\d{0,8})$/, "must be a token id"),
      z.number().min(-LOGIT_BIAS_ABS_MAX).max(LOGIT_BIAS_ABS_MAX),
    )
    .refine((bias) => Object.keys(bias).length <= LOGIT_BIAS_MAX, `at most ${LOGIT_BIAS_MAX} tokens`)
    .nullish(),
  stop: z.union([stopText, z.array(stopText).max(STOP_TEXTS_MAX)]).nullish(),
  seed: z.int().nullish(),
  user: z.string().nullish(),
  n: z.int().min(1).max(128).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
};

const samplingSchema = z.object(samplingFields);
export type SamplingFields = z.infer<typeof samplingSchema>;

/** The canonical parameters that a request's options stand for. */
export function toSamplingParams(fields: SamplingFields, maxTokens: number): SamplingParams {
  return {
    temperature: fields.temperature ?? 1,
    topK: fields.top_k ?? TOP_K_MAX,
    topP: fields.top_p ?? 1,
    minP: fields.min_p ?? 0,
    presencePenalty: fields.presence_penalty ?? 0,
    frequencyPenalty: fields.frequency_penalty ?? 0,
    logitBias: fields.logit_bias ?? NO_BIAS,
    stop: typeof fields.stop === "string" ? [fields.stop] : (fields.stop ?? NO_STOP),
    maxTokens,
    ...(fields.seed === undefined || fields.seed === null ? {} : { userSeed: toUserSeed(fields.seed) }),
  };
}

const NO_BIAS: SamplingParams["logitBias"] = {};
const NO_STOP: readonly string[] = [];

/** OpenAI's seed is a signed 64-bit number, ours an unsigned one: the same bits. */
function toUserSeed(seed: number): bigint {
  return BigInt.asUintN(64, BigInt(seed));
}
