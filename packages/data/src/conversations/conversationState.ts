import {
  type Bytes32,
  type ChatMessage,
  keccak256,
  leafHash,
  merkleTree,
  PROMPT_MESSAGES_MAX,
  utf8ToBytes,
} from "@cortensor/protocol";
import { z } from "zod";
import { FileError } from "../files/fileError.js";

/** What was said so far, the last answer included, and that answer as its client was given it. */
export type ConversationState = {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly response: Readonly<Record<string, unknown>>;
};

/**
 * What a conversation consists of, without a word of it. It is a prefix cache's recipe too: whichever miner reads these messages by the model's
 * template has the prefix's tokens, and is warm.
 */
export type ConversationManifest = {
  readonly version: 1;
  readonly kind: "conversation";
  readonly owner: string;
  readonly model: string;
  /** Messages. */
  readonly count: number;
  readonly root: Bytes32;
  /** Of the sealed object. */
  readonly cid: string;
};

const TAG = utf8ToBytes("cortensor conversation v1");
const stateSchema = z.strictObject({
  version: z.literal(1),
  model: z.string().min(1).max(256),
  messages: z
    .array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() }))
    .min(1)
    .max(PROMPT_MESSAGES_MAX + 1),
  response: z.record(z.string(), z.unknown()),
});

/**
 * The Merkle root over a conversation: leaf `i` is of `keccak256("cortensor conversation v1" ‖ i u32 ‖ keccak256(role) ‖ keccak256(content))`. A conversation
 * that goes on has the leaves of the one before it first.
 */
export function rootOfMessages(messages: readonly ChatMessage[]): Bytes32 {
  const hashed = (text: string): Buffer => Buffer.from(keccak256(utf8ToBytes(text)).slice(2), "hex");
  return merkleTree(
    messages.map(({ role, content }, index) => {
      const place = Buffer.alloc(4);
      place.writeUInt32BE(index);
      return leafHash(keccak256(Buffer.concat([TAG, place, hashed(role), hashed(content)])));
    }),
  ).root;
}

export function encodeState({ model, messages, response }: ConversationState): Uint8Array {
  return Buffer.from(JSON.stringify({ version: 1, model, messages, response }));
}

/** Reads a state, and holds it against its root. Throws FILES_UNREADABLE. */
export function decodeState(bytes: Uint8Array, root: Bytes32): ConversationState {
  const parsed = stateSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw unreadable("malformed");
  const { version: _, ...state } = parsed.data;
  if (rootOfMessages(state.messages) !== root) throw unreadable("another root");
  return state;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unreadable(reason: string): FileError {
  return new FileError({ code: "FILES_UNREADABLE", what: "conversation", reason });
}
