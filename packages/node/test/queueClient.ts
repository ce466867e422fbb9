import {
  type ChainWriter,
  enqueueSessionTask,
  readHead,
  readSession,
  readSessionTask,
  type SessionTaskRecord,
  type TaskPayload,
  taskPayload,
} from "@cortensor/chain";
import {
  type Bytes32,
  encodeParams,
  encodePrompt,
  hashTask,
  hexToBytes,
  type InferenceRequest,
  keccak256,
  paramsHash,
  promptCommit,
  type SessionPhase,
  type Task,
} from "@cortensor/protocol";
import type { RealNetwork } from "./realNetwork.js";
import { until } from "./testNetwork.js";

const COR = 10n ** 18n;

/** What a client puts into the queue, and how. */
export type Queued = {
  readonly taskId: Bytes32;
  readonly task: Task;
  readonly prompt: Uint8Array;
  readonly params: Uint8Array;
};

/** Puts a request into the session queue, as a session's owner does. */
export async function enqueue(
  network: RealNetwork,
  request: InferenceRequest,
  change: {
    readonly task?: Partial<Task>;
    readonly payload?: Partial<TaskPayload>;
    readonly salt?: Bytes32;
    readonly workSeconds?: number;
    readonly owner?: ChainWriter;
  } = {},
): Promise<Queued> {
  const { workSeconds = 120, owner = network.operator } = change;
  const account = change.task?.account ?? network.account;
  const salt = change.salt ?? keccak256(encodePrompt(request.prompt));
  const session = await readSession(network.operator, account);
  if (session === undefined) throw new Error("no such session");
  // The newest block of a chain that only makes one for a transaction may be long past.
  await network.rpc("evm_mine");
  const { timestamp } = await readHead(network.operator);
  const task: Task = {
    account,
    session: session.sessionId,
    seq: 0,
    modelId: request.modelId,
    promptCommit: promptCommit(salt, request.prompt),
    paramsHash: paramsHash(request.params),
    maxIn: 1_024,
    maxOut: request.params.maxTokens,
    feeCapWei: COR,
    deadline: timestamp + 190 + workSeconds,
    userNonce: keccak256(encodeParams(request.params)),
    privacy: "open",
    redundancy: 1,
    ...change.task,
  };
  const encoded = encodePrompt(request.prompt);
  const prompt = new Uint8Array([...hexToBytes(salt), ...encoded]);
  const params = encodeParams(request.params).slice();
  const planned = taskPayload({ prompt, params }, change.payload?.kind ?? "prompt");
  const payload = { ...planned, ...change.payload };
  await enqueueSessionTask(owner, { task, terms: { assigner: network.operator.account, workSeconds }, payload });
  return { taskId: hashTask(task), task, prompt, params };
}

/** The task, once it is that far. */
export async function untilPhase(
  { operator }: Pick<RealNetwork, "operator">,
  taskId: Bytes32,
  phase: SessionPhase,
): Promise<SessionTaskRecord> {
  let found: SessionTaskRecord | undefined;
  await until(async () => {
    found = await readSessionTask(operator, taskId);
    return found?.phase === phase;
  });
  if (found === undefined) throw new Error("the task went away");
  return found;
}

/** Lets time pass for the chain, with a block that shows it, and for the nodes, whose clocks would else be epochs apart until each looks at the chain. */
export async function passChainSeconds(
  { rpc, passMs }: Pick<RealNetwork, "rpc" | "passMs">,
  seconds: number,
): Promise<void> {
  passMs(seconds * 1_000);
  await rpc("evm_increaseTime", [seconds]);
  await rpc("evm_mine");
}

/** What is set aside of an account. */
export async function heldWei({ books, account }: Pick<RealNetwork, "books" | "account">): Promise<bigint> {
  return (await books.laneStatus(account))?.heldWei ?? 0n;
}
