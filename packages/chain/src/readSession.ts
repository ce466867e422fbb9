import { type Address, type Bytes32, parseAddress, type UnixSeconds } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { type CompleteSessionParams, decodeParams } from "./sessionParams.js";

export type SessionRecord = CompleteSessionParams & {
  readonly account: number;
  readonly sessionId: Bytes32;
  readonly owner: Address;
  /** False once it was deactivated: no new tasks. */
  readonly active: boolean;
  readonly createdAt: UnixSeconds;
  /** Router operators that the owner named. */
  readonly routers: readonly Address[];
  /** Nodes that the owner dedicated to it, by the addresses that they sign with. */
  readonly dedicatedNodes: readonly Address[];
  /** Ever deposited, less what was refunded; spent amounts are still in it. */
  readonly depositWei: bigint;
  /** Part of the deposit that lanes may spend, or have spent. */
  readonly allottedWei: bigint;
  /** From when the account may be finalised; 0 while open. */
  readonly closeAt: UnixSeconds;
  /** Finalised: every lane is cut to what it spent. */
  readonly closed: boolean;
  /** Router operators that have, or had, an allotment. */
  readonly lanes: readonly Address[];
};

/** A session, its money and its lanes. Undefined: no such account. */
export async function readSession(chain: ChainReader, account: number): Promise<SessionRecord | undefined> {
  const { client, profile } = chain;
  const sessions = { address: profile.addresses.sessions, abi: sessionsAbi, args: [account] } as const;
  const payment = { address: profile.addresses.sessionPayment, abi: sessionPaymentAbi, args: [account] } as const;
  const [session, sessionId, routers, dedicatedNodes, money, lanes] = await chainCall(
    "readSession",
    Promise.all([
      client.readContract({ ...sessions, functionName: "sessionOf" }),
      client.readContract({ ...sessions, functionName: "sidOf" }),
      client.readContract({ ...sessions, functionName: "routersOf" }),
      client.readContract({ ...sessions, functionName: "dedicatedNodesOf" }),
      client.readContract({ ...payment, functionName: "accountOf" }),
      client.readContract({ ...payment, functionName: "lanesOf" }),
    ]),
  );
  if (session.createdAt === 0) return undefined;
  return {
    ...decodeParams(session.params),
    account,
    sessionId,
    owner: parseAddress(session.owner),
    active: session.active,
    createdAt: session.createdAt,
    routers: routers.map(parseAddress),
    dedicatedNodes: dedicatedNodes.map(parseAddress),
    depositWei: money.depositWei,
    allottedWei: money.allottedWei,
    closeAt: Number(money.closeAt),
    closed: money.closed,
    lanes: lanes.map(parseAddress),
  };
}
