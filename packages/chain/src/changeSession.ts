import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { sendTo } from "./sendTo.js";
import { encodeParams, type SessionParams } from "./sessionParams.js";

/** Replaces all parameters of a session of the writer; omitted fields take their defaults. */
export async function updateSession(
  chain: ChainWriter,
  request: { readonly account: number; readonly params: SessionParams },
): Promise<ChainReceipt> {
  const args = [request.account, encodeParams(request.params)] as const;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "update", args });
  return sendTo(chain, "sessions", { call: "updateSession", data });
}

/** Ends a session for new tasks, for good. Its money leaves by `requestClose`. */
export async function deactivateSession(chain: ChainWriter, account: number): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "deactivateSession", args: [account] });
  return sendTo(chain, "sessions", { call: "deactivateSession", data });
}

/** Offers a session of the writer to `to`, who may accept after 24 hours. */
export async function offerSession(
  chain: ChainWriter,
  request: { readonly account: number; readonly to: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.to] as const;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "updateOwner", args });
  return sendTo(chain, "sessions", { call: "offerSession", data });
}

/** Takes over a session that was offered to the writer. */
export async function acceptSession(chain: ChainWriter, account: number): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "acceptOwner", args: [account] });
  return sendTo(chain, "sessions", { call: "acceptSession", data });
}

/** Names a router operator that serves a session of the writer. It spends nothing without an allotment. */
export async function addSessionRouter(
  chain: ChainWriter,
  request: { readonly account: number; readonly operator: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.operator] as const;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "addRouter", args });
  return sendTo(chain, "sessions", { call: "addSessionRouter", data });
}

export async function removeSessionRouter(
  chain: ChainWriter,
  request: { readonly account: number; readonly operator: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.operator] as const;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "removeRouter", args });
  return sendTo(chain, "sessions", { call: "removeSessionRouter", data });
}

/** Dedicates a node to a session of the writer, by the address that it signs with. */
export async function addDedicatedNode(
  chain: ChainWriter,
  request: { readonly account: number; readonly node: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.node] as const;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "addDedicatedNode", args });
  return sendTo(chain, "sessions", { call: "addDedicatedNode", data });
}

export async function removeDedicatedNode(
  chain: ChainWriter,
  request: { readonly account: number; readonly node: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.node] as const;
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "removeDedicatedNode", args });
  return sendTo(chain, "sessions", { call: "removeDedicatedNode", data });
}
