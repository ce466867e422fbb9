import { TASK_PLACES, type TaskRole } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  hasCode,
  type NodeLife,
  nodeLifeAt,
  precommitHash,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { RetryBook, TaskBook } from "../../host/index.js";
import type { MinerMetrics } from "../metrics.js";
import { areHelpersThere } from "./areHelpersThere.js";
import type { LifeChain, OwnNode } from "./lifeChain.js";
import { actKey, type LifeAct, type LifeView } from "./lifeView.js";
import { nextLifeActs } from "./nextLifeActs.js";
import { drawEpochs } from "./planTaskDraws.js";
import type { TaskWork } from "./taskWork.js";

/** Pause after a look at the chain that failed. */
const FAILED_PAUSE_MS = 5_000;
/** Beacons that are remembered: they don't change any more. */
const BEACONS_KEPT = 64;
/** How long the last helpers that were seen are counted on. */
const HELPERS_KEPT_MS = 60_000;

export type LifeLoopParts = {
  readonly chain: LifeChain;
  readonly work: TaskWork;
  /** Whether the node's owner wants it in the pool. */
  readonly isForPool: boolean;
  /** Chain time. */
  readonly nowSeconds: () => UnixSeconds;
  readonly randomBytes32: () => Bytes32;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<MinerMetrics, "lifeActs" | "lifeState" | "lifeLevel" | "pingedAt">;
};

/** A node's life on chain: looks at what the chain says, does what is due, and waits until something will be. */
export class NodeLifeLoop {
  readonly #parts: LifeLoopParts;
  readonly #book: TaskBook;
  readonly #retries: RetryBook;
  readonly #beacons = new Map<number, Bytes32>();
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #running: Promise<void> | undefined;
  #helpers: { readonly areThere: boolean; readonly atMs: number } | undefined;
  #life: NodeLife | undefined;

