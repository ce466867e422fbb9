import type { Address, Hex } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import type { ChainReceipt, ChainWriter } from "../chainWriter.js";
import { corAbi } from "../generated/Cor.js";
import { corVaultAbi } from "../generated/CorVault.js";
import { requireEvent } from "../requireEvent.js";
import { toReceipt } from "../toReceipt.js";

/** Sends COR down: locks it in a vault, for an account of the chain below. */
export async function lockCor(
  sender: Pick<ChainWriter, "send">,
  of: { readonly cor: Address; readonly vault: Address; readonly to: Address; readonly amountWei: bigint },
): Promise<ChainReceipt & { readonly id: Hex }> {
  const { cor, vault, to, amountWei } = of;
  const approve = encodeFunctionData({ abi: corAbi, functionName: "approve", args: [vault, amountWei] });
  await sender.send({ call: "approveCor", to: cor, data: approve });
  const data = encodeFunctionData({ abi: corVaultAbi, functionName: "lock", args: [to, amountWei] });
  const sent = await sender.send({ call: "lock", to: vault, data });
  const logs = parseEventLogs({ abi: corVaultAbi, eventName: "Locked", logs: [...sent.logs] });
  return { ...toReceipt(sent), id: requireEvent("Locked", sent, logs).args.id };
}
