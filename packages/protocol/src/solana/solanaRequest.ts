import { ByteReader } from "../byteReader.js";
import { concatBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { decodeParams, encodeParams } from "../canonicalParams.js";
import { decodePrompt, encodePrompt } from "../commit.js";
import { ProtocolError } from "../errors.js";
import type { InferenceRequest } from "../inferenceRequest.js";
import { SOLANA_REQUEST_BYTES_MAX } from "./limits.js";

const WHAT = "solana request";
const VERSION = 1;

/**
 * What a task's account asks, for all to read: version u8 = 1 ‖ modelId ‖ prompt (bytes u16, as `encodePrompt` has it) ‖ parameters. Throws PROTOCOL_BAD_RECORD for one
 * that no transaction holds.
 */
export function encodeSolanaRequest({ modelId, prompt, params }: InferenceRequest): Uint8Array {
  const asked = encodePrompt(prompt).slice();
  const head = new ByteWriter().uint("version", VERSION, 1).hex(modelId, 32).uint("promptBytes", asked.length, 2);
  const bytes = concatBytes(head.bytes(asked).toBytes(), encodeParams(params));
  if (bytes.length <= SOLANA_REQUEST_BYTES_MAX) return bytes;
  const reason = `it has ${bytes.length} bytes, and a transaction holds ${SOLANA_REQUEST_BYTES_MAX}`;
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}

/** Throws PROTOCOL_BAD_RECORD for bytes that `encodeSolanaRequest` wouldn't have written. */
export function decodeSolanaRequest(bytes: Uint8Array): InferenceRequest {
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VERSION) reader.refuse(`its version isn't ${VERSION}`);
  const modelId = reader.hex(32);
  const promptBytes = reader.uint("promptBytes", 2);
  const prompt = decodePrompt(reader.bytes(promptBytes));
  return { modelId, prompt, params: decodeParams(bytes.slice(1 + 32 + 2 + promptBytes)) };
}
