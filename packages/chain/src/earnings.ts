import type { Address } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { requireEvent } from "./requireEvent.js";
import { toReceipt } from "./toReceipt.js";

/** An operator's own part of its lane's settlements that it hasn't withdrawn, in wei. Each amount matures for 24 to 48 hours. */
export type EarningsRecord = { readonly maturedWei: bigint; readonly maturingWei: bigint };

export async function readEarnings(chain: ChainReader, lane: Address): Promise<EarningsRecord> {
  const payment = { address: chain.profile.addresses.sessionPayment, abi: sessionPaymentAbi } as const;
  const read = chain.client.readContract({ ...payment, functionName: "earningsOf", args: [lane] });
  const [maturedWei, maturingWei] = await chainCall("readEarnings", read);
  return { maturedWei, maturingWei };
}

/** Withdraws all that has matured of the writer's lane. Throws CHAIN_REVERTED `NothingToWithdraw` when nothing has. */
export async function withdrawMatured(
  chain: ChainWriter,
  request: { readonly to?: Address } = {},
): Promise<ChainReceipt & { readonly wei: bigint }> {
  const args = [request.to ?? chain.account] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "withdrawMatured", args });
  const sent = await chain.send({ call: "withdrawMatured", to: chain.profile.addresses.sessionPayment, data });
  const logs = parseEventLogs({ abi: sessionPaymentAbi, eventName: "EarningsWithdrawn", logs: [...sent.logs] });
  return { ...toReceipt(sent), wei: requireEvent("EarningsWithdrawn", sent, logs).args.amountWei };
}
