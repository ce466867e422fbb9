import { FINGERPRINT_BYTES_MAX, OUTPUT_TOKENS_MAX, type SegmentBody } from "@cortensor/protocol";
import { ByteReader } from "./byteReader.js";
import { ByteWriter } from "./byteWriter.js";
import { byteString, bytes32, list, uint32 } from "./field.js";
import { prompt, recipe, result, samplingParams, task } from "./records.js";
import { struct } from "./struct.js";

/** One message holds the largest: a prompt's bytes, and 28 and at most 5 more for each output token. */
export const segmentBody = struct<SegmentBody>({
  task,
  prompt,
  promptSalt: bytes32,
  params: samplingParams,
  committed: list(uint32, OUTPUT_TOKENS_MAX),
  contextTokens: uint32,
  result,
  recipe,
  fingerprint: byteString(FINGERPRINT_BYTES_MAX),
});

/** A body as it crosses the wire, for a node's own store. */
export function encodeSegmentBody(body: SegmentBody): Buffer {
  const writer = new ByteWriter();
  segmentBody.write(writer, body);
  return writer.take();
}

/** Reads what `encodeSegmentBody` wrote. Throws WIRE_MALFORMED. */
export function decodeSegmentBody(bytes: Buffer): SegmentBody {
  const reader = new ByteReader(bytes);
  const body = segmentBody.read(reader);
  reader.expectEnd();
  return body;
}
