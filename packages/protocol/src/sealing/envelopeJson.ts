import { z } from "zod";
import { base64UrlToBytes, bytesToBase64Url } from "../base64Url.js";
import { ProtocolError } from "../errors.js";
import { decodeEnvelope, ENVELOPE_BYTES_MAX, type Envelope, encodeEnvelope } from "./envelope.js";

const CHARS_MAX = Math.ceil((ENVELOPE_BYTES_MAX * 4) / 3);
const textField = z.string().max(CHARS_MAX);

/** An envelope in JSON: a text, its canonical bytes in base64url. */
export function envelopeToJson(envelope: Envelope): string {
  return bytesToBase64Url(encodeEnvelope(envelope));
}

/** Reads one. Throws PROTOCOL_BAD_DOCUMENT for what isn't base64url in its one form, PROTOCOL_BAD_RECORD for what isn't an envelope. */
export function envelopeFromJson(json: unknown): Envelope {
  const parsed = textField.safeParse(json);
  if (!parsed.success) throw badDocument(parsed.error.issues.map((issue) => issue.message));
  const bytes = base64UrlToBytes(parsed.data);
  if (bytes === undefined) throw badDocument(["not base64url in its one form"]);
  return decodeEnvelope(bytes);
}

function badDocument(issues: readonly string[]): ProtocolError {
  return new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "envelope", issues });
}
