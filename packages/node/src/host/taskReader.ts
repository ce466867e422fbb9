import {
  type ChainReader,
  lastBlockBefore,
  readHead,
  readNetworkTask,
  readNodesRequest,
  readTaskEvents,
} from "@cortensor/chain";
import type { TaskReader } from "./taskBook.js";

/** The chain, as far as it is needed to follow the network's own tasks. */
export function createTaskReader(reader: ChainReader): TaskReader {
  const { t0, epochSeconds, deployBlock } = reader.profile;
  return {
    times: { t0, epochSeconds },
    firstBlock: deployBlock,
    readHead: () => readHead(reader),
    findBlockBefore: async (time) => (await lastBlockBefore(reader, time))?.number,
    readTaskEvents: (range) => readTaskEvents(reader, range),
    readNetworkTask: (taskId) => readNetworkTask(reader, taskId),
    readNodesRequest: (account) => readNodesRequest(reader, account),
  };
}
