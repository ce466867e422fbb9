import { createHmac, timingSafeEqual } from "node:crypto";

/** What a webhook's request is signed over: `id.timestamp.body`, as Standard Webhooks has it. */
export type SignedParts = {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
};

/** The header `webhook-signature`: `v1,` and the base64 of HMAC-SHA256. */
export function signWebhook(parts: SignedParts, secret: Uint8Array): string {
  const signed = `${parts.id}.${parts.timestamp}.${parts.body}`;
  return `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`;
}

/** How far a receiver lets a request's time lie from its own. */
export const WEBHOOK_TOLERANCE_SECONDS = 300;

/** What a receiver checks, in constant time: one of the header's signatures is the secret's, and the request isn't an old one. */
export function verifyWebhook(
  parts: SignedParts,
  check: { readonly signature: string; readonly secret: Uint8Array; readonly nowSeconds: number },
): boolean {
  if (Math.abs(check.nowSeconds - parts.timestamp) > WEBHOOK_TOLERANCE_SECONDS) return false;
  const expected = Buffer.from(signWebhook(parts, check.secret));
  return check.signature.split(" ").some((one) => {
    const given = Buffer.from(one);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
