import type { Address } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { toReceipt } from "./toReceipt.js";

/** Sends the chain's own coin, which pays for gas. */
export async function transferNative(
  chain: Pick<ChainWriter, "send">,
  request: { readonly to: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return toReceipt(await chain.send({ call: "transferNative", to: request.to, value: request.wei }));
}

/** The chain's own coin that an address holds, in wei. */
export async function readNativeBalance(chain: Pick<ChainReader, "client">, holder: Address): Promise<bigint> {
  return chainCall("readNativeBalance", chain.client.getBalance({ address: holder }));
}
