import type { Address, Prompt } from "@cortensor/protocol";
import { CHARS_PER_TOKEN, READ_SPEEDUP } from "./serviceTokens.js";

/** Conversations remembered; the longest unused are forgotten first. */
const CONVERSATIONS_MAX = 20_000;
/** Characters of a prompt's beginning that tell conversations apart. */
const HEAD_CHARS = 256;

/** Which miner has read the beginning of which conversation. */
export class AffinityBook {
  readonly #miners = new Map<string, Address>();

  /** The miner with the warm prefix, and what the prefix saves it at this speed. */
  warmFor(key: string, prompt: Prompt, tokensPerSecond: number): { miner: Address; savesMs: number } | undefined {
    const miner = this.#miners.get(key);
    if (miner === undefined) return undefined;
    const tokens = charsOf(prompt) / CHARS_PER_TOKEN;
    return { miner, savesMs: (tokens / (READ_SPEEDUP * Math.max(1, tokensPerSecond))) * 1_000 };
  }

  remember(key: string, miner: Address): void {
    this.#miners.delete(key);
    this.#miners.set(key, miner);
    if (this.#miners.size <= CONVERSATIONS_MAX) return;
    for (const oldest of this.#miners.keys()) {
      this.#miners.delete(oldest);
      return;
    }
  }
}

/** One account's conversation with one model, by how its prompt begins. */
export function affinityKey(account: number, modelId: string, prompt: Prompt): string {
  const head = prompt.kind === "text" ? prompt.text : (prompt.messages[0]?.content ?? "");
  return `${account}.${modelId}.${head.slice(0, HEAD_CHARS)}`;
}

function charsOf(prompt: Prompt): number {
  if (prompt.kind === "text") return prompt.text.length;
  let chars = 0;
  for (const message of prompt.messages) chars += message.content.length;
  return chars;
}
