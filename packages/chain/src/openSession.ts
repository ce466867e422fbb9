import type { Bytes32 } from "@cortensor/protocol";
import { encodeFunctionData, parseEventLogs } from "viem";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { requireEvent } from "./requireEvent.js";
import { encodeParams, type SessionParams } from "./sessionParams.js";
import { toReceipt } from "./toReceipt.js";

export type OpenedSession = ChainReceipt & {
  /** The index that debits name. */
  readonly account: number;
  /** The `session` of a Task. */
  readonly sessionId: Bytes32;
};

/** Opens a session of the writer. It holds no money until `depositToSession` and `setAllotment`. */
export async function openSession(chain: ChainWriter, params: SessionParams): Promise<OpenedSession> {
  const data = encodeFunctionData({ abi: sessionsAbi, functionName: "create", args: [encodeParams(params)] });
  const sent = await chain.send({ call: "openSession", to: chain.profile.addresses.sessions, data });
  const logs = parseEventLogs({ abi: sessionsAbi, eventName: "SessionCreated", logs: [...sent.logs] });
  const { account, sid } = requireEvent("SessionCreated", sent, logs).args;
  return { ...toReceipt(sent), account, sessionId: sid };
}
