import { hasCode } from "@cortensor/protocol";
import type { GenerateEvent } from "./engine.js";
import type { Slots } from "./slots.js";

export type SlotWork<Slot> = {
  readonly slots: Slots<Slot>;
  readonly run: (slot: Slot) => AsyncIterable<GenerateEvent>;
  /** Of free slots the one with the highest is taken. Default all alike. */
  readonly rank?: (slot: Slot) => number;
};

/** Waits for a free slot, generates, and gives it back, however it ends. An abort while waiting is an end like any other. */
export async function* generateInSlot<Slot>(
  { slots, run, rank }: SlotWork<Slot>,
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerateEvent, void> {
  let slot: Slot;
  try {
    slot = await slots.acquire({ signal, rank });
  } catch (error) {
    if (!hasCode(error, "ENGINE_ABORTED")) throw error;
    return yield { kind: "end", finish: "abort", text: "", recipe: [] };
  }
  try {
    yield* run(slot);
  } finally {
    slots.release(slot);
  }
}
