import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { registryAbi } from "./generated/Registry.js";
import { sendTo } from "./sendTo.js";

/** Ends a node of the writer for good; what it signed stays attributable to its operator. */
export async function leaveNode(chain: ChainWriter, signer: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: registryAbi, functionName: "leave", args: [signer] });
  return sendTo(chain.home, "registry", { call: "leaveNode", data });
}
