import {
  type AnswerOpening,
  assignSessionTask,
  type ChainWriter,
  closeInference,
  deliverInference,
  type EnqueuedTask,
  expireSessionTask,
  type InferenceRecord,
  listEnqueuedTasks,
  readHead,
  readInference,
  readNativeBalance,
  readSessionTask,
  readTaskAssigner,
  type SessionTaskRecord,
} from "@cortensor/chain";
import type { Address, Bytes32, UnixSeconds } from "@cortensor/protocol";

/** Gas of a miner's three steps, with room: see the contract's page. */
const SEAT_GAS = 250_000n;

/** What a router that follows the session queue asks of its chain, and sends. Sends resolve when they are in a block. */
export type QueueChain = {
  readonly deployBlock: bigint;
  /** The contract that asks for other contracts. */
  readonly oracle: Address;
  readHead(): Promise<{ readonly blockNumber: bigint; readonly timestamp: UnixSeconds }>;
  /** Tasks that this router may assign, put into the queue in these blocks. */
  listEnqueued(range: { readonly fromBlock: bigint; readonly toBlock: bigint }): Promise<readonly EnqueuedTask[]>;
  readTask(taskId: Bytes32): Promise<SessionTaskRecord | undefined>;
  /** Whether this very router gave a task to its miners. */
  readIsOwn(task: { readonly taskId: Bytes32; readonly fromBlock: bigint }): Promise<boolean>;
  /** Whether a miner's account can pay for its steps. */
  readCanPost(miner: Address): Promise<boolean>;
  assign(request: { readonly taskId: Bytes32; readonly miners: readonly Address[] }): Promise<unknown>;
  expire(taskId: Bytes32): Promise<unknown>;
  readInference(taskId: Bytes32): Promise<InferenceRecord | undefined>;
  deliver(request: { readonly taskId: Bytes32; readonly openings: readonly AnswerOpening[] }): Promise<unknown>;
  close(taskId: Bytes32): Promise<unknown>;
};

/** The writer is the operator, or one of its registered routers. */
export function createQueueChain({
  writer,
  operator,
}: {
  readonly writer: ChainWriter;
  readonly operator: Address;
}): QueueChain {
  const { profile, client, account } = writer;
  return {
    deployBlock: profile.deployBlock,
    oracle: profile.addresses.inferenceOracle,
    readHead: () => readHead(writer),
    listEnqueued: (range) => listEnqueuedTasks(writer, { ...range, assigners: [operator, account] }),
    readTask: (taskId) => readSessionTask(writer, taskId),
    readIsOwn: async (task) => (await readTaskAssigner(writer, task)) === account,
    readCanPost: async (miner) => {
      const [balanceWei, weiPerGas] = await Promise.all([readNativeBalance(writer, miner), client.getGasPrice()]);
      return balanceWei >= SEAT_GAS * weiPerGas;
    },
    assign: (request) => assignSessionTask(writer, request),
    expire: (taskId) => expireSessionTask(writer, taskId),
    readInference: (taskId) => readInference(writer, taskId),
    deliver: (request) => deliverInference(writer, request),
    close: (taskId) => closeInference(writer, taskId),
  };
}
