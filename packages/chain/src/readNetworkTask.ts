import {
  type Address,
  assert,
  type Bytes32,
  NETWORK_ENDINGS,
  NETWORK_PHASES,
  type NetworkEnding,
  type NetworkPhase,
  type UnixSeconds,
} from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { networkTasksAbi } from "./generated/NetworkTasks.js";
import { toAddresses } from "./networkTask.js";

/** A task of the network's own, as the chain has it. */
export type NetworkTaskRecord = {
  readonly taskId: Bytes32;
  /** 1…10. */
  readonly difficulty: number;
  readonly requestedEpoch: number;
  /** In which its questions were fixed; undefined before. */
  readonly preparedEpoch: number | undefined;
  /** Undefined until its makers are seated: then it has none of what follows. */
  readonly seated: SeatedTask | undefined;
};

export type SeatedTask = {
  readonly phase: NetworkPhase;
  readonly ending: NetworkEnding | undefined;
  /** First second at which what the phase waits for is late. */
  readonly deadlineSeconds: UnixSeconds;
  readonly startedAtSeconds: UnixSeconds;
  /** In the order of their turns. */
  readonly creators: readonly Address[];
  readonly creatorTurn: number;
  readonly preparers: readonly Address[];
  readonly preparerTurn: number;
  /** Zero until there is one. */
  readonly topicHash: Bytes32;
  readonly questionsHash: Bytes32;
  readonly solvers: readonly Address[];
  readonly scorers: readonly Address[];
  /** Solvers that bound themselves, in the order of the seats. */
  readonly precommitted: readonly Address[];
  /** Of them, those that showed what they were bound to. */
  readonly committed: readonly { readonly solver: Address; readonly resultHash: Bytes32 }[];
  readonly scored: readonly Address[];
};

/** Undefined for a task that nobody asked for. */
export async function readNetworkTask(chain: ChainReader, taskId: Bytes32): Promise<NetworkTaskRecord | undefined> {
  const tasks = { address: chain.profile.addresses.networkTasks, abi: networkTasksAbi, args: [taskId] } as const;
  const { client } = chain;
  const [asked, task] = await chainCall(
    "readNetworkTask",
    Promise.all([
      client.readContract({ ...tasks, functionName: "requestOf" }),
      client.readContract({ ...tasks, functionName: "taskOf" }),
    ]),
  );
  if (asked.difficulty === 0) return undefined;
  const known = { taskId, difficulty: asked.difficulty, requestedEpoch: Number(asked.epoch) };
  const preparedEpoch = asked.preparedEpoch === 0n ? undefined : Number(asked.preparedEpoch);
  if (task.deadline === 0) return { ...known, preparedEpoch, seated: undefined };
  const phase = NETWORK_PHASES[task.phase];
  assert(phase !== undefined, "the contract knows the phases that this package knows");
  const solvers = toAddresses(task.solvers);
  const scorers = toAddresses(task.scorers);
  const committed = inBits(solvers, task.committed).map((solver) => {
    const resultHash = task.results[solvers.indexOf(solver)];
    assert(resultHash !== undefined, "who committed showed a hash");
    return { solver, resultHash };
  });
  const seated = {
    phase,
    ending: task.ending === 0 ? undefined : NETWORK_ENDINGS[task.ending - 1],
    deadlineSeconds: task.deadline,
    startedAtSeconds: task.startedAt,
    creators: toAddresses(task.creators),
    creatorTurn: task.creatorTurn,
    preparers: toAddresses(task.preparers),
    preparerTurn: task.preparerTurn,
    topicHash: task.topicHash,
    questionsHash: task.questionsHash,
    solvers,
    scorers,
    precommitted: inBits(solvers, task.precommitted),
    committed,
    scored: inBits(scorers, task.scored),
  };
  return { ...known, preparedEpoch, seated };
}

/** The seats whose bits are set. */
function inBits(seats: readonly Address[], bits: number): readonly Address[] {
  return seats.filter((_, seat) => ((bits >> seat) & 1) !== 0);
}
