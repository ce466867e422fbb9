import { ByteReader } from "./byteReader.js";
import { bytesToHex, keccak256, utf8ToBytes } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import { ProtocolError } from "./errors.js";
import type { SamplingParams } from "./inferenceRequest.js";
import {
  LOGIT_BIAS_ABS_MAX,
  LOGIT_BIAS_MAX,
  OUTPUT_TOKENS_MAX,
  PENALTY_ABS_MAX,
  STOP_TEXT_BYTES_MAX,
  STOP_TEXTS_MAX,
  TEMPERATURE_MAX,
  TOP_K_MAX,
} from "./limits.js";
import type { Bytes32 } from "./primitives.js";

/** Real-valued parameters are whole multiples of this part: one text, one number, one hash. */
const MICRO = 1_000_000;
const ENCODING_VERSION = 1;
const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const TOKEN_ID_MAX = 0xffffffff;

/**
 * The parameters as they are hashed and sampled: real values rounded to millionths, biases of 0 dropped and sorted by id.
 * An edge calls it once, on what a user sent. Throws PROTOCOL_BAD_PARAMS, naming the field, for anything out of its range.
 */
export function canonicalParams(params: SamplingParams): SamplingParams {
  const rounded: SamplingParams = {
    temperature: toMicro(params.temperature),
    topK: params.topK,
    topP: toMicro(params.topP),
    minP: toMicro(params.minP),
    presencePenalty: toMicro(params.presencePenalty),
    frequencyPenalty: toMicro(params.frequencyPenalty),
    logitBias: Object.fromEntries(
      biasesOf(params)
        .map(([id, bias]) => [id, toMicro(bias)] as const)
        .filter(([, bias]) => bias !== 0),
    ),
    stop: [...params.stop],
    maxTokens: params.maxTokens,
    ...(params.userSeed === undefined ? {} : { userSeed: params.userSeed }),
  };
  checkParams(rounded);
  return rounded;
}

/**
 * `keccak256` of the parameters' fixed encoding:
 * version u8 = 1 ‖ temperature, topP, minP i32 in millionths ‖ presence, frequency i32 in millionths ‖ topK u8 ‖ maxTokens u32
 * ‖ 0 or (1 ‖ userSeed i64) ‖ biases u16, each (id u32, bias i32 in millionths), ascending by id
 * ‖ stop texts u8, each (length u32, UTF-8), in the user's order. Big-endian.
 * Throws PROTOCOL_BAD_PARAMS for values that aren't canonical.
 */
export function paramsHash(params: SamplingParams): Bytes32 {
  return keccak256(encodeParams(params));
}

/** The encoding that `paramsHash` hashes. */
export function encodeParams(params: SamplingParams): Uint8Array {
  checkParams(params);
  const writer = new ByteWriter()
    .uint("version", ENCODING_VERSION, 1)
    .int("temperature", microsOf("temperature", params.temperature), 4)
    .int("topP", microsOf("topP", params.topP), 4)
    .int("minP", microsOf("minP", params.minP), 4)
    .int("presencePenalty", microsOf("presencePenalty", params.presencePenalty), 4)
    .int("frequencyPenalty", microsOf("frequencyPenalty", params.frequencyPenalty), 4)
    .uint("topK", params.topK, 1)
    .uint("maxTokens", params.maxTokens, 4);
  if (params.userSeed === undefined) writer.uint("hasUserSeed", 0, 1);
  else writer.uint("hasUserSeed", 1, 1).int("userSeed", params.userSeed, 8);
  const biases = biasesOf(params);
  writer.uint("logitBias", biases.length, 2);
  for (const [id, bias] of biases) writer.uint("logitBias", id, 4).int("logitBias", microsOf("logitBias", bias), 4);
  writer.uint("stop", params.stop.length, 1);
  for (const text of params.stop) writer.text(text);
  return writer.toBytes();
}

/**
 * Reads what `encodeParams` wrote. Throws PROTOCOL_BAD_RECORD for other bytes, PROTOCOL_BAD_PARAMS for values out of their range or an order of biases
 * that isn't the canonical one: what was read is hashed to the same bytes again.
 */
