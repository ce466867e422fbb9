import { priceWei, type SealedAsk } from "@cortensor/protocol";
import type { SizeParts, TaskSize } from "../planTask.js";

/** What is held for a sealed task: of its prompt only the most tokens are known, by its client's word, which its miner holds it to. */
export function sizeOfAsk(
  ask: Pick<SealedAsk, "maxIn" | "maxOut">,
  { card, pricing }: SizeParts,
): TaskSize | undefined {
  const maxIn = Math.min(ask.maxIn, card.contextTokens);
  // What is sealed can't be cut: an answer's bound must be one that the model has.
  if (ask.maxOut > card.contextTokens) return undefined;
  return { maxIn, maxOut: ask.maxOut, feeCapWei: priceWei({ ...pricing, nIn: maxIn, nOut: ask.maxOut }) };
}
