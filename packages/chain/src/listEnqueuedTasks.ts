import {
  type Address,
  type Bytes32,
  hexToBytes,
  PRIVACIES,
  parseAddress,
  parseBytes32,
  type Task,
} from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { sessionQueueAbi } from "./generated/SessionQueue.js";
import { PAYLOAD_KINDS, type QueueTerms, type TaskPayload } from "./sessionTask.js";

/** A task as it was put into the queue: all that a receipt of it needs. */
export type EnqueuedTask = {
  readonly taskId: Bytes32;
  readonly task: Task;
  readonly terms: QueueTerms;
  readonly payload: TaskPayload;
  /** The session's owner, or whom it lets: the oracle, for a contract's question. */
  readonly enqueuer: Address;
  readonly blockNumber: bigint;
};

/** Tasks put into the queue in an inclusive block range, in the order of the chain: those that some accounts assign, or one task. */
export async function listEnqueuedTasks(
  chain: ChainReader,
  range: {
    readonly fromBlock: bigint;
    readonly toBlock: bigint;
    readonly assigners?: readonly Address[];
    readonly taskId?: Bytes32;
  },
): Promise<readonly EnqueuedTask[]> {
  const { fromBlock, toBlock, assigners, taskId } = range;
  const found: EnqueuedTask[] = [];
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessionQueue,
      abi: sessionQueueAbi,
      eventName: "TaskEnqueued",
      args: { ...(assigners && { assigner: [...assigners] }), ...(taskId && { taskId }) },
      strict: true,
      ...piece,
    });
    for (const { args, blockNumber } of await chainCall("listEnqueuedTasks", query)) {
      const { task, payload, assigner, workSeconds } = args;
      found.push({
        taskId: parseBytes32(args.taskId),
        task: {
          ...task,
          session: parseBytes32(task.session),
          modelId: parseBytes32(task.modelId),
          promptCommit: parseBytes32(task.promptCommit),
          paramsHash: parseBytes32(task.paramsHash),
          userNonce: parseBytes32(task.userNonce),
          deadline: Number(task.deadline),
          privacy: PRIVACIES[task.privacy] ?? "private",
        },
        terms: { assigner: parseAddress(assigner), workSeconds: Number(workSeconds) },
        payload: {
          kind: PAYLOAD_KINDS[payload.kind] ?? "none",
          data: hexToBytes(payload.data),
          params: hexToBytes(payload.params),
        },
        enqueuer: parseAddress(args.enqueuer),
        blockNumber,
      });
    }
  }
  return found;
}

/** The account whose transaction gave a task to its miners; undefined while it isn't assigned. */
export async function readTaskAssigner(
  chain: ChainReader,
  { taskId, fromBlock }: { readonly taskId: Bytes32; readonly fromBlock: bigint },
): Promise<Address | undefined> {
  const toBlock = await chainCall("readTaskAssigner", chain.client.getBlockNumber());
  for (const piece of blockRanges(fromBlock, toBlock)) {
    const query = chain.client.getContractEvents({
      address: chain.profile.addresses.sessionQueue,
      abi: sessionQueueAbi,
      eventName: "TaskAssigned",
      args: { taskId },
      strict: true,
      ...piece,
    });
    const [assigned] = await chainCall("readTaskAssigner", query);
    if (assigned === undefined) continue;
    const hash = assigned.transactionHash;
    const { from } = await chainCall("readTaskAssigner", chain.client.getTransaction({ hash }));
    return parseAddress(from);
  }
  return undefined;
}
