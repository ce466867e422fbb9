import { utf8ToBytes } from "./bytes.js";
import type { Prompt } from "./inferenceRequest.js";
import { MESSAGE_OVERHEAD_TOKENS, PROMPT_OVERHEAD_TOKENS } from "./limits.js";

/** The empty line between a hosted document and what follows. */
const DOCUMENT_BREAK_BYTES = 2;

export type Prices = {
  /** Wei of COR per prompt token. */
  readonly weiPerTokenIn: bigint;
  /** Wei of COR per output token. */
  readonly weiPerTokenOut: bigint;
};

/** What tokens cost, in wei. */
export function feeWei(parts: Prices & { readonly nIn: number; readonly nOut: number }): bigint {
  return BigInt(parts.nIn) * parts.weiPerTokenIn + BigInt(parts.nOut) * parts.weiPerTokenOut;
}

/**
 * A bound on a prompt's bytes with its chat template: each message's UTF-8 bytes and what a template may put around it. No
 * tokenizer makes more tokens than bytes.
 */
export function templatedPromptBytes(prompt: Prompt): number {
  if (prompt.kind === "text") return utf8ToBytes(prompt.text).length;
  let bytes = 0;
  for (const message of prompt.messages) bytes += utf8ToBytes(message.content).length + MESSAGE_OVERHEAD_TOKENS;
  for (const document of prompt.documents ?? []) bytes += document.bytes + DOCUMENT_BREAK_BYTES;
  return bytes;
}

/** Most tokens a prompt may be charged for: a task's `maxIn` where the context isn't smaller. */
export function maxPromptTokens(prompt: Prompt): number {
  return templatedPromptBytes(prompt) + PROMPT_OVERHEAD_TOKENS;
}
