import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import { decodeParams, encodeParams } from "../canonicalParams.js";
import { decodePrompt, encodePrompt, promptCommit } from "../commit.js";
import { ProtocolError } from "../errors.js";
import type { Prompt, SamplingParams } from "../inferenceRequest.js";
import { OUTPUT_TOKENS_MAX, PROMPT_BYTES_MAX, PROMPT_MESSAGES_MAX } from "../limits.js";
import type { Bytes32 } from "../primitives.js";
import type { Task } from "../task.js";
import { sealedParamsHash, sealedPromptSalt } from "./sealedCommit.js";
import type { SealSuite } from "./sealSuite.js";

/** What an envelope's frames hold: all that a miner needs beside the task, and the router must not see. */
export type SealedRequest = {
  /** What the task's commitments are salted with, in each of its copies: see `CommitSecret`. */
  readonly secret: Bytes32;
  /** The same for this copy's answer, and what follows it in a hand-over: no other copy's miner can try guesses against it. */
  readonly answerSecret: Bytes32;
  readonly prompt: Prompt;
  readonly params: SamplingParams;
  /** Output tokens that the client has of another miner's answer: where this one goes on. Empty at first. */
  readonly committed: readonly number[];
};

const VERSION = 1;
const WHAT = "sealed request";
/** A prompt's most bytes, and as many messages as there may be, each with its role and length. */
const PROMPT_RECORD_BYTES_MAX = 6 + PROMPT_BYTES_MAX + 5 * PROMPT_MESSAGES_MAX;

/**
 * Version u8 = 1 ‖ secret 32 ‖ answer secret 32 ‖ prompt (length u32, `encodePrompt`) ‖ parameters (length u32, `encodeParams`) ‖ committed u32, each id u32. Big-endian. Throws PROTOCOL_BAD_RECORD for a
 * prompt that is too long, or more tokens than an answer has.
 */
export function encodeSealedRequest(request: SealedRequest): Uint8Array {
  const { secret, answerSecret, prompt, params, committed } = request;
  const [promptBytes, paramsBytes] = [encodePrompt(prompt).slice(), encodeParams(params).slice()];
  if (promptBytes.length > PROMPT_RECORD_BYTES_MAX) refuse("its prompt is too long");
  if (committed.length > OUTPUT_TOKENS_MAX) refuse("it has more tokens than an answer");
  const writer = new ByteWriter()
    .uint("version", VERSION, 1)
    .hex(secret, 32)
    .hex(answerSecret, 32)
    .uint("promptBytes", promptBytes.length, 4)
    .bytes(promptBytes)
    .uint("paramsBytes", paramsBytes.length, 4)
    .bytes(paramsBytes)
    .uint("committed", committed.length, 4);
  for (const id of committed) writer.uint("id", id, 4);
  return writer.toBytes().slice();
}

/** Throws PROTOCOL_BAD_RECORD or PROTOCOL_BAD_PARAMS for what `encodeSealedRequest` wouldn't have written. */
export function decodeSealedRequest(bytes: Uint8Array): SealedRequest {
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VERSION) reader.refuse("another version");
  const [secret, answerSecret] = [reader.hex(32), reader.hex(32)];
  const promptBytes = reader.uint("promptBytes", 4);
  if (promptBytes > PROMPT_RECORD_BYTES_MAX) reader.refuse("its prompt is too long");
  const prompt = decodePrompt(reader.bytes(promptBytes));
  const params = decodeParams(reader.bytes(reader.uint("paramsBytes", 4)));
  const count = reader.uint("committed", 4);
  if (count > OUTPUT_TOKENS_MAX) reader.refuse("it has more tokens than an answer");
  const committed = Array.from({ length: count }, () => reader.uint("id", 4));
  reader.end();
  return { secret, answerSecret, prompt, params, committed };
}

/** What a client puts into the task that it has signed, in place of an open task's commitments. */
export function sealedTaskCommits(
  suite: SealSuite,
  { secret, prompt, params }: Pick<SealedRequest, "secret" | "prompt" | "params">,
): Pick<Task, "promptCommit" | "paramsHash"> {
  return {
    promptCommit: promptCommit(sealedPromptSalt({ suite, secret }), prompt),
    paramsHash: sealedParamsHash({ suite, secret }, params),
  };
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
