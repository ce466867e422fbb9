import { REDACTED, Secret } from "./secret.js";

/** Deeper than this, a log line shows only that something is there. */
const DEPTH_MAX = 5;
/** More elements of a list than this aren't worth a line's bytes. */
const ITEMS_MAX = 50;

/**
 * Field names, in lower case without `_` and `-`, whose values never reach a log: keys to money or machines, and what
 * people ask and are answered.
 */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "apikey",
  "authorization",
  "bearer",
  "completion",
  "completions",
  "content",
  "cookie",
  "databaseurl",
  "messages",
  "mnemonic",
  "password",
  "plaintext",
  "privatekey",
  "prompt",
  "promptsalt",
  "prompttokens",
  "salt",
  "secret",
  "secretkey",
  "seedphrase",
  "signingkey",
  "token",
  "tokens",
  "accesstoken",
  "admintoken",
  "text",
]);

/** A copy fit for a log line: secrets replaced, big integers as decimal text, depth and length bounded. */
export function redactData(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactFields(data, 0);
}

function redactFields(data: object, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    fields[name] = isSecretField(name) && typeof value !== "number" ? REDACTED : redactValue(value, depth + 1);
  }
  return fields;
}

function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[_-]/g, ""));
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function") return "[function]";
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Secret) return REDACTED;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return { type: value.name, message: value.message };
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth > DEPTH_MAX) return "[deeper]";
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => redactValue(item, depth + 1));
  return redactFields(value, depth);
}
