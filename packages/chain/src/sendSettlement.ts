import type { Bytes32 } from "@cortensor/protocol";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { encodeSettlement, type SignedSettlement, settlementId } from "./settlement.js";
import { toReceipt } from "./toReceipt.js";

/**
 * Settles. The writer is the lane's operator, a registered router of it, or anybody with the signature of one. Sending the
 * same settlement twice is refused with CHAIN_REVERTED `DebitStale`: nobody is paid twice.
 */
export async function sendSettlement(
  chain: ChainWriter,
  settlement: SignedSettlement,
): Promise<ChainReceipt & { readonly settlementId: Bytes32 }> {
  const data = encodeSettlement(settlement);
  const sent = await chain.send({ call: "sendSettlement", to: chain.profile.addresses.sessionPayment, data });
  return { ...toReceipt(sent), settlementId: settlementId(settlement) };
}
