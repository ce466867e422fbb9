import type { UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { requireEvent } from "./requireEvent.js";
import { toReceipt } from "./toReceipt.js";

/** Starts the client's way out, which needs nobody else. The writer must own the session. */
export async function requestClose(
  chain: ChainWriter,
  account: number,
): Promise<ChainReceipt & { readonly closeAt: UnixSeconds }> {
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "requestClose", args: [account] });
  const sent = await chain.send({ call: "requestClose", to: chain.profile.addresses.sessionPayment, data });
  const logs = parseEventLogs({ abi: sessionPaymentAbi, eventName: "CloseRequested", logs: [...sent.logs] });
  return { ...toReceipt(sent), closeAt: Number(requireEvent("CloseRequested", sent, logs).args.closeAt) };
}

/** 24 h after `requestClose`: cuts every lane to what it spent and pays the rest to the session's owner. Anyone may. */
export async function finaliseClose(
  chain: ChainWriter,
  account: number,
): Promise<ChainReceipt & { readonly refundWei: bigint }> {
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "finaliseClose", args: [account] });
  const sent = await chain.send({ call: "finaliseClose", to: chain.profile.addresses.sessionPayment, data });
  const logs = parseEventLogs({ abi: sessionPaymentAbi, eventName: "Closed", logs: [...sent.logs] });
  return { ...toReceipt(sent), refundWei: requireEvent("Closed", sent, logs).args.refundWei };
}
