import { z } from "zod";

const PIECE_BYTES = 0x8000;

/** Bytes in base64url without padding (RFC 4648 §5). */
export function bytesToBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Undefined for what isn't base64url in its one form: unused bits are zero. */
export function base64UrlToBytes(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return bytesToBase64Url(bytes) === text ? bytes : undefined;
}

/** Bytes of at most so many, as a text in JSON. */
export function bytesField(bytesMax: number): z.ZodCodec<z.ZodString, z.ZodCustom<Uint8Array, Uint8Array>> {
  return z.codec(z.string().max(Math.ceil((bytesMax * 4) / 3)), z.custom<Uint8Array>(), {
    decode: (text, context) => {
      const bytes = base64UrlToBytes(text);
      if (bytes !== undefined) return bytes;
      context.issues.push({ code: "custom", message: "not base64url", input: text });
      return z.NEVER;
    },
    encode: (bytes) => bytesToBase64Url(bytes),
  });
}
