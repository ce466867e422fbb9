import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { sendTo } from "./sendTo.js";

/** The level that an assessor found a node to have, 0…10; 0 for one that nobody assessed in the last 30 days. */
export async function readNodeLevel(chain: ChainReader, node: Address): Promise<number> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  return chainCall("readNodeLevel", chain.client.readContract({ ...levels, functionName: "levelOf", args: [node] }));
}

/** Whether the assessments of an account count now. */
export async function readIsAssessor(chain: ChainReader, account: Address): Promise<boolean> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  const read = chain.client.readContract({ ...levels, functionName: "isAssessor", args: [account] });
  return chainCall("readIsAssessor", read);
}

/** Says what level a node has. The writer must be an assessor. */
export async function assessNode(
  chain: ChainWriter,
  request: { readonly node: Address; readonly level: number },
): Promise<ChainReceipt> {
  const args = [request.node, request.level] as const;
  const data = encodeFunctionData({ abi: nodeLevelsAbi, functionName: "assess", args });
  return sendTo(chain, "nodeLevels", { call: "assessNode", data });
}

/** Names an assessor of the start-up phase. The writer must own the list. */
export async function addAssessor(chain: ChainWriter, assessor: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: nodeLevelsAbi, functionName: "addAssessor", args: [assessor] });
  return sendTo(chain, "nodeLevels", { call: "addAssessor", data });
}

/** Strikes an assessor off: what it has found counts no more. The writer must own the list. */
export async function removeAssessor(chain: ChainWriter, assessor: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: nodeLevelsAbi, functionName: "removeAssessor", args: [assessor] });
  return sendTo(chain, "nodeLevels", { call: "removeAssessor", data });
}