  constructor(parts: LifeLoopParts) {
    this.#parts = parts;
    this.#book = new TaskBook(parts.chain);
    this.#retries = new RetryBook(parts.clock);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** The next look comes at once. */
  wake(): void {
    this.#wake.abort();
  }

  /** Looks once, and does what is due. Gives the pause until the next look. */
  async look(): Promise<{ readonly pauseSeconds: number }> {
    const own = await this.#parts.chain.readOwnNode();
    await this.#book.look();
    const view = await this.#view(own);
    const { acts, pauseSeconds } = nextLifeActs(view);
    this.#show(view);
    for (const act of acts) {
      if (this.#stopping.signal.aborted && act.kind !== "leavePool") continue;
      await this.#try(act, { view, own });
    }
    return { pauseSeconds };
  }

  /** Whether a task of the network's is being solved or scored. */
  get isWorking(): boolean {
    return this.#parts.work.isWorking;
  }

  /** Resolves when no task of the network's is being solved or scored. */
  idle(): Promise<void> {
    return this.#parts.work.idle();
  }

  /** Ends what runs, and takes the node out of the pool: nobody is to be given one that isn't there. */
  async stop(): Promise<void> {
    const { work, chain, log } = this.#parts;
    this.#stopping.abort();
    this.#wake.abort();
    await work.stop();
    await this.#running;
    if (this.#life?.state !== "ephemeral") return;
    try {
      await chain.leavePool();
      this.#parts.metrics.lifeActs.add({ act: "leavePool", outcome: "done" });
    } catch (error) {
      log.warn("The node could not leave the pool", {}, error);
    }
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts;
    while (!this.#stopping.signal.aborted) {
      this.#wake = new AbortController();
      let pauseMs = FAILED_PAUSE_MS;
      try {
        pauseMs = (await this.look()).pauseSeconds * 1_000;
      } catch (error) {
        if (!this.#stopping.signal.aborted) log.warn("The node's life on chain could not be looked at", {}, error);
      }
      const signal = AbortSignal.any([this.#stopping.signal, this.#wake.signal]);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  async #view(own: OwnNode): Promise<LifeView> {
    const { chain, work, isForPool, nowSeconds } = this.#parts;
    const { tasks, asks } = this.#book;
    const beacons = await this.#readBeacons(drawEpochs({ tasks, asks }));
    const weight = beacons.size === 0 ? 1 : await chain.readWeight(nowSeconds());
    return {
      ...own,
      self: chain.self,
      nowSeconds: nowSeconds(),
      times: chain.times,
      isForPool: isForPool && !this.#stopping.signal.aborted,
      weight,
      topics: work.topics,
      isEngineFree: work.isEngineFree,
      tasks,
      asks,
      beacons,
      work: work.of(tasks),
    };
  }

  /** Of those epochs whose beacons can be known. */
  async #readBeacons(epochs: ReadonlySet<number>): Promise<ReadonlyMap<number, Bytes32>> {
    const { chain, nowSeconds } = this.#parts;
    const now = Math.floor((nowSeconds() - chain.times.t0) / chain.times.epochSeconds);
    for (const epoch of epochs) {
      if (epoch > now || this.#beacons.has(epoch)) continue;
      const beacon = await chain.readBeacon(epoch);
      if (beacon !== undefined) this.#beacons.set(epoch, beacon);
    }
    for (const epoch of this.#beacons.keys()) {
      if (this.#beacons.size <= BEACONS_KEPT) break;
      this.#beacons.delete(epoch);
    }
    return new Map([...this.#beacons].filter(([epoch]) => epochs.has(epoch)));
  }

  #show({ life, nowSeconds }: LifeView): void {
    const { metrics, log } = this.#parts;
    const now = nodeLifeAt(life, nowSeconds);
    if (this.#life?.state !== now.state) log.info("The node's state on chain", { state: now.state, level: now.level });
    metrics.lifeState.set({ state: this.#life?.state ?? now.state }, 0);
    metrics.lifeState.set({ state: now.state }, 1);
    metrics.lifeLevel.set({}, now.level);
    metrics.pingedAt.set({}, now.seenAtSeconds);
    this.#life = now;
  }

  /** Does an act. A refusal is nothing out of the ordinary: another may have done the same, or a second more is wanted. */
  async #try(act: LifeAct, at: { readonly view: LifeView; readonly own: OwnNode }): Promise<void> {
    const { metrics, log } = this.#parts;
    const key = actKey(act);
    if (!this.#retries.isOpen(key)) return;
    try {
      const isDone = await this.#do(act, at);
      if (!isDone) return;
      this.#retries.done(key, "subject" in act);
      metrics.lifeActs.add({ act: act.kind, outcome: "done" });
      log.debug("A step of the node's life on chain", { act: key });
    } catch (error) {
      const isRefused = hasCode(error, "CHAIN_REVERTED");
      this.#retries.failed(key, isRefused);
      metrics.lifeActs.add({ act: act.kind, outcome: isRefused ? "refused" : "failed" });
      if (isRefused) log.debug("A step of the node's life was refused", { act: key }, error);
      else log.warn("A step of the node's life on chain failed", { act: key }, error);
    }
  }

  /** False for what needn't be sent. */
  async #do(act: LifeAct, { view, own }: { readonly view: LifeView; readonly own: OwnNode }): Promise<boolean> {
    const { chain, work, randomBytes32 } = this.#parts;
    switch (act.kind) {
      case "expireNode":
      case "heed":
      case "ping":
      case "enterPool":
      case "leavePool":
        await chain[act.kind]();
        return true;
      case "claimForSession":
      case "drawForSession":
        await chain[act.kind](act.account);
        return true;
      case "request":
        return this.#request(act, own.owner);
      case "claim":
        await chain.claim(act.taskId, act.role satisfies TaskRole);
        return true;
      case "open":
      case "start":
      case "expire":
        await chain[act.kind](act.taskId);
        return true;
      case "create":
        await chain.create(act.taskId, act.topicHash);
        return true;
      case "prepare":
        await chain.prepare(act.taskId, randomBytes32());
        return true;
      case "solve":
      case "score": {
        const task = view.tasks.find(({ taskId }) => taskId === act.taskId);
        if (task !== undefined) work[act.kind](task);
        return task !== undefined;
      }
      case "precommit": {
        const { taskId, salt, resultHash } = act;
        const bound = { chainId: chain.chainId, contract: chain.networkTasks, taskId, miner: chain.self };
        await chain.precommit(taskId, precommitHash({ ...bound, salt, resultHash }));
        return true;
      }
      case "commit":
        await chain.commit(act.taskId, act);
        return true;
      case "sendScore":
        await chain.score(act.taskId, act.good);
        return true;
    }
  }

  async #request(
    { difficulty, epoch }: Extract<LifeAct, { readonly kind: "request" }>,
    owner: Address | undefined,
  ): Promise<boolean> {
    const { chain } = this.#parts;
    if (!(await this.#areHelpersThere(owner))) return false;
    const asked = this.#book.tasks.filter((task) => task.requestedEpoch === epoch && task.difficulty === difficulty);
    if (asked.length >= TASK_PLACES) return false;
    await chain.request({ difficulty, place: asked.length });
    return true;
  }

  async #areHelpersThere(owner: Address | undefined): Promise<boolean> {
    const { chain, clock, nowSeconds } = this.#parts;
    const atMs = clock.nowMs();
    if (this.#helpers === undefined || atMs - this.#helpers.atMs >= HELPERS_KEPT_MS) {
      const areThere = areHelpersThere(await chain.listHelpers(), { owner, nowSeconds: nowSeconds() });
      this.#helpers = { areThere, atMs };
    }
    return this.#helpers.areThere;
  }
}
