import { type Address, type Bytes32, parseAddress, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData, type Hex } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { nodePoolAbi } from "./generated/NodePool.js";
import { sendTo } from "./sendTo.js";

/** Takes in what the registry says of a node. By anyone. */
export async function heedNode(chain: ChainWriter, node: Address): Promise<ChainReceipt> {
  return send(chain, "heedNode", encodeFunctionData({ abi: nodePoolAbi, functionName: "heed", args: [node] }));
}

/** A sign of life. The writer is the node. */
export async function pingPool(chain: ChainWriter): Promise<ChainReceipt> {
  return send(chain, "pingPool", encodeFunctionData({ abi: nodePoolAbi, functionName: "ping" }));
}

/** Any session may be given the node from now on. The writer is the node. */
export async function enterPool(chain: ChainWriter): Promise<ChainReceipt> {
  return send(chain, "enterPool", encodeFunctionData({ abi: nodePoolAbi, functionName: "enterPool" }));
}

/** The writer, a node, leaves the pool. */
export async function leavePool(chain: ChainWriter): Promise<ChainReceipt> {
  return send(chain, "leavePool", encodeFunctionData({ abi: nodePoolAbi, functionName: "leavePool" }));
}

/** Enforces the one deadline of a node that fell due first. By anyone. */
export async function expireNode(chain: ChainWriter, node: Address): Promise<ChainReceipt> {
  return send(chain, "expireNode", encodeFunctionData({ abi: nodePoolAbi, functionName: "expire", args: [node] }));
}

/** Asks for nodes out of the pool, as the session's parameters say. The writer speaks for the session. */
export async function requestNodes(chain: ChainWriter, account: number): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: nodePoolAbi, functionName: "request", args: [account] });
  return send(chain, "requestNodes", data);
}

/** Puts a node into the draw of a session's request. By anyone. */
export async function claimForSession(
  chain: ChainWriter,
  claim: { readonly account: number; readonly node: Address },
): Promise<ChainReceipt> {
  const args = [claim.account, claim.node] as const;
  return send(chain, "claimForSession", encodeFunctionData({ abi: nodePoolAbi, functionName: "claim", args }));
}

/** Reserves those with the lowest tickets for a session. By anyone. */
export async function drawNodes(chain: ChainWriter, account: number): Promise<ChainReceipt> {
  return send(chain, "drawNodes", encodeFunctionData({ abi: nodePoolAbi, functionName: "draw", args: [account] }));
}

/** Ends a node's reservation. The writer speaks for the session. */
export async function releaseNode(
  chain: ChainWriter,
  held: { readonly account: number; readonly node: Address },
): Promise<ChainReceipt> {
  const args = [held.account, held.node] as const;
  return send(chain, "releaseNode", encodeFunctionData({ abi: nodePoolAbi, functionName: "release", args }));
}

/** Counts tasks that a session's reserved node has had: each begun and ended. The writer speaks for the session. */
export async function tellReservedTasks(
  chain: ChainWriter,
  { account, node, tasks }: { readonly account: number; readonly node: Address; readonly tasks: number },
): Promise<ChainReceipt> {
  const args = [account, node] as const;
  const one = [
    encodeFunctionData({ abi: nodePoolAbi, functionName: "beginTask", args }),
    encodeFunctionData({ abi: nodePoolAbi, functionName: "endTask", args }),
  ];
  const calls = Array.from({ length: tasks }, () => one).flat();
  const data = encodeFunctionData({ abi: nodePoolAbi, functionName: "multicall", args: [calls] });
  return send(chain, "tellReservedTasks", data);
}

/** Keeps a node for the sessions that name it. The writer is its owner. */
export async function dedicateNode(chain: ChainWriter, node: Address): Promise<ChainReceipt> {
  return send(chain, "dedicateNode", encodeFunctionData({ abi: nodePoolAbi, functionName: "dedicate", args: [node] }));
}

/** The node serves anybody again. The writer is its owner. */
export async function undedicateNode(chain: ChainWriter, node: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: nodePoolAbi, functionName: "undedicate", args: [node] });
  return send(chain, "undedicateNode", data);
}

/** Whom a session's last draw gave it, also such as were released since. Empty while it isn't made. */
export async function readDrawnNodes(chain: ChainReader, account: number): Promise<readonly Address[]> {
  const pool = { address: chain.profile.addresses.nodePool, abi: nodePoolAbi } as const;
  const read = chain.client.readContract({ ...pool, functionName: "drawnFor", args: [account] });
  return (await chainCall("readDrawnNodes", read)).map(parseAddress);
}

/** What a session asked of the pool last. */
export type NodesRequest = {
  readonly account: number;
  /** Of this request alone: what its draw is for. */
  readonly subject: Bytes32;
  readonly requestedEpoch: number;
  readonly levelMin: number;
  readonly isDrawn: boolean;
};

/** Undefined for a session that never asked. */
export async function readNodesRequest(chain: ChainReader, account: number): Promise<NodesRequest | undefined> {
  const pool = { address: chain.profile.addresses.nodePool, abi: nodePoolAbi } as const;
  const read = chain.client.readContract({ ...pool, functionName: "requestOf", args: [account] });
  const { subject, epoch, levelMin, isDrawn } = await chainCall("readNodesRequest", read);
  return subject === ZERO_BYTES32 ? undefined : { account, subject, requestedEpoch: Number(epoch), levelMin, isDrawn };
}

function send(chain: ChainWriter, call: string, data: Hex): Promise<ChainReceipt> {
  return sendTo(chain, "nodePool", { call, data });
}
