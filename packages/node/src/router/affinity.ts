import { createHmac } from "node:crypto";
import type { Caller } from "@cortensor/api";
import {
  type Address,
  type Bytes32,
  bytesToHex,
  hexToBytes,
  type InferenceRequest,
  type Prompt,
} from "@cortensor/protocol";
import { clientOf } from "./clientOf.js";
import { CHARS_PER_TOKEN, READ_SPEEDUP } from "./serviceTokens.js";

/** Conversations remembered; the longest unused are forgotten first. */
const CONVERSATIONS_MAX = 20_000;
/** Characters of a prompt's beginning that tell conversations apart. */
const HEAD_CHARS = 256;

/** Which miner has read the beginning of which conversation. */
export class AffinityBook {
  readonly #miners = new Map<string, Address>();
  readonly #secret: Uint8Array;

  /** `secret`: nobody else's, so that a tag tells a miner no more than which tasks are one conversation. */
  constructor(secret: Bytes32) {
    this.#secret = hexToBytes(secret);
  }

  /** One client's conversation with one model, by how its prompt begins: a miner goes on from nobody else's prompts. */
  tagOf(caller: Caller, { modelId, prompt }: Pick<InferenceRequest, "modelId" | "prompt">): Bytes32 {
    const head = prompt.kind === "text" ? prompt.text : (prompt.messages[0]?.content ?? "");
    const mac = createHmac("sha256", this.#secret);
    mac.update(`${clientOf(caller)}.${modelId}.${head.slice(0, HEAD_CHARS)}`);
    return bytesToHex(mac.digest()) as Bytes32;
  }

  /** The miner with the warm prefix, and what the prefix saves it at this speed. */
  warmFor(tag: Bytes32, prompt: Prompt, tokensPerSecond: number): { miner: Address; savesMs: number } | undefined {
    return this.warmForChars(tag, charsOf(prompt), tokensPerSecond);
  }

  /** The same for a prompt of which only the length is known. */
  warmForChars(tag: Bytes32, chars: number, tokensPerSecond: number): { miner: Address; savesMs: number } | undefined {
    const miner = this.#miners.get(tag);
    if (miner === undefined) return undefined;
    const tokens = chars / CHARS_PER_TOKEN;
    return { miner, savesMs: (tokens / (READ_SPEEDUP * Math.max(1, tokensPerSecond))) * 1_000 };
  }

  remember(tag: Bytes32, miner: Address): void {
    this.#miners.delete(tag);
    this.#miners.set(tag, miner);
    if (this.#miners.size <= CONVERSATIONS_MAX) return;
    for (const oldest of this.#miners.keys()) {
      this.#miners.delete(oldest);
      return;
    }
  }
}

function charsOf(prompt: Prompt): number {
  if (prompt.kind === "text") return prompt.text.length;
  let chars = 0;
  for (const message of prompt.messages) chars += message.content.length;
  for (const { bytes } of prompt.documents ?? []) chars += bytes;
  return chars;
}
