import type { ChainReceipt, SentCall } from "./chainWriter.js";

/** A sent call without its logs. */
export function toReceipt({ txHash, blockNumber, gasUsed }: SentCall): ChainReceipt {
  return { txHash, blockNumber, gasUsed };
}
