import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { nodeWeightsAbi } from "./generated/NodeWeights.js";
import { sendTo } from "./sendTo.js";

/** How many tickets a node has in draws whose candidates are fixed at a second. */
export async function readNodeWeight(
  chain: ChainReader,
  of: { readonly node: Address; readonly fixedAtSeconds: UnixSeconds },
): Promise<number> {
  const weights = { address: chain.profile.addresses.nodeWeights, abi: nodeWeightsAbi } as const;
  const args = [of.node, BigInt(of.fixedAtSeconds)] as const;
  const read = chain.client.readContract({ ...weights, functionName: "weightBefore", args });
  return Number(await chainCall("readNodeWeight", read));
}

/** Gives a node as many tickets as its owner's stake carries: by its owner, and not again for three epochs. One that is to judge needs two. */
export async function setNodeWeight(
  chain: ChainWriter,
  { node, weight }: { readonly node: Address; readonly weight: number },
): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: nodeWeightsAbi, functionName: "setWeight", args: [node, weight] });
  return sendTo(chain, "nodeWeights", { call: "setNodeWeight", data });
}
