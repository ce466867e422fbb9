import { hasCode } from "@cortensor/protocol";
import type { GenerateEvent, GenerateJob } from "./engine.js";
import { type GenerateParts, generateTokens } from "./generateTokens.js";
import type { Slots } from "./slots.js";
import type { TokenSequence } from "./tokenModel.js";

export type SlotParts<Slot> = Omit<GenerateParts, "sequence"> & {
  readonly slots: Slots<Slot>;
  readonly open: (slot: Slot) => TokenSequence;
};

/** Waits for a free sequence, generates, and gives it back, however it ends. An abort while waiting is an end like any other. */
export async function* generateInSlot<Slot>(
  parts: SlotParts<Slot>,
  job: GenerateJob,
): AsyncGenerator<GenerateEvent, void> {
  let slot: Slot;
  try {
    slot = await parts.slots.acquire(job.signal);
  } catch (error) {
    if (!hasCode(error, "ENGINE_ABORTED")) throw error;
    return yield { kind: "end", finish: "abort", text: "", recipe: [] };
  }
  try {
    const { vocabulary, contextTokens } = parts;
    yield* generateTokens({ sequence: parts.open(slot), vocabulary, contextTokens }, job);
  } finally {
    parts.slots.release(slot);
  }
}