export function decodeParams(bytes: Uint8Array): SamplingParams {
  const reader = new ByteReader(bytes, "sampling parameters");
  const micro = (): number => Number(reader.int(4)) / MICRO;
  if (reader.uint("version", 1) !== ENCODING_VERSION) reader.refuse(`its version isn't ${ENCODING_VERSION}`);
  const [temperature, topP, minP, presencePenalty, frequencyPenalty] = [micro(), micro(), micro(), micro(), micro()];
  const [topK, maxTokens] = [reader.uint("topK", 1), reader.uint("maxTokens", 4)];
  const hasUserSeed = reader.uint("hasUserSeed", 1);
  if (hasUserSeed > 1) reader.refuse("it neither has nor lacks a seed");
  const seed = hasUserSeed === 1 ? { userSeed: reader.int(8) } : {};
  const logitBias: Record<number, number> = {};
  for (let left = reader.uint("logitBias", 2); left > 0; left -= 1) logitBias[reader.uint("id", 4)] = micro();
  const stop = Array.from({ length: reader.uint("stop", 1) }, () => reader.text());
  reader.end();
  const reals = { temperature, topP, minP, presencePenalty, frequencyPenalty };
  const params: SamplingParams = { ...reals, topK, maxTokens, ...seed, logitBias, stop };
  if (bytesToHex(encodeParams(params)) !== bytesToHex(bytes)) refuse("logitBias", "not in the canonical order");
  return params;
}

function checkParams(params: SamplingParams): void {
  within("temperature", params.temperature, 0, TEMPERATURE_MAX);
  within("topP", params.topP, 0, 1);
  within("minP", params.minP, 0, 1);
  within("presencePenalty", params.presencePenalty, -PENALTY_ABS_MAX, PENALTY_ABS_MAX);
  within("frequencyPenalty", params.frequencyPenalty, -PENALTY_ABS_MAX, PENALTY_ABS_MAX);
  wholeWithin("topK", params.topK, 1, TOP_K_MAX);
  wholeWithin("maxTokens", params.maxTokens, 1, OUTPUT_TOKENS_MAX);
  const biases = biasesOf(params);
  if (biases.length > LOGIT_BIAS_MAX) refuse("logitBias", `more than ${LOGIT_BIAS_MAX} ids`);
  for (const [id, bias] of biases) {
    wholeWithin("logitBias", id, 0, TOKEN_ID_MAX);
    within("logitBias", bias, -LOGIT_BIAS_ABS_MAX, LOGIT_BIAS_ABS_MAX);
  }
  if (params.stop.length > STOP_TEXTS_MAX) refuse("stop", `more than ${STOP_TEXTS_MAX} texts`);
  for (const text of params.stop) {
    if (text.length === 0) refuse("stop", "an empty text");
    if (utf8ToBytes(text).length > STOP_TEXT_BYTES_MAX) refuse("stop", `a text above ${STOP_TEXT_BYTES_MAX} bytes`);
  }
  if (params.userSeed !== undefined && (params.userSeed < INT64_MIN || params.userSeed > INT64_MAX)) {
    refuse("userSeed", "outside 64 bits");
  }
}

function biasesOf(params: SamplingParams): readonly (readonly [number, number])[] {
  return Object.entries(params.logitBias)
    .map(([id, bias]) => [Number(id), bias] as const)
    .sort((left, right) => left[0] - right[0]);
}

function toMicro(value: number): number {
  const micros = Math.round(value * MICRO);
  return micros === 0 ? 0 : micros / MICRO;
}

function microsOf(field: string, value: number): number {
  const micros = Math.round(value * MICRO);
  if (micros / MICRO !== value) refuse(field, "finer than a millionth");
  return micros;
}

function within(field: string, value: number, lowest: number, highest: number): void {
  if (!(value >= lowest && value <= highest)) refuse(field, `outside ${lowest}…${highest}`);
}

function wholeWithin(field: string, value: number, lowest: number, highest: number): void {
  within(field, value, lowest, highest);
  if (!Number.isInteger(value)) refuse(field, "not whole");
}

function refuse(field: string, reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_PARAMS", field, reason });
}
