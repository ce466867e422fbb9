import type { NetworkTaskRecord, NodesRequest, TaskEvent, TaskRole } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  drawWindow,
  NETWORK_TASK_SECONDS_MAX,
  type UnixSeconds,
} from "@cortensor/protocol";

/** Network tasks that are followed at once. An epoch has room for 80; the oldest go first. */
const TASKS_MAX = 2_048;
/** Sessions' requests for nodes that are followed at once. */
const ASKS_MAX = 2_048;
/** Epochs from a request to the end of its draw: the second after it is over then. */
const DRAW_EPOCHS = 3;

/** What is asked of a chain to follow the network's own tasks, and sessions' requests for nodes. */
export type TaskReader = {
  readonly times: { readonly t0: UnixSeconds; readonly epochSeconds: number };
  /** First block with anything of the network. */
  readonly firstBlock: bigint;
  readHead(): Promise<{ readonly blockNumber: bigint; readonly timestamp: UnixSeconds }>;
  /** The last block before a time; undefined where there is none. */
  findBlockBefore(time: UnixSeconds): Promise<bigint | undefined>;
  readTaskEvents(range: { readonly fromBlock: bigint; readonly toBlock: bigint }): Promise<readonly TaskEvent[]>;
  readNetworkTask(taskId: Bytes32): Promise<NetworkTaskRecord | undefined>;
  readNodesRequest(account: number): Promise<NodesRequest | undefined>;
};

export type RoleClaim = { readonly role: TaskRole; readonly node: Address; readonly ticket: bigint };

/** A task that goes on, with what only its events tell. */
export type WatchedTask = NetworkTaskRecord & {
  readonly claims: readonly RoleClaim[];
  /** When each solver bound itself. */
  readonly precommittedAt: ReadonlyMap<Address, UnixSeconds>;
};

/** Follows the tasks that go on by their events: what nothing happened to isn't read again. */
export class TaskBook {
  readonly #chain: TaskReader;
  readonly #tasks = new Map<Bytes32, WatchedTask>();
  readonly #asks = new Map<number, NodesRequest>();
  #nextBlock: bigint | undefined;

  constructor(chain: TaskReader) {
    this.#chain = chain;
  }

  get tasks(): readonly WatchedTask[] {
    return [...this.#tasks.values()];
  }

  /** Requests of sessions that may still be drawn. */
  get asks(): readonly NodesRequest[] {
    return [...this.#asks.values()];
  }

  /** Takes in what has happened since the last call. After an error the next call takes in all of it again. */
  async look(): Promise<void> {
    const head = await this.#chain.readHead();
    const fromBlock = this.#nextBlock ?? (await this.#firstBlock(head.timestamp));
    if (fromBlock <= head.blockNumber) {
      const events = await this.#chain.readTaskEvents({ fromBlock, toBlock: head.blockNumber });
      await this.#take(events);
      this.#nextBlock = head.blockNumber + 1n;
    }
    this.#forget(head.timestamp);
  }

  /** Where the oldest task that may go on was asked for. */
  async #firstBlock(nowSeconds: UnixSeconds): Promise<bigint> {
    const { times, firstBlock } = this.#chain;
    const before = await this.#chain.findBlockBefore(
      nowSeconds - NETWORK_TASK_SECONDS_MAX - DRAW_EPOCHS * times.epochSeconds,
    );
    return before === undefined ? firstBlock : before + 1n;
  }

  async #take(events: readonly TaskEvent[]): Promise<void> {
    const claims = new Map<Bytes32, RoleClaim[]>();
    const bound = new Map<Bytes32, Map<Address, UnixSeconds>>();
    const touched = new Set<Bytes32>();
    const accounts = new Set<number>();
    for (const event of events) {
      if (event.kind === "nodesAsked") {
        accounts.add(event.account);
        continue;
      }
      const { taskId } = event;
      if (event.kind === "claimed") {
        const { role, node, ticket } = event;
        const others = (claims.get(taskId) ?? []).filter((one) => one.role !== role || one.node !== node);
        claims.set(taskId, [...others, { role, node, ticket }]);
        continue;
      }
      touched.add(taskId);
      if (event.kind === "precommitted") {
        bound.set(taskId, (bound.get(taskId) ?? new Map()).set(event.solver, event.atSeconds));
      }
    }
    const read = await Promise.all([...touched].map((taskId) => this.#chain.readNetworkTask(taskId)));
    const asked = await Promise.all([...accounts].map((account) => this.#chain.readNodesRequest(account)));
    for (const task of read) if (task !== undefined) this.#keep(task);
    for (const taskId of new Set([...claims.keys(), ...bound.keys()])) {
      const task = this.#tasks.get(taskId);
      if (task === undefined) continue;
      const more = claims.get(taskId) ?? [];
      const others = task.claims.filter(
        ({ role, node }) => !more.some((one) => one.role === role && one.node === node),
      );
      const precommittedAt = new Map([...task.precommittedAt, ...(bound.get(taskId) ?? [])]);
      this.#tasks.set(taskId, { ...task, claims: [...others, ...more], precommittedAt });
    }
    for (const ask of asked) if (ask !== undefined) this.#asks.set(ask.account, ask);
  }

  #keep(task: NetworkTaskRecord): void {
    const { claims = [], precommittedAt = new Map() } = this.#tasks.get(task.taskId) ?? {};
    this.#tasks.set(task.taskId, { ...task, claims, precommittedAt });
  }

  /** What ended, or can't begin any more. */
  #forget(nowSeconds: UnixSeconds): void {
    const clock = { t0Seconds: this.#chain.times.t0, epochSeconds: this.#chain.times.epochSeconds };
    const isVoid = (requestedEpoch: number): boolean => drawWindow(requestedEpoch, clock).closesSeconds <= nowSeconds;
    for (const [taskId, { seated, requestedEpoch }] of this.#tasks) {
      const isOver = seated === undefined ? isVoid(requestedEpoch) : seated.phase === "ended";
      if (isOver || this.#tasks.size > TASKS_MAX) this.#tasks.delete(taskId);
    }
    for (const [account, { requestedEpoch, isDrawn }] of this.#asks) {
      if (isDrawn || isVoid(requestedEpoch) || this.#asks.size > ASKS_MAX) this.#asks.delete(account);
    }
  }
}
