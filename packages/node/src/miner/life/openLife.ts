import type { Bytes32, UnixSeconds } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { MinerConfig } from "../config.js";
import type { MinerMetrics } from "../metrics.js";
import type { Bench } from "../offers.js";
import type { MinerStore } from "../store.js";
import type { LifeChain } from "./lifeChain.js";
import { NodeLifeLoop } from "./nodeLifeLoop.js";
import { openResultShelf } from "./resultShelf.js";
import { TaskWork } from "./taskWork.js";

/** What a node needs to live on chain. */
export type LifeParts = { readonly chain: LifeChain; readonly randomBytes32: () => Bytes32 };

/** Joins the parts of a node's life on chain. Undefined for a miner that doesn't see to it. */
export function openLife(
  parts: {
    readonly life?: LifeParts;
    readonly config: Pick<MinerConfig, "isForPool">;
    readonly nowSeconds: () => UnixSeconds;
    readonly clock: Clock;
    readonly log: Logger;
  },
  room: { readonly store: MinerStore; readonly benches: readonly Bench[]; readonly metrics: MinerMetrics },
): NodeLifeLoop | undefined {
  const { life, config, nowSeconds, clock, log } = parts;
  if (life === undefined) return undefined;
  const { chain, randomBytes32 } = life;
  const { self, chainId, networkTasks } = chain;
  const results = openResultShelf({ store: room.store, chainId, networkTasks, nowMs: () => clock.nowMs() });
  const { benches, metrics } = room;
  const work = new TaskWork({ self, benches, results, randomBytes32, log, onDone: () => loop.wake() });
  const { isForPool } = config;
  const loop = new NodeLifeLoop({ chain, work, isForPool, nowSeconds, randomBytes32, clock, log, metrics });
  return loop;
}
