import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { toReceipt } from "./toReceipt.js";

/** What settlements owe a payee and it has not withdrawn, in wei. */
export async function readCredit(chain: ChainReader, payee: Address): Promise<bigint> {
  const payment = { address: chain.profile.addresses.sessionPayment, abi: sessionPaymentAbi } as const;
  const read = chain.client.readContract({ ...payment, functionName: "creditOf", args: [payee] });
  return chainCall("readCredit", read);
}

/** Withdraws the writer's credit: all of it, or `wei`; to the writer, or `to`. */
export async function withdrawCredit(
  chain: ChainWriter,
  request: { readonly wei?: bigint; readonly to?: Address } = {},
): Promise<ChainReceipt & { readonly wei: bigint }> {
  const wei = request.wei ?? (await readCredit(chain, chain.account));
  const args = [wei, request.to ?? chain.account] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "withdraw", args });
  const sent = await chain.send({ call: "withdrawCredit", to: chain.profile.addresses.sessionPayment, data });
  return { ...toReceipt(sent), wei };
}
