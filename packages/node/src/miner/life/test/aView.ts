import type { NetworkTaskRecord, SeatedTask } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  LEVEL_SECONDS,
  type NodeLife,
  UNREGISTERED,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { WatchedTask } from "../../../host/index.js";
import type { LifeView } from "../lifeView.js";

export const NOW = 1_000_000;
export const EPOCH = 600;
export const SELF: Address = `0x${"5e".repeat(20)}`;
export const OTHER: Address = `0x${"07".repeat(20)}`;
export const TOPIC: Bytes32 = `0x${"70".repeat(32)}`;
export const BEACON: Bytes32 = `0x${"be".repeat(32)}`;
const FAR = NOW + 20 * 86_400;

/** The epoch that `NOW` is in: it has just begun. */
export const NOW_EPOCH = 1_000;
const TIMES = { t0: NOW - NOW_EPOCH * EPOCH, epochSeconds: EPOCH };

/** A node that has been pinging for a day. */
export function aLife(life: Partial<NodeLife> = {}): NodeLife {
  const since = NOW - 86_400;
  const level = life.level ?? 0;
  return {
    ...UNREGISTERED,
    state: "active",
    sinceSeconds: since,
    atSeconds: since,
    verifiedUntilSeconds: FAR,
    seenAtSeconds: NOW - 10,
    activeSinceSeconds: since,
    levelUntilSeconds: level > 0 ? NOW - 10 + LEVEL_SECONDS : 0,
    ...life,
  };
}

/** A node with nothing to do: its level was just looked at. */
export function aView(view: Partial<LifeView> = {}): LifeView {
  return {
    self: SELF,
    nowSeconds: NOW,
    times: TIMES,
    life: aLife({ state: "ephemeral", level: 4 }),
    registry: { isVerified: true, expiresSeconds: FAR, hasLeft: false },
    isForPool: true,
    difficulty: 4,
    drawnAtSeconds: 0,
    assessedAtSeconds: NOW - 10,
    weight: 1,
    topics: [{ topicHash: TOPIC, tokensPerSecond: 1_000 }],
    isEngineFree: true,
    tasks: [],
    asks: [],
    beacons: new Map(),
    work: new Map(),
    ...view,
  };
}

const SEATED: SeatedTask = {
  phase: "requested",
  ending: undefined,
  deadlineSeconds: NOW + 60,
  startedAtSeconds: 0,
  creators: [OTHER],
  creatorTurn: 0,
  preparers: [OTHER],
  preparerTurn: 0,
  topicHash: TOPIC,
  questionsHash: ZERO_BYTES32,
  solvers: [],
  scorers: [],
  precommitted: [],
  committed: [],
  scored: [],
};

export function aTask(
  task: Partial<Omit<NetworkTaskRecord, "seated">> & Partial<Pick<WatchedTask, "claims" | "precommittedAt">> = {},
): WatchedTask {
  const taskId: Bytes32 = `0x${"01".repeat(32)}`;
  const asked = { taskId, difficulty: 4, requestedEpoch: NOW_EPOCH - 2, preparedEpoch: undefined };
  return { ...asked, claims: [], precommittedAt: new Map(), ...task, seated: undefined };
}

export function aSeatedTask(seated: Partial<SeatedTask>, task: Parameters<typeof aTask>[0] = {}): WatchedTask {
  return { ...aTask(task), seated: { ...SEATED, ...seated } };
}
