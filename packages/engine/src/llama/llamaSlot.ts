import type { LlamaContextSequence } from "node-llama-cpp";
import type { KeptPrefix } from "../warmPrefix.js";

/** One sequence of the native engine, and what its cache holds that a later prompt may begin with. */
export type LlamaSlot = { readonly sequence: LlamaContextSequence; kept: KeptPrefix | undefined };

export function openSlot(sequence: LlamaContextSequence): LlamaSlot {
  return { sequence, kept: undefined };
}

/** Empties a slot's cache. */
export async function emptySlot(slot: LlamaSlot): Promise<void> {
  slot.kept = undefined;
  await slot.sequence.clearHistory();
}

/** Cuts a slot's cache behind so many tokens, which it holds. */
export async function cutSlot(slot: LlamaSlot, tokens: number): Promise<void> {
  slot.kept = undefined;
  const end = slot.sequence.nextTokenIndex;
  if (end > tokens) await slot.sequence.eraseContextTokenRanges([{ start: tokens, end }]);
}
