import type { ChatMessage, Prompt } from "@cortensor/protocol";
import { EngineError } from "./engineError.js";
import type { Vocabulary } from "./tokenModel.js";

/**
 * A tokenizer without a vocabulary file: each id spells up to three bytes, so that any machine can read it back. For engines whose own
 * tokens can't be seen. `id = first id of its length + the bytes, big-endian`.
 */
const PIECE_BYTES_MAX = 3;
const FIRST_ID = [0, 0, 256, 256 + 65_536] as const;
/** Below 2^24 − 1, so that a fingerprint's three bytes hold any id: no byte of UTF-8 is above 0xF4, so no piece needs more. */
const PIECE_IDS = 0xff_fff0;
const ROLES = ["system", "user", "assistant"] as const;

/** Ends an answer. */
export const END_TOKEN: number = PIECE_IDS;
const TEXT_TOKEN = PIECE_IDS + 1;
const ROLE_TOKENS = PIECE_IDS + 2;
const NOTHING = new Uint8Array(0);

export const PIECE_VOCABULARY: Vocabulary = {
  tokens: ROLE_TOKENS + ROLES.length,
  isEnd: (id) => id === END_TOKEN,
  bytesOf: (id) => (id < PIECE_IDS ? bytesOf(id) : NOTHING),
};

const encoder = new TextEncoder();

/** Cuts text into ids of three bytes each, the last one of what is left. */
export function encodePieces(text: string): number[] {
  const bytes = encoder.encode(text);
  const ids: number[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES_MAX) {
    const length = Math.min(PIECE_BYTES_MAX, bytes.length - at);
    let value = 0;
    for (let index = 0; index < length; index++) value = value * 256 + (bytes[at + index] ?? 0);
    ids.push((FIRST_ID[length] ?? 0) + value);
  }
  return ids;
}

/** The text that ids spell; ids without text are left out. */
export function decodePieces(ids: readonly number[]): string {
  return Buffer.concat(ids.map((id) => PIECE_VOCABULARY.bytesOf(id))).toString("utf8");
}

/** A prompt as ids: each message behind its role, and an open answer; a bare text behind its mark. */
export function encodePromptPieces(prompt: Prompt): number[] {
  if (prompt.kind === "text") return [TEXT_TOKEN, ...encodePieces(prompt.text)];
  const ids = prompt.messages.flatMap(({ role, content }) => [roleToken(role), ...encodePieces(content)]);
  return [...ids, roleToken("assistant")];
}

/** The prompt that ids stand for. @throws CodedError ENGINE_BAD_JOB */
export function decodePromptPieces(ids: readonly number[]): Prompt {
  if (ids[0] === TEXT_TOKEN) return { kind: "text", text: decodePieces(ids.slice(1)) };
  const messages: ChatMessage[] = [];
  let start = 0;
  for (let at = 0; at <= ids.length; at++) {
    const isMark = at === ids.length || (ids[at] ?? 0) >= PIECE_IDS;
    if (!isMark || at === start) continue;
    messages.push(decodeMessage(ids.slice(start, at)));
    start = at;
  }
  const open = messages.pop();
  if (open?.role !== "assistant" || open.content !== "") {
    throw new EngineError({ code: "ENGINE_BAD_JOB", reason: "the prompt's tokens are not of this engine" });
  }
  return { kind: "chat", messages };
}

function decodeMessage(ids: readonly number[]): ChatMessage {
  const role = ROLES[(ids[0] ?? 0) - ROLE_TOKENS];
  if (role === undefined) throw new EngineError({ code: "ENGINE_BAD_JOB", reason: "a message has no role" });
  return { role, content: decodePieces(ids.slice(1)) };
}

function roleToken(role: ChatMessage["role"]): number {
  return ROLE_TOKENS + ROLES.indexOf(role);
}

function bytesOf(id: number): Uint8Array {
  if (id < FIRST_ID[2]) return Uint8Array.of(id);
  if (id < FIRST_ID[3]) return Uint8Array.of((id - FIRST_ID[2]) >> 8, (id - FIRST_ID[2]) & 255);
  const value = id - FIRST_ID[3];
  return Uint8Array.of(value >> 16, (value >> 8) & 255, value & 255);
}
