import { llmTokensDown } from "@cortensor/protocol";
import type { RateView } from "@cortensor/sdk";
import { formatCor } from "./money.js";

/** An amount as people read it: COR, and LLM tokens where a rate is in force. What isn't a whole token isn't counted. */
export function formatAmount(wei: bigint, rate: RateView | undefined): string {
  const cor = formatCor(wei);
  return rate?.isFresh === true ? `${cor} (${llmTokensDown(wei, rate.weiPerLlmToken)} LLM tokens)` : cor;
}
