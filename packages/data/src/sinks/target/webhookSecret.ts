import { WEBHOOK_SECRET_BYTES_MAX, WEBHOOK_SECRET_BYTES_MIN } from "../limits.js";
import { badTarget } from "./badTarget.js";

const FORM = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;

/** Reads `whsec_` and base64 of 24 to 64 bytes. Throws SINK_BAD_TARGET. */
export function parseWebhookSecret(text: string): Uint8Array {
  const body = FORM.exec(text)?.[1];
  if (body === undefined) throw badTarget("a webhook needs a secret: whsec_ and base64, after # or as secret");
  const bytes = Buffer.from(body, "base64");
  if (bytes.length < WEBHOOK_SECRET_BYTES_MIN || bytes.length > WEBHOOK_SECRET_BYTES_MAX)
    throw badTarget(`a webhook's secret has ${WEBHOOK_SECRET_BYTES_MIN} to ${WEBHOOK_SECRET_BYTES_MAX} bytes`);
  return bytes;
}
