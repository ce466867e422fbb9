import { type Address, assert, NODE_STATES, type NodeLife } from "@cortensor/protocol";
import type { ContractFunctionReturnType } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { nodePoolAbi } from "./generated/NodePool.js";

type ChainLife = ContractFunctionReturnType<typeof nodePoolAbi, "view", "lifeOf">;

/** What is stored of a node's life: as of the last event or deadline that anyone sent. `nodeLifeAt` tells what it is by now. */
export async function readNodeLife(chain: ChainReader, node: Address): Promise<NodeLife> {
  const pool = { address: chain.profile.addresses.nodePool, abi: nodePoolAbi } as const;
  const read = chain.client.readContract({ ...pool, functionName: "lifeOf", args: [node] });
  return toNodeLife(await chainCall("readNodeLife", read));
}

/** Nodes asked about in one call. Its answer passes as a contract's code does, in 24 KiB: fifty of them would fill it. */
const NODES_PER_CALL = 32;

/** The lives of many nodes, in their order, each call of the chain for many of them. */
export async function readNodeLives(chain: ChainReader, nodes: readonly Address[]): Promise<readonly NodeLife[]> {
  const pool = { address: chain.profile.addresses.nodePool, abi: nodePoolAbi, functionName: "lifeOf" } as const;
  const lives: NodeLife[] = [];
  for (let at = 0; at < nodes.length; at += NODES_PER_CALL) {
    const contracts = nodes.slice(at, at + NODES_PER_CALL).map((node) => ({ ...pool, args: [node] as const }));
    const calls = { batchSize: 0, allowFailure: false, deployless: true } as const;
    const some = await chainCall("readNodeLives", chain.client.multicall({ ...calls, contracts }));
    lives.push(...some.map(toNodeLife));
  }
  return lives;
}

function toNodeLife(life: ChainLife): NodeLife {
  const state = NODE_STATES[life.state];
  assert(state !== undefined, "the pool knows the states that this package knows");
  const { account, until, isCounted, tasksLeft, tasksRunning } = life.reservation;
  const reservation = { session: account, untilSeconds: until, tasksRunning };
  return {
    state,
    sinceSeconds: life.since,
    atSeconds: life.at,
    verifiedUntilSeconds: life.verifiedUntil,
    seenAtSeconds: life.seenAt,
    activeSinceSeconds: life.activeSince,
    level: life.level,
    levelUntilSeconds: life.levelUntil,
    coolUntilSeconds: life.coolUntil,
    reservation: account === 0 ? undefined : { ...reservation, tasksLeft: isCounted ? tasksLeft : undefined },
  };
}
