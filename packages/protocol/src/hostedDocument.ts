import { bytesToHex, sha256Bytes, utf8ToBytes } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import type { ChatMessage, Prompt } from "./inferenceRequest.js";
import { PROMPT_MESSAGES_MAX } from "./limits.js";
import type { Bytes32 } from "./primitives.js";

/** Documents of one prompt: each is a fetch of its own while a client waits. */
export const HOSTED_DOCUMENTS_MAX = 8;
/** Characters of a document's address or CID. */
export const HOSTED_PLACE_CHARS_MAX = 2_048;

/**
 * A document that a client hosts: its text stands before that of its message, with a line between. What a prompt commits to is its bytes'
 * SHA-256 and number; where they are is a hint for whoever fetches them.
 */
export type HostedDocument = {
  /** Index of the message that it belongs to. */
  readonly message: number;
  readonly sha256: Bytes32;
  /** Of UTF-8. */
  readonly bytes: number;
  readonly place: { readonly kind: "url"; readonly url: string } | { readonly kind: "cid"; readonly cid: string };
  /** Once it was fetched. */
  readonly text?: string;
};

/** Whether a document's text, where it has one, is what it pins. */
export function isPinned({ sha256, bytes, text }: HostedDocument): boolean {
  if (text === undefined) return true;
  const encoded = utf8ToBytes(text);
  return encoded.length === bytes && bytesToHex(sha256Bytes(encoded)) === sha256;
}

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** CID version 1, raw, SHA-256 of 32 bytes: what a CID of one raw block begins with. */
const RAW_HEAD = [0x01, 0x55, 0x12, 0x20] as const;

/** The SHA-256 that a CID of one raw block names, in its usual form (base 32); undefined for any other. */
export function rawCidDigest(cid: string): Bytes32 | undefined {
  if (!/^b[a-z2-7]{58}$/.test(cid)) return undefined;
  let bits = 0n;
  for (const digit of cid.slice(1)) bits = (bits << 5n) | BigInt(BASE32.indexOf(digit));
  // 58 digits are 290 bits: 36 bytes, and two bits of nothing.
  const hex = (bits >> 2n).toString(16).padStart(72, "0");
  const head = RAW_HEAD.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return (bits & 3n) === 0n && hex.startsWith(head) ? `0x${hex.slice(head.length)}` : undefined;
}

/** The CID of one raw block with this SHA-256, in its usual form. */
export function rawCidOf(sha256: Bytes32): string {
  const head = RAW_HEAD.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let bits = BigInt(`0x${head}${sha256.slice(2)}`) << 2n;
  let digits = "";
  for (let at = 0; at < 58; at += 1) {
    digits = `${BASE32[Number(bits & 31n)]}${digits}`;
    bits >>= 5n;
  }
  return `b${digits}`;
}

/** The documents still to be fetched. */
export function missingDocuments(prompt: Prompt): readonly HostedDocument[] {
  return prompt.kind === "chat" ? (prompt.documents ?? []).filter(({ text }) => text === undefined) : [];
}

/** A prompt as a model reads it: with the texts of its documents in its messages. Throws PROTOCOL_BAD_RECORD where one is missing, or isn't what it pins. */
export function flattenPrompt(prompt: Prompt): Prompt {
  if (prompt.kind !== "chat" || prompt.documents === undefined) return prompt;
  const { messages, documents } = prompt;
  checkDocuments(messages, documents);
  const read = messages.map(({ role, content }, index): ChatMessage => {
    const texts = documents.filter(({ message }) => message === index).map(textOf);
    return { role, content: [...texts, content].join("\n\n") };
  });
  return { kind: "chat", messages: read };
}

/** Throws PROTOCOL_BAD_RECORD for too many, of no message, or with another text than is pinned. */
export function checkDocuments(messages: readonly ChatMessage[], documents: readonly HostedDocument[]): void {
  if (documents.length === 0 || documents.length > HOSTED_DOCUMENTS_MAX) refuse(`it has ${documents.length} documents`);
  if (messages.length > PROMPT_MESSAGES_MAX) refuse(`it has ${messages.length} messages`);
  if (documents.some(({ message }) => messages[message] === undefined)) refuse("a document is of no message");
  if (!documents.every(isPinned)) refuse("a document isn't what its hash says");
}

function textOf({ text }: HostedDocument): string {
  return text ?? refuse("a document wasn't fetched");
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "prompt", reason });
}
