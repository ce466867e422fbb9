import { type Bytes32, MESSAGE_BATCH_MAX, MESSAGE_GAS_MAX, type UnixSeconds } from "@cortensor/protocol";
import type { CarriedMessage } from "./linkCarrier.js";

/** Gas of receivers in one batch: well within a block, whatever else is in it. */
export const BATCH_GAS_MAX = 8_000_000;
/** Tries of one message: the last are hours apart. Anyone may go on. */
export const TRIES_MAX = 12;
/** Pause after a first try in vain; twice as long after each. */
const PAUSE_SECONDS = 15;
const PAUSE_SECONDS_MAX = 14_400;

/** How often a message was tried by this relayer, and when last. */
export type RelayTry = { readonly tries: number; readonly lastAt: UnixSeconds };

export type RelayAct =
  | { readonly kind: "deliver"; readonly messages: readonly CarriedMessage[] }
  | { readonly kind: "retry"; readonly message: CarriedMessage; readonly gasLimit: number };

/**
 * What a relayer does now: hands in what never came, in batches of one proof within bounds of number and gas; tries again what is held with its own gas, and what
 * failed with twice as much each time, up to what a messenger lets it have. What was tried in vain waits, longer each time.
 */
export function nextRelayActs(view: {
  readonly now: UnixSeconds;
  readonly waiting: readonly CarriedMessage[];
  readonly tried: ReadonlyMap<Bytes32, RelayTry>;
}): readonly RelayAct[] {
  const due = view.waiting.filter(({ id, state }) => state !== "delivered" && isDue(view.tried.get(id), view.now));
  const retries = due
    .filter(({ state }) => state !== "none")
    .map((message): RelayAct => {
      const tries = view.tried.get(message.id)?.tries ?? 0;
      return { kind: "retry", message, gasLimit: gasOf(message, tries) };
    });
  return [...batchesOf(due.filter(({ state }) => state === "none")), ...retries];
}

function isDue(tried: RelayTry | undefined, now: UnixSeconds): boolean {
  if (tried === undefined || tried.tries === 0) return true;
  if (tried.tries >= TRIES_MAX) return false;
  return now >= tried.lastAt + Math.min(PAUSE_SECONDS_MAX, PAUSE_SECONDS * 2 ** (tried.tries - 1));
}

function gasOf({ state, message }: CarriedMessage, tries: number): number {
  if (state === "held") return message.gasLimit;
  // A message may give its receiver nothing: twice nothing would never be enough.
  return Math.min(MESSAGE_GAS_MAX, Math.max(message.gasLimit, 50_000) * 2 ** tries);
}

function batchesOf(messages: readonly CarriedMessage[]): readonly RelayAct[] {
  const batches: CarriedMessage[][] = [];
  let gas = 0;
  for (const message of messages) {
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last[0]?.proof === message.proof &&
      last.length < MESSAGE_BATCH_MAX &&
      gas + message.message.gasLimit <= BATCH_GAS_MAX;
    if (fits) last.push(message);
    else batches.push([message]);
    gas = (fits ? gas : 0) + message.message.gasLimit;
  }
  return batches.map((batch) => ({ kind: "deliver", messages: batch }));
}
