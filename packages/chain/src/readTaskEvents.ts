import { type Address, type Bytes32, parseAddress, type UnixSeconds } from "@cortensor/protocol";
import type { AbiEvent, GetLogsReturnType } from "viem";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { networkTasksAbi } from "./generated/NetworkTasks.js";
import { nodePoolAbi } from "./generated/NodePool.js";
import { TASK_ROLES, type TaskRole } from "./networkTask.js";
import { readBlockTimes } from "./readBlockTimes.js";

/** What happened to the network's own tasks, and to sessions' requests for nodes. */
export type TaskEvent =
  | {
      readonly kind: "claimed";
      readonly taskId: Bytes32;
      readonly role: TaskRole;
      readonly node: Address;
      readonly ticket: bigint;
    }
  | {
      readonly kind: "precommitted";
      readonly taskId: Bytes32;
      readonly solver: Address;
      readonly atSeconds: UnixSeconds;
    }
  /** Anything else. */
  | { readonly kind: "moved"; readonly taskId: Bytes32 }
  /** A session asked the pool for nodes, or was given them. */
  | { readonly kind: "nodesAsked"; readonly account: number };

const EVENTS = [
  ...networkTasksAbi.filter((item) => item.type === "event"),
  ...nodePoolAbi.filter(
    (item) => item.type === "event" && (item.name === "NodesRequested" || item.name === "NodesDrawn"),
  ),
] as const satisfies readonly AbiEvent[];

type Log = GetLogsReturnType<undefined, typeof EVENTS, true>[number];

/** All of it in an inclusive block range, in the order of the chain. */
export async function readTaskEvents(
  chain: ChainReader,
  range: { readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<readonly TaskEvent[]> {
  const { networkTasks, nodePool } = chain.profile.addresses;
  const events: TaskEvent[] = [];
  for (const piece of blockRanges(range.fromBlock, range.toBlock)) {
    const query = chain.client.getLogs({ address: [networkTasks, nodePool], events: EVENTS, strict: true, ...piece });
    const logs: readonly Log[] = await chainCall("readTaskEvents", query);
    const bound = logs.filter(({ eventName }) => eventName === "ResultPrecommitted");
    const times = await readBlockTimes(
      chain,
      bound.map(({ blockNumber }) => blockNumber),
    );
    events.push(...logs.map((log) => toTaskEvent(log, times.get(log.blockNumber) ?? 0)));
  }
  return events;
}

function toTaskEvent(log: Log, atSeconds: UnixSeconds): TaskEvent {
  switch (log.eventName) {
    case "RoleClaimed": {
      const { taskId, role, node, ticket } = log.args;
      return { kind: "claimed", taskId, role: TASK_ROLES[role] ?? "maker", node: parseAddress(node), ticket };
    }
    case "ResultPrecommitted":
      return { kind: "precommitted", taskId: log.args.taskId, solver: parseAddress(log.args.solver), atSeconds };
    case "NodesRequested":
    case "NodesDrawn":
      return { kind: "nodesAsked", account: log.args.account };
    default:
      return { kind: "moved", taskId: log.args.taskId };
  }
}
