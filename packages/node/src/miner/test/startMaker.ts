import {
  type Address,
  type Assignment,
  type Bytes32,
  beaconWithoutGuards,
  hashTask,
  keccak256,
  type Prompt,
  paramsHash,
  promptCommit,
  type SamplingParams,
  seedSource,
  type Task,
  textsCommit,
  utf8ToBytes,
} from "@cortensor/protocol";
import type { OfferedModel, Start, StartEmbedding } from "@cortensor/wire";

export const CHAIN_ID = 31_337;
export const REGISTRY: Address = `0x${"aa".repeat(20)}`;
export const NOW_SECONDS = 1_800_000_000;
/** Of every task made here, and the one that runs. */
export const EPOCH = 20;
/** When that one began: at the second that is now. */
export const TIMES = { t0: NOW_SECONDS - EPOCH * 600, epochSeconds: 600 };
const SALT: Bytes32 = `0x${"5a".repeat(32)}`;
const WARM_TAG: Bytes32 = `0x${"3a".repeat(32)}`;

const PARAMS: SamplingParams = {
  temperature: 1,
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: {},
  stop: [],
  maxTokens: 4_096,
};

export type StartOptions = {
  readonly name?: string;
  readonly prompt?: Prompt;
  readonly params?: Partial<SamplingParams>;
  readonly task?: Partial<Task>;
  readonly assignment?: Partial<Assignment>;
  readonly committed?: readonly number[];
};

/** An honest router's start of a task on an offered model, but for what is changed on purpose. */
export function aStart(miner: Address, offer: OfferedModel, options: StartOptions = {}): Start {
  const prompt: Prompt = options.prompt ?? { kind: "text", text: options.name ?? "hello" };
  const params = { ...PARAMS, ...options.params };
  const task = aTask(offer, options, {
    promptCommit: promptCommit(SALT, prompt),
    paramsHash: paramsHash(params),
    maxOut: params.maxTokens,
  });
  const assignment = anAssignment(miner, offer, task, options);
  const beacon = beaconWithoutGuards(CHAIN_ID, assignment.epoch);
  const source = seedSource({ taskId: assignment.taskId, userNonce: task.userNonce, beacon });
  return {
    kind: "start",
    task,
    assignment,
    prompt,
    promptSalt: SALT,
    params,
    ...(params.userSeed === undefined ? { seedSource: source } : {}),
    warmTag: WARM_TAG,
    committed: options.committed ?? [],
  };
}

export function anEmbeddingStart(miner: Address, offer: OfferedModel, texts: readonly string[]): StartEmbedding {
  const task = aTask(
    offer,
    {},
    { promptCommit: textsCommit(SALT, texts), paramsHash: keccak256(new Uint8Array()), maxOut: 0 },
  );
  return { kind: "startEmbedding", task, assignment: anAssignment(miner, offer, task, {}), texts, promptSalt: SALT };
}

function aTask(
  offer: OfferedModel,
  options: StartOptions,
  bound: Pick<Task, "promptCommit" | "paramsHash" | "maxOut">,
): Task {
  return {
    account: 7,
    session: `0x${"01".repeat(32)}`,
    seq: 1,
    modelId: offer.modelId,
    ...bound,
    maxIn: 1_000,
    feeCapWei: 10n ** 18n,
    deadline: NOW_SECONDS + 600,
    userNonce: keccak256(utf8ToBytes(options.name ?? "nonce")),
    privacy: "open",
    redundancy: 1,
    ...options.task,
  };
}

function anAssignment(miner: Address, offer: OfferedModel, task: Task, options: StartOptions): Assignment {
  return {
    taskId: hashTask(task),
    miner,
    replica: 0,
    segment: 0,
    from: 0,
    kernelClass: offer.kernelClass,
    epoch: EPOCH,
    expires: NOW_SECONDS + 30,
    weiPerTokenIn: offer.weiPerTokenIn,
    weiPerTokenOut: offer.weiPerTokenOut,
    ...options.assignment,
  };
}
