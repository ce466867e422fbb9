import {
  ackSessionTask,
  type ChainWriter,
  commitSessionTask,
  expireSessionTask,
  precommitSessionTask,
  readSessionTask,
  type SessionTaskRecord,
} from "@cortensor/chain";
import type { Bytes32, PrecommitDomain } from "@cortensor/protocol";

/** What a miner with a seat in the session queue asks of its chain, and sends. Each resolves when it is in a block. */
export type SeatChain = {
  readonly domain: PrecommitDomain;
  readTask(taskId: Bytes32): Promise<SessionTaskRecord | undefined>;
  ack(taskId: Bytes32): Promise<unknown>;
  precommit(request: { readonly taskId: Bytes32; readonly hash: Bytes32 }): Promise<unknown>;
  commit(request: { readonly taskId: Bytes32; readonly resultHash: Bytes32; readonly salt: Bytes32 }): Promise<unknown>;
  expire(taskId: Bytes32): Promise<unknown>;
};

/** The writer's account is the miner's signing address, which the seat names. It pays the gas. */
export function createSeatChain(writer: ChainWriter): SeatChain {
  const { chainId, addresses } = writer.profile;
  return {
    domain: { chainId, contract: addresses.sessionQueue },
    readTask: (taskId) => readSessionTask(writer, taskId),
    ack: (taskId) => ackSessionTask(writer, taskId),
    precommit: (request) => precommitSessionTask(writer, request),
    commit: (request) => commitSessionTask(writer, request),
    expire: (taskId) => expireSessionTask(writer, taskId),
  };
}
