import {
  buildAssign,
  buildCommit,
  buildExpire,
  buildPayout,
  buildWrites,
  type HubState,
  listRouterTasks,
  readHub,
  type SentSolana,
  type SolanaCluster,
  type SolanaHubPlace,
  type SolanaPayer,
  sendSolana,
  solanaKeyToHex,
  type TaskState,
} from "@cortensor/chain";
import { encodeSolanaAnswer, type SolanaAnswer, solanaResultHash, type UnixSeconds } from "@cortensor/protocol";

/** What a router does on Solana, by one key of its operator's: it assigns to that key, and answers with it. */
export type SolanaTasks = {
  readHub(): Promise<HubState>;
  /** Cluster time of the last slot that is confirmed. */
  readNow(): Promise<UnixSeconds>;
  /** Those opened for this router that aren't paid yet. */
  list(): Promise<readonly TaskState[]>;
  assign(task: TaskState): Promise<void>;
  answer(task: TaskState, said: SolanaAnswer, fee: bigint): Promise<void>;
  expire(task: TaskState): Promise<void>;
  pay(task: TaskState, hub: HubState): Promise<void>;
};

export function createSolanaTasks(parts: {
  readonly place: SolanaHubPlace;
  readonly connect: () => Promise<SolanaCluster>;
  readonly key: SolanaPayer;
  /** Resolves once what was sent is confirmed: what follows rests on it. Rejects when it never will be. */
  readonly confirm: (cluster: SolanaCluster, sent: SentSolana) => Promise<void>;
}): SolanaTasks {
  const { place, connect, key, confirm } = parts;
  const send = async (instructions: Parameters<typeof sendSolana>[1]["instructions"]): Promise<void> => {
    const cluster = await connect();
    await confirm(cluster, await sendSolana(cluster, { payer: key, instructions }));
  };
  const own = ({ address: task }: TaskState) => ({ program: place.program, task, by: key });
  return {
    readHub: async () => readHub(await connect(), place, "confirmed"),
    readNow: async () => {
      const { rpc } = await connect();
      return Number(await rpc.getBlockTime(await rpc.getSlot({ commitment: "confirmed" }).send()).send());
    },
    list: async () => listRouterTasks(await connect(), place, key.address),
    assign: (task) => send([buildAssign(own(task), key.address)]),
    answer: async (task, said, fee) => {
      const answer = encodeSolanaAnswer(said);
      const resultHash = solanaResultHash(solanaKeyToHex(task.address), answer);
      // Each part fills a transaction. Written twice after a crash, it is the same.
      for (const write of buildWrites(own(task), answer)) await send([write]);
      await send([buildCommit(own(task), { resultHash, fee, answerBytes: answer.length })]);
    },
    expire: (task) => send([buildExpire(place, task.address)]),
    pay: async (task, hub) => send([await buildPayout(place, hub, task)]),
  };
}
