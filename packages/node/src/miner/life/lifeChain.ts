import {
  type ChainWriter,
  claimForSession,
  claimRole,
  commitTask,
  createTask,
  drawNodes,
  enterPool,
  expireNode,
  expireTask,
  heedNode,
  leavePool,
  listNodes,
  openTask,
  pingPool,
  precommitTask,
  prepareTask,
  readAssessment,
  readBeacon,
  readDifficulty,
  readDrawnAt,
  readNode,
  readNodeLife,
  readNodeLives,
  readNodeWeight,
  readVerification,
  requestTask,
  scoreTask,
  startTask,
  type TaskRole,
} from "@cortensor/chain";
import type { Address, Bytes32, NodeLife, UnixSeconds } from "@cortensor/protocol";
import { createTaskReader, type TaskReader } from "../../host/index.js";
import type { RegistryWord } from "./lifeView.js";

/** What the chain knows of the own node. */
export type OwnNode = {
  readonly life: NodeLife;
  readonly registry: RegistryWord;
  readonly difficulty: number;
  readonly drawnAtSeconds: UnixSeconds;
  readonly assessedAtSeconds: UnixSeconds;
  /** Undefined for a node that never registered. */
  readonly owner: Address | undefined;
};

/** Another node that might make or score a task. */
export type Helper = { readonly owner: Address; readonly life: NodeLife };

/** What a node asks of the chain about its life, and what it sends there with its own key. What is sent resolves when it is in a block. */
export type LifeChain = TaskReader & {
  readonly self: Address;
  readonly chainId: number;
  /** The contract that precommits are made to. */
  readonly networkTasks: Address;
  readOwnNode(): Promise<OwnNode>;
  readWeight(fixedAtSeconds: UnixSeconds): Promise<number>;
  /** Undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
  listHelpers(): Promise<readonly Helper[]>;
  expireNode(): Promise<unknown>;
  heed(): Promise<unknown>;
  ping(): Promise<unknown>;
  enterPool(): Promise<unknown>;
  leavePool(): Promise<unknown>;
  claimForSession(account: number): Promise<unknown>;
  drawForSession(account: number): Promise<unknown>;
  request(asked: { readonly difficulty: number; readonly place: number }): Promise<unknown>;
  claim(taskId: Bytes32, role: TaskRole): Promise<unknown>;
  open(taskId: Bytes32): Promise<unknown>;
  create(taskId: Bytes32, topicHash: Bytes32): Promise<unknown>;
  prepare(taskId: Bytes32, questionsHash: Bytes32): Promise<unknown>;
  start(taskId: Bytes32): Promise<unknown>;
  precommit(taskId: Bytes32, hash: Bytes32): Promise<unknown>;
  commit(taskId: Bytes32, shown: { readonly resultHash: Bytes32; readonly salt: Bytes32 }): Promise<unknown>;
  score(taskId: Bytes32, good: readonly boolean[]): Promise<unknown>;
  expire(taskId: Bytes32): Promise<unknown>;
};

/** The chain with the node's own key: the writer's account is the node. */
export function createLifeChain(writer: ChainWriter): LifeChain {
  const { account: self, profile } = writer;
  return {
    ...createTaskReader(writer),
    self,
    chainId: profile.chainId,
    networkTasks: profile.addresses.networkTasks,
    readOwnNode: () => readOwnNode(writer),
    readWeight: (fixedAtSeconds) => readNodeWeight(writer, { node: self, fixedAtSeconds }),
    readBeacon: (epoch) => readBeacon(writer, epoch),
    listHelpers: () => listHelpers(writer),
    expireNode: () => expireNode(writer, self),
    heed: () => heedNode(writer, self),
    ping: () => pingPool(writer),
    enterPool: () => enterPool(writer),
    leavePool: () => leavePool(writer),
    claimForSession: (account) => claimForSession(writer, { account, node: self }),
    drawForSession: (account) => drawNodes(writer, account),
    request: (asked) => requestTask(writer, asked),
    claim: (taskId, role) => claimRole(writer, { taskId, role, node: self }),
    open: (taskId) => openTask(writer, taskId),
    create: (taskId, topicHash) => createTask(writer, { taskId, topicHash }),
    prepare: (taskId, questionsHash) => prepareTask(writer, { taskId, questionsHash }),
    start: (taskId) => startTask(writer, taskId),
    precommit: (taskId, hash) => precommitTask(writer, { taskId, hash }),
    commit: (taskId, shown) => commitTask(writer, { taskId, ...shown }),
    score: (taskId, good) => scoreTask(writer, { taskId, good }),
    expire: (taskId) => expireTask(writer, taskId),
  };
}

async function readOwnNode(chain: ChainWriter): Promise<OwnNode> {
  const { account: self } = chain;
  const [life, verification, node, difficulty, drawnAtSeconds, assessment] = await Promise.all([
    readNodeLife(chain, self),
    readVerification(chain, self),
    readNode(chain, self),
    readDifficulty(chain, self),
    readDrawnAt(chain, self),
    readAssessment(chain, self),
  ]);
  const { isVerified, expires: expiresSeconds } = verification;
  const registry = { isVerified, expiresSeconds, hasLeft: (node?.leftAt ?? 0) !== 0 };
  const { assessedAtSeconds } = assessment;
  return { life, registry, difficulty, drawnAtSeconds, assessedAtSeconds, owner: node?.owner };
}

async function listHelpers(chain: ChainWriter): Promise<readonly Helper[]> {
  const miners = (await listNodes(chain, { role: "miner" })).filter(({ signer }) => signer !== chain.account);
  const lives = await readNodeLives(
    chain,
    miners.map(({ signer }) => signer),
  );
  return miners.flatMap(({ owner }, index) => {
    const life = lives[index];
    return life === undefined ? [] : [{ owner, life }];
  });
}
