import { ByteReader } from "./byteReader.js";
import { keccak256 } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import { checkDocuments, type HostedDocument } from "./hostedDocument.js";
import type { ChatMessage, Prompt } from "./inferenceRequest.js";
import { PROMPT_MESSAGES_MAX } from "./limits.js";
import type { Bytes32 } from "./primitives.js";
import type { Payee } from "./receipt.js";
import type { RecipeStep } from "./result.js";

/** Order is the wire's number. */
const ROLES = ["system", "user", "assistant"] as const satisfies readonly ChatMessage["role"][];
const STEP_KINDS = ["prefill", "decode"] as const satisfies readonly RecipeStep["kind"][];
const PROMPT_VERSION = 1;
const TEXT_KIND = 0;
const CHAT_KIND = 1;
const EMBEDDING_KIND = 2;
const HOSTED_KIND = 3;

/** `keccak256(salt ‖ encodePrompt(prompt))`. The salt keeps a short prompt from being guessed. */
export function promptCommit(salt: Bytes32, prompt: Prompt): Bytes32 {
  return keccak256(new ByteWriter().hex(salt, 32).bytes(encodePrompt(prompt)).toBytes());
}

/** The same commitment over the texts of an embedding request: kind 2, texts u32, each (length u32, UTF-8). */
export function textsCommit(salt: Bytes32, texts: readonly string[]): Bytes32 {
  const writer = new ByteWriter().hex(salt, 32).uint("version", PROMPT_VERSION, 1).uint("kind", EMBEDDING_KIND, 1);
  writer.uint("texts", texts.length, 4);
  for (const text of texts) writer.text(text);
  return keccak256(writer.toBytes());
}

/**
 * A prompt's one encoding: version u8 = 1 ‖ kind u8 (0 text, 1 chat), then for a text (length u32, UTF-8), for a chat
 * messages u32, each (role u8: 0 system, 1 user, 2 assistant; length u32, UTF-8). Big-endian. A chat with documents is of kind 3: after its
 * messages documents u8, each (message u32, SHA-256, bytes u32). Where they are isn't part of it, nor whether they were fetched.
 * Throws PROTOCOL_BAD_RECORD for documents that `checkDocuments` refuses.
 */
export function encodePrompt(prompt: Prompt): Uint8Array {
  const writer = new ByteWriter().uint("version", PROMPT_VERSION, 1);
  if (prompt.kind === "text") return writer.uint("kind", TEXT_KIND, 1).text(prompt.text).toBytes();
  const { documents } = prompt;
  if (documents !== undefined) checkDocuments(prompt.messages, documents);
  writer.uint("kind", documents === undefined ? CHAT_KIND : HOSTED_KIND, 1);
  writer.uint("messages", prompt.messages.length, 4);
  for (const message of prompt.messages) writer.uint("role", ROLES.indexOf(message.role), 1).text(message.content);
  if (documents !== undefined) writeDocuments(writer, documents);
  return writer.toBytes();
}

function writeDocuments(writer: ByteWriter, documents: readonly HostedDocument[]): void {
  writer.uint("documents", documents.length, 1);
  for (const { message, sha256, bytes } of documents)
    writer.uint("message", message, 4).hex(sha256, 32).uint("bytes", bytes, 4);
}

/** Reads what `encodePrompt` wrote of a prompt without documents. Throws PROTOCOL_BAD_RECORD for anything else. */
export function decodePrompt(bytes: Uint8Array): Prompt {
  const reader = new ByteReader(bytes, "prompt");
  if (reader.uint("version", 1) !== PROMPT_VERSION) reader.refuse(`its version isn't ${PROMPT_VERSION}`);
  const kind = reader.uint("kind", 1);
  const prompt = kind === TEXT_KIND ? ({ kind: "text", text: reader.text() } as const) : readChat(reader, kind);
  reader.end();
  return prompt;
}

function readChat(reader: ByteReader, kind: number): Prompt {
  if (kind !== CHAT_KIND) reader.refuse(`its kind is ${kind}`);
  const count = reader.uint("messages", 4);
  if (count > PROMPT_MESSAGES_MAX) reader.refuse(`it has ${count} messages`);
  const messages = Array.from({ length: count }, (): ChatMessage => {
    const number = reader.uint("role", 1);
    const role = ROLES[number] ?? reader.refuse(`a role is ${number}`);
    return { role, content: reader.text() };
  });
  return { kind: "chat", messages };
}

/** `keccak256(taskId ‖ output bytes)` of one segment. */
export function outCommit(taskId: Bytes32, output: Uint8Array): Bytes32 {
  return keccak256(new ByteWriter().hex(taskId, 32).bytes(output).toBytes());
}

/** `keccak256` of the steps in order, each kind u8 (0 prefill, 1 decode) ‖ tokens u32, big-endian. */
export function recipeHash(steps: readonly RecipeStep[]): Bytes32 {
  const writer = new ByteWriter();
  for (const step of steps) writer.uint("kind", STEP_KINDS.indexOf(step.kind), 1).uint("tokens", step.tokens, 4);
  return keccak256(writer.toBytes());
}

/** `keccak256` of the results' struct hashes, joined in order of (replica, segment). */
export function resultsHash(structHashes: readonly Bytes32[]): Bytes32 {
  const writer = new ByteWriter();
  for (const structHash of structHashes) writer.hex(structHash, 32);
  return keccak256(writer.toBytes());
}

/** `keccak256` of the packed payees. */
export function payeesHash(payees: readonly Payee[]): Bytes32 {
  return keccak256(encodePayees(payees));
}

/**
 * The payees in order, each packed into 43 bytes: miner (20) ‖ replica u8 ‖ segment u16 ‖ from u32 ‖ to u32 ‖ wei u96, big-endian, as
 * `abi.encodePacked`.
 */
export function encodePayees(payees: readonly Payee[]): Uint8Array {
  const writer = new ByteWriter();
  for (const payee of payees) {
    writer
      .hex(payee.miner, 20)
      .uint("replica", payee.replica, 1)
      .uint("segment", payee.segment, 2)
      .uint("from", payee.from, 4)
      .uint("to", payee.to, 4)
      .uint("wei", payee.wei, 12);
  }
  return writer.toBytes();
}
