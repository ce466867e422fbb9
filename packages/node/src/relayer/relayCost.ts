import type { LinkEnd, SentCall } from "@cortensor/chain";
import type { RelayCost } from "./linkCarrier.js";

/** What a transaction cost that is in a block of an end's chain. */
export async function costOf({ client }: LinkEnd, { txHash: hash, gasUsed }: SentCall): Promise<RelayCost> {
  const { effectiveGasPrice } = await client.getTransactionReceipt({ hash });
  return { gasUsed, feeWei: gasUsed * effectiveGasPrice };
}
