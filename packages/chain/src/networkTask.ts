import { type Address, type Bytes32, parseAddress, type UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData, type Hex } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { networkTasksAbi } from "./generated/NetworkTasks.js";
import { sendTo } from "./sendTo.js";

/** Lists of a network task that a node can be put into. The order is the number on chain. */
export const TASK_ROLES = ["maker", "scorer", "solver"] as const;
export type TaskRole = (typeof TASK_ROLES)[number];
/** Tasks of one difficulty that an epoch has room for. */
export const TASK_PLACES = 8;

/** Asks for one of the network's own tasks. By anyone. */
export async function requestTask(
  chain: ChainWriter,
  asked: { readonly difficulty: number; readonly place: number },
): Promise<ChainReceipt> {
  const args = [asked.difficulty, asked.place] as const;
  return send(chain, "requestTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "request", args }));
}

/** Puts a node into one of a task's draws. By anyone. */
export async function claimRole(
  chain: ChainWriter,
  claim: { readonly taskId: Bytes32; readonly role: TaskRole; readonly node: Address },
): Promise<ChainReceipt> {
  const args = [claim.taskId, TASK_ROLES.indexOf(claim.role), claim.node] as const;
  return send(chain, "claimRole", encodeFunctionData({ abi: networkTasksAbi, functionName: "claim", args }));
}

/** Makes the draw of who makes a task. By anyone. */
export async function openTask(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  return send(chain, "openTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "open", args: [taskId] }));
}

/** Fixes a task's topic. The writer is the creator whose turn it is. */
export async function createTask(
  chain: ChainWriter,
  made: { readonly taskId: Bytes32; readonly topicHash: Bytes32 },
): Promise<ChainReceipt> {
  const args = [made.taskId, made.topicHash] as const;
  return send(chain, "createTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "create", args }));
}

/** Fixes a task's questions. The writer is the preparer whose turn it is. */
export async function prepareTask(
  chain: ChainWriter,
  made: { readonly taskId: Bytes32; readonly questionsHash: Bytes32 },
): Promise<ChainReceipt> {
  const args = [made.taskId, made.questionsHash] as const;
  return send(chain, "prepareTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "prepare", args }));
}

/** Makes the draw of who solves and scores a task. By anyone. */
export async function startTask(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  return send(chain, "startTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "start", args: [taskId] }));
}

/** Binds a solver, the writer, to its result. */
export async function precommitTask(
  chain: ChainWriter,
  bound: { readonly taskId: Bytes32; readonly hash: Bytes32 },
): Promise<ChainReceipt> {
  const args = [bound.taskId, bound.hash] as const;
  return send(chain, "precommitTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "precommit", args }));
}

/** Shows what the writer bound itself to. */
export async function commitTask(
  chain: ChainWriter,
  shown: { readonly taskId: Bytes32; readonly resultHash: Bytes32; readonly salt: Bytes32 },
): Promise<ChainReceipt> {
  const args = [shown.taskId, shown.resultHash, shown.salt] as const;
  return send(chain, "commitTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "commit", args }));
}

/** Says which results are good: for each solver that committed, in the order of the seats. The writer is a scorer. */
export async function scoreTask(
  chain: ChainWriter,
  scored: { readonly taskId: Bytes32; readonly good: readonly boolean[] },
): Promise<ChainReceipt> {
  const args = [scored.taskId, scored.good] as const;
  return send(chain, "scoreTask", encodeFunctionData({ abi: networkTasksAbi, functionName: "score", args }));
}

/** Enforces the deadline of a task's phase. By anyone. */
export async function expireTask(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  return send(
    chain,
    "expireTask",
    encodeFunctionData({ abi: networkTasksAbi, functionName: "expire", args: [taskId] }),
  );
}

/** When a node was drawn for a task last; 0 for never. */
export async function readDrawnAt(chain: ChainReader, node: Address): Promise<UnixSeconds> {
  const tasks = { address: chain.profile.addresses.networkTasks, abi: networkTasksAbi } as const;
  const read = chain.client.readContract({ ...tasks, functionName: "drawnAt", args: [node] });
  return chainCall("readDrawnAt", read);
}

/** Addresses as the network writes them. */
export function toAddresses(addresses: readonly string[]): readonly Address[] {
  return addresses.map((address) => parseAddress(address));
}

function send(chain: ChainWriter, call: string, data: Hex): Promise<ChainReceipt> {
  return sendTo(chain, "networkTasks", { call, data });
}
