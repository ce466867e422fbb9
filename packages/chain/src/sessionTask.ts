import {
  type Address,
  type Bytes32,
  bytesToHex,
  type Hex,
  PRIVACIES,
  parseAddress,
  parseBytes32,
  SESSION_ENDINGS,
  SESSION_PHASES,
  type SessionEnding,
  type SessionPhase,
  type Task,
  type UnixSeconds,
} from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionQueueAbi } from "./generated/SessionQueue.js";
import { sendTo } from "./sendTo.js";

/** Where a queued task's prompt is. In the order of the contract's numbers. */
export const PAYLOAD_KINDS = ["none", "cid", "prompt"] as const;
export type PayloadKind = (typeof PAYLOAD_KINDS)[number];

/** `data` is a CID, or salt ‖ encoded prompt; `params` the encoded sampling parameters, or empty when they are where the prompt is. */
export type TaskPayload = { readonly kind: PayloadKind; readonly data: Uint8Array; readonly params: Uint8Array };

/** Who assigns a queued task, and how long its work may take. */
export type QueueTerms = { readonly assigner: Address; readonly workSeconds: number };

/** An assigned miner. */
export type SessionSeat = {
  readonly miner: Address;
  /** Its precommit; once it has committed, its result's struct hash. */
  readonly bound: Bytes32;
  readonly hasAcked: boolean;
  readonly hasPrecommitted: boolean;
  readonly hasCommitted: boolean;
};

/** A task of the session queue, as it stands. */
export type SessionTaskRecord = QueueTerms & {
  readonly taskId: Bytes32;
  /** The session's owner when it was enqueued. */
  readonly client: Address;
  readonly account: number;
  readonly redundancy: number;
  readonly phase: SessionPhase;
  /** First second at which what the phase waits for is late; after the end, that of the end. */
  readonly deadlineSeconds: UnixSeconds;
  readonly ending: SessionEnding | undefined;
  readonly seats: readonly SessionSeat[];
};

/** Undefined: no such task was ever enqueued. */
export async function readSessionTask(chain: ChainReader, taskId: Bytes32): Promise<SessionTaskRecord | undefined> {
  const queue = { address: chain.profile.addresses.sessionQueue, abi: sessionQueueAbi, args: [taskId] } as const;
  const { client } = chain;
  // Of one block: a seat's bits and what it is bound to change together.
  const blockNumber = await chainCall("readSessionTask", client.getBlockNumber());
  const [task, seats] = await Promise.all([
    chainCall("readSessionTask", client.readContract({ ...queue, functionName: "taskOf", blockNumber })),
    chainCall("readSessionTask", client.readContract({ ...queue, functionName: "seatsOf", blockNumber })),
  ]);
  const { state, account, workSeconds, redundancy } = task;
  if (BigInt(task.client) === 0n) return undefined;
  const has = (set: number, index: number): boolean => ((set >> index) & 1) === 1;
  return {
    taskId,
    client: parseAddress(task.client),
    ...{ account, workSeconds, redundancy },
    assigner: parseAddress(state.assigner),
    phase: SESSION_PHASES[state.phase] ?? "ended",
    deadlineSeconds: state.deadlineSeconds,
    // 0 is none yet.
    ending: SESSION_ENDINGS[state.ending - 1],
    seats: seats.map(({ miner, bound }, index) => ({
      miner: parseAddress(miner),
      bound: parseBytes32(bound),
      hasAcked: has(state.acked, index),
      hasPrecommitted: has(state.precommitted, index),
      hasCommitted: has(state.committed, index),
    })),
  };
}

/** Puts a task into the queue. The writer owns its session, or is let by its owner. */
export async function enqueueSessionTask(
  chain: ChainWriter,
  request: { readonly task: Task; readonly terms: QueueTerms; readonly payload: TaskPayload },
): Promise<ChainReceipt> {
  const { terms, payload } = request;
  const task = {
    ...request.task,
    deadline: BigInt(request.task.deadline),
    privacy: PRIVACIES.indexOf(request.task.privacy),
  };
  const { data, params } = payload;
  const sent = { kind: PAYLOAD_KINDS.indexOf(payload.kind), data: bytesToHex(data), params: bytesToHex(params) };
  const args = [task, terms, sent] as const;
  return send(chain, "enqueueSessionTask", encodeFunctionData({ abi: sessionQueueAbi, functionName: "enqueue", args }));
}

/** Gives a task to miners. The writer is the operator that assigns it, or a router of it. */
export async function assignSessionTask(
  chain: ChainWriter,
  { taskId, miners }: { readonly taskId: Bytes32; readonly miners: readonly Address[] },
): Promise<ChainReceipt> {
  return send(
    chain,
    "assignSessionTask",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "assign", args: [taskId, miners] }),
  );
}

/** Takes a task up, as one of its miners. */
export async function ackSessionTask(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  return send(
    chain,
    "ackSessionTask",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "ack", args: [taskId] }),
  );
}

/** Binds the writer to a result that it doesn't show yet: see `precommitHash`. */
export async function precommitSessionTask(
  chain: ChainWriter,
  { taskId, hash }: { readonly taskId: Bytes32; readonly hash: Bytes32 },
): Promise<ChainReceipt> {
  return send(
    chain,
    "precommitSessionTask",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "precommit", args: [taskId, hash] }),
  );
}

/** Shows the result that the writer's precommit bound it to. */
export async function commitSessionTask(
  chain: ChainWriter,
  request: { readonly taskId: Bytes32; readonly resultHash: Bytes32; readonly salt: Bytes32 },
): Promise<ChainReceipt> {
  const { taskId, resultHash, salt } = request;
  return send(
    chain,
    "commitSessionTask",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "commit", args: [taskId, resultHash, salt] }),
  );
}

/** Ends a committed task. The writer is its client. */
export async function endSessionTask(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  return send(
    chain,
    "endSessionTask",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "end", args: [taskId] }),
  );
}

/** Enforces the deadline of a task's phase. Anyone, from that second on. */
export async function expireSessionTask(chain: ChainWriter, taskId: Bytes32): Promise<ChainReceipt> {
  return send(
    chain,
    "expireSessionTask",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "expire", args: [taskId] }),
  );
}

/** Lets an account, such as a contract, enqueue tasks of the writer's sessions, or no longer. */
export async function setEnqueuer(
  chain: ChainWriter,
  { enqueuer, isAllowed }: { readonly enqueuer: Address; readonly isAllowed: boolean },
): Promise<ChainReceipt> {
  return send(
    chain,
    "setEnqueuer",
    encodeFunctionData({ abi: sessionQueueAbi, functionName: "setEnqueuer", args: [enqueuer, isAllowed] }),
  );
}

function send(chain: ChainWriter, call: string, data: Hex): Promise<ChainReceipt> {
  return sendTo(chain, "sessionQueue", { call, data });
}
