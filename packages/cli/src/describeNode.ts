import {
  type ChainReader,
  type HomeHearing,
  listNodes,
  readDifficulty,
  readHead,
  readHomeHearing,
  readLevelHistory,
  readNode,
  readNodeLevel,
  readNodeLife,
  readNodeLives,
} from "@cortensor/chain";
import {
  type Address,
  type LevelChange,
  type NodeDeadline,
  type NodeLife,
  nextNodeDeadline,
  nodeLifeAt,
  type Reservation,
  type UnixSeconds,
} from "@cortensor/protocol";
import { CARRY_IT } from "./awaitServing.js";

/** What the network knows of a node's life. Times are seconds of chain time. */
export type NodeStatus = {
  readonly node: Address;
  /** Undefined for one that never registered. */
  readonly owner: Address | undefined;
  /** What of it the serving layer knows, where nodes register on another chain. */
  readonly home?: HomeHearing & { readonly chainId: number };
  readonly life: NodeLife;
  /** What runs out next. */
  readonly next: NodeDeadline | undefined;
  /** As sessions count it. */
  readonly level: number;
  /** Of its next task. */
  readonly difficulty: number;
  readonly levels: readonly LevelChange[];
  readonly nowSeconds: UnixSeconds;
};

export async function readNodeStatus(chain: ChainReader, node: Address): Promise<NodeStatus> {
  const [record, stored, level, difficulty, levels, head] = await Promise.all([
    readNode(chain.home, node),
    readNodeLife(chain, node),
    readNodeLevel(chain, node),
    readDifficulty(chain, node),
    readLevelHistory(chain, node),
    readHead(chain),
  ]);
  const life = nodeLifeAt(stored, head.timestamp);
  const next = nextNodeDeadline(life);
  const home = await readHome(chain, node, record?.owner);
  const nowSeconds = head.timestamp;
  return { node, owner: record?.owner, ...(home && { home }), life, next, level, difficulty, levels, nowSeconds };
}

async function readHome(chain: ChainReader, signer: Address, operator: Address | undefined) {
  if (chain.profile.home === undefined || operator === undefined) return undefined;
  return { chainId: chain.profile.home.chainId, ...(await readHomeHearing(chain, { signer, operator })) };
}

/** A miner and what the pool knows of it. */
export type ListedLife = { readonly node: Address; readonly owner: Address; readonly life: NodeLife };

export async function listLives(chain: ChainReader): Promise<readonly ListedLife[]> {
  const miners = await listNodes(chain.home, { role: "miner" });
  const { timestamp } = await readHead(chain);
  const lives = await readNodeLives(
    chain,
    miners.map(({ signer }) => signer),
  );
  return miners.flatMap(({ signer: node, owner }, index) => {
    const life = lives[index];
    return life === undefined ? [] : [{ node, owner, life: nodeLifeAt(life, timestamp) }];
  });
}

/** A node's status in lines for people. */
export function describeStatus(status: NodeStatus): readonly string[] {
  const { node, owner, home, life, next, level, difficulty, levels } = status;
  const { state, sinceSeconds, seenAtSeconds, reservation } = life;
  return [
    `Node ${node}${owner === undefined ? " is not registered" : ` of ${owner}`}`,
    ...(home === undefined ? [] : [`Home        chain ${home.chainId}; ${describeHearing(home)}`]),
    `State       ${state}${sinceSeconds === 0 ? "" : ` since ${timeOf(sinceSeconds)}`}`,
    `Level       ${level}; its next task has difficulty ${difficulty}`,
    `Last ping   ${seenAtSeconds === 0 ? "never" : timeOf(seenAtSeconds)}`,
    ...(reservation === undefined ? [] : [`Reserved    ${describeReservation(reservation)}`]),
    ...(next === undefined ? [] : [`Runs out    ${next.kind}, ${timeOf(next.atSeconds)}`]),
    ...levels.map((change) => `            level ${change.level} since ${timeOf(change.atSeconds)}`).reverse(),
  ];
}

function describeHearing({ isNodeHeard, isStakeHeard }: HomeHearing): string {
  if (isNodeHeard && isStakeHeard) return "what stands there is known where it works";
  const missing = [...(isNodeHeard ? [] : ["its registration"]), ...(isStakeHeard ? [] : ["its stake"])].join(" and ");
  return `where it works ${missing} isn't known yet: ${CARRY_IT}`;
}

/** One line of a list. */
export function describeLife({ node, life }: Pick<ListedLife, "node" | "life">): string {
  const { state, level, seenAtSeconds, reservation } = life;
  const ping = seenAtSeconds === 0 ? "never pinged" : `pinged ${timeOf(seenAtSeconds)}`;
  const held = reservation === undefined ? "" : `, ${describeReservation(reservation)}`;
  return `${node}  ${state.padEnd(12)} level ${String(level).padStart(2)}  ${ping}${held}`;
}

function describeReservation({ session, untilSeconds, tasksLeft, tasksRunning }: Reservation): string {
  const tasks = tasksLeft === undefined ? "" : `, ${tasksLeft} tasks left`;
  return `for session ${session} until ${timeOf(untilSeconds)}${tasks}, ${tasksRunning} running`;
}

function timeOf(seconds: UnixSeconds): string {
  return new Date(seconds * 1_000).toISOString();
}
