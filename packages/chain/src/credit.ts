import type { Address } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { toReceipt } from "./toReceipt.js";

/** A payee's counters in one lane, in wei. Neither ever falls. */
export type CreditRecord = { readonly creditedWei: bigint; readonly withdrawnWei: bigint };

/** How far a lane has credited a payee, and how much of it was withdrawn. */
export async function readCredit(
  chain: ChainReader,
  { lane, payee }: { readonly lane: Address; readonly payee: Address },
): Promise<CreditRecord> {
  const payment = { address: chain.profile.addresses.sessionPayment, abi: sessionPaymentAbi } as const;
  const read = chain.client.readContract({ ...payment, functionName: "creditOf", args: [lane, payee] });
  const { creditedWei, withdrawnWei } = await chainCall("readCredit", read);
  return { creditedWei, withdrawnWei };
}

/**
 * Withdraws all that these lanes credited to a payee. The writer is the payee, or the operator of the node that signs with that
 * address. Throws CHAIN_REVERTED `NothingToWithdraw` when they owe it nothing.
 */
export async function withdrawCredit(
  chain: ChainWriter,
  request: { readonly payee: Address; readonly lanes: readonly Address[]; readonly to?: Address },
): Promise<ChainReceipt & { readonly wei: bigint }> {
  const { payee, lanes, to = chain.account } = request;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "withdraw", args: [payee, lanes, to] });
  const sent = await chain.send({ call: "withdrawCredit", to: chain.profile.addresses.sessionPayment, data });
  const paid = parseEventLogs({ abi: sessionPaymentAbi, eventName: "CreditWithdrawn", logs: [...sent.logs] });
  return { ...toReceipt(sent), wei: paid.reduce((sum, { args }) => sum + args.amountWei, 0n) };
}
