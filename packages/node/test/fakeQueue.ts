import type { EnqueuedTask, SessionTaskRecord } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  encodeParams,
  encodePrompt,
  hashTask,
  hexToBytes,
  type InferenceRequest,
  paramsHash,
  promptCommit,
  type SessionPhase,
  type Task,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { QueueChain } from "../src/index.js";
import { COR, PROFILE } from "./fakeChain.js";
import { ACCOUNT, addressOf, OPERATOR } from "./testNetwork.js";

/** A session queue of one task, in which nothing but its assignment happens. */
export type FakeQueue = QueueChain & {
  enqueue(request: InferenceRequest, of: Pick<Task, "privacy"> & { readonly isOfContract: boolean }): void;
  /** Whom the router gave it to. */
  assigned: readonly Address[] | undefined;
};

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const nothing = async (): Promise<void> => undefined;

export function createFakeQueue(onAssign: () => Promise<void>): FakeQueue {
  const oracle = PROFILE.addresses.inferenceOracle;
  let enqueued: EnqueuedTask | undefined;
  let phase: SessionPhase = "enqueued";
  const queue: FakeQueue = {
    assigned: undefined,
    deployBlock: 1n,
    oracle,
    enqueue(request, { privacy, isOfContract }) {
      const task = taskOf(request, privacy);
      const prompt = new Uint8Array([...hexToBytes(ZERO_BYTES32), ...encodePrompt(request.prompt)]);
      enqueued = {
        ...{ taskId: hashTask(task), task, blockNumber: 1n },
        terms: { assigner: OPERATOR, workSeconds: 120 },
        payload: { kind: "prompt", data: prompt, params: encodeParams(request.params) },
        enqueuer: isOfContract ? oracle : addressOf("client"),
      };
    },
    readHead: async () => ({ blockNumber: 1n, timestamp: nowSeconds() }),
    listEnqueued: async () => (enqueued === undefined ? [] : [enqueued]),
    readTask: async () => enqueued && recordOf(enqueued, { phase, miners: queue.assigned ?? [] }),
    readIsOwn: async () => true,
    readCanPost: async () => true,
    async assign({ miners }) {
      await onAssign();
      queue.assigned = miners;
      phase = "assigned";
    },
    expire: nothing,
    readInference: async () => undefined,
    deliver: nothing,
    close: nothing,
  };
  return queue;
}

function taskOf(request: InferenceRequest, privacy: Task["privacy"]): Task {
  return {
    account: ACCOUNT,
    session: `0x${ACCOUNT.toString(16).padStart(64, "0")}`,
    seq: 0,
    modelId: request.modelId,
    promptCommit: promptCommit(ZERO_BYTES32, request.prompt),
    paramsHash: paramsHash(request.params),
    maxIn: 1_024,
    maxOut: request.params.maxTokens,
    feeCapWei: COR,
    deadline: nowSeconds() + 600,
    userNonce: ZERO_BYTES32,
    privacy,
    redundancy: 1,
  };
}

function recordOf(
  { taskId, terms, task }: EnqueuedTask,
  { phase, miners }: { readonly phase: SessionPhase; readonly miners: readonly Address[] },
): SessionTaskRecord {
  const bound: Bytes32 = ZERO_BYTES32;
  return {
    ...{ taskId, ...terms, phase, account: task.account, redundancy: task.redundancy },
    client: addressOf("client"),
    deadlineSeconds: nowSeconds() + 600,
    ending: undefined,
    seats: miners.map((miner) => ({ miner, bound, hasAcked: false, hasPrecommitted: false, hasCommitted: false })),
  };
}
