import type { Address, UnixSeconds } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { nodeWeightsAbi } from "./generated/NodeWeights.js";

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
