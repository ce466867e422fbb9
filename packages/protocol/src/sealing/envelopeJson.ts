import { z } from "zod";
import { ProtocolError } from "../errors.js";
import { decodeEnvelope, ENVELOPE_BYTES_MAX, type Envelope, encodeEnvelope } from "./envelope.js";

const CHARS_MAX = Math.ceil((ENVELOPE_BYTES_MAX * 4) / 3);
const PIECE_BYTES = 0x8000;

/** Bytes in base64url without padding (RFC 4648 §5), in its one form: unused bits are zero. */
const base64UrlField = z
  .string()
  .max(CHARS_MAX)
  .regex(/^[A-Za-z0-9_-]*$/, "not base64url");

/** An envelope in JSON: a text, its canonical bytes in base64url. */
export function envelopeToJson(envelope: Envelope): string {
  const bytes = encodeEnvelope(envelope);
  let binary = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads one. Throws PROTOCOL_BAD_DOCUMENT for what isn't base64url in its one form, PROTOCOL_BAD_RECORD for what isn't an envelope. */
export function envelopeFromJson(json: unknown): Envelope {
  const parsed = base64UrlField.safeParse(json);
  if (!parsed.success) throw badDocument(parsed.error.issues.map((issue) => issue.message));
  if (parsed.data.length % 4 === 1) throw badDocument(["not base64url"]);
  const binary = atob(parsed.data.replaceAll("-", "+").replaceAll("_", "/"));
  const envelope = decodeEnvelope(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  if (envelopeToJson(envelope) !== parsed.data) throw badDocument(["unused bits aren't zero"]);
  return envelope;
}

function badDocument(issues: readonly string[]): ProtocolError {
  return new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "envelope", issues });
}
