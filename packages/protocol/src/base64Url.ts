import { z } from "zod";

const ALPHABET = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const NO_VALUE = 0xff;
const VALUE_OF_CHAR = valueTable();
const ascii = new TextDecoder();

/** Bytes in base64url without padding (RFC 4648 §5). */
export function bytesToBase64Url(bytes: Uint8Array): string {
  const chars = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const group = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    // A last group that isn't whole has fewer characters: what is written behind the end is dropped.
    chars[to] = ALPHABET[group >>> 18] ?? 0;
    chars[to + 1] = ALPHABET[(group >>> 12) & 63] ?? 0;
    chars[to + 2] = ALPHABET[(group >>> 6) & 63] ?? 0;
    chars[to + 3] = ALPHABET[group & 63] ?? 0;
  }
  return ascii.decode(chars);
}

/** Undefined for what isn't base64url in its one form: unused bits are zero. */
export function base64UrlToBytes(text: string): Uint8Array | undefined {
  const rest = text.length % 4;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bad = 0;
  let left = 0;
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    const first = valueAt(text, from);
    const second = valueAt(text, from + 1);
    const third = from + 2 < text.length ? valueAt(text, from + 2) : 0;
    const fourth = from + 3 < text.length ? valueAt(text, from + 3) : 0;
    bad |= first | second | third | fourth;
    left = (first << 18) | (second << 12) | (third << 6) | fourth;
    bytes[to] = left >>> 16;
    bytes[to + 1] = left >>> 8;
    bytes[to + 2] = left;
  }
  const unused = rest === 2 ? 0xffff : rest === 3 ? 0xff : 0;
  return bad > 63 || (left & unused) !== 0 ? undefined : bytes;
}

function valueAt(text: string, at: number): number {
  return VALUE_OF_CHAR[text.charCodeAt(at)] ?? NO_VALUE;
}

function valueTable(): Uint8Array {
  const table = new Uint8Array(128).fill(NO_VALUE);
  for (const [value, char] of ALPHABET.entries()) table[char] = value;
  return table;
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
