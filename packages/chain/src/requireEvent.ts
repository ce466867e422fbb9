import { ChainError } from "./chainError.js";
import type { ChainReceipt } from "./chainWriter.js";

/** The first of a transaction's events of one kind. Throws CHAIN_EVENT_MISSING: then the contract is not the one we know. */
export function requireEvent<Event>(event: string, sent: ChainReceipt, logs: readonly Event[]): Event {
  const first = logs[0];
  if (first === undefined) throw new ChainError({ code: "CHAIN_EVENT_MISSING", event, txHash: sent.txHash });
  return first;
}
