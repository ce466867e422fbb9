import { type Address, type Bytes32, type LevelChange, parseAddress, type UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { sendTo } from "./sendTo.js";

/** The level of a node, 0…10: as the network's tasks found it, or an assessor said; 0 for one that was not looked at in the last 30 days. */
export async function readNodeLevel(chain: ChainReader, node: Address): Promise<number> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  return chainCall("readNodeLevel", chain.client.readContract({ ...levels, functionName: "levelOf", args: [node] }));
}

/** The difficulty of a node's next task, 1…10. */
export async function readDifficulty(chain: ChainReader, node: Address): Promise<number> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  const read = chain.client.readContract({ ...levels, functionName: "difficultyOf", args: [node] });
  return chainCall("readDifficulty", read);
}

/** What was found of a node last, whether it counts or not. */
export type NodeAssessment = {
  readonly level: number;
  /** Whose word it goes back to: an assessor, or the network's tasks. */
  readonly assessor: Address;
  /** When it was looked at last; 0 for never. */
  readonly assessedAtSeconds: UnixSeconds;
};

export async function readAssessment(chain: ChainReader, node: Address): Promise<NodeAssessment> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  const read = chain.client.readContract({ ...levels, functionName: "assessmentOf", args: [node] });
  const { assessor, assessedAt, level } = await chainCall("readAssessment", read);
  return { level, assessor: parseAddress(assessor), assessedAtSeconds: assessedAt };
}

/** The latest 32 changes of a node's level, latest last. */
export async function readLevelHistory(chain: ChainReader, node: Address): Promise<readonly LevelChange[]> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  const read = chain.client.readContract({ ...levels, functionName: "historyOf", args: [node] });
  return (await chainCall("readLevelHistory", read)).map(({ level, at }) => ({ level, atSeconds: at }));
}

/** Whether engines of a kernel class can be proved. */
export async function readIsProvedClass(chain: ChainReader, kernelClass: Bytes32): Promise<boolean> {
  const levels = { address: chain.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
  const read = chain.client.readContract({ ...levels, functionName: "isProved", args: [kernelClass] });
  return chainCall("readIsProvedClass", read);
}

/** Says that engines of a kernel class can be proved: nodes of others end at level 3. The writer must own the list. */
export async function setProvedClass(chain: ChainWriter, kernelClass: Bytes32): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: nodeLevelsAbi, functionName: "setProved", args: [kernelClass, true] });
  return sendTo(chain, "nodeLevels", { call: "setProvedClass", data });
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
