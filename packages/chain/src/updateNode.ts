import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { registryAbi } from "./generated/Registry.js";
import { encodeDetails, type NodeDetails } from "./registerNode.js";
import { sendTo } from "./sendTo.js";

/** Replaces all that is said of a node of the writer. */
export async function updateNode(
  chain: ChainWriter,
  node: NodeDetails & { readonly signer: Address },
): Promise<ChainReceipt> {
  const args = [node.signer, encodeDetails(node)] as const;
  const data = encodeFunctionData({ abi: registryAbi, functionName: "update", args });
  return sendTo(chain.home, "registry", { call: "updateNode", data });
}
