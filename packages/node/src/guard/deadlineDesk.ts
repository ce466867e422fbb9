import {
  type Address,
  type Bytes32,
  hexToBytes,
  keccak256,
  type NodeLife,
  nextNodeDeadline,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { TaskBook, type TaskReader, type WatchedTask } from "../host/index.js";
import type { GuardMetrics } from "./metrics.js";
import { settleRace } from "./settleRace.js";

/** Pause between two looks at all nodes' lives, in chain time: their shortest deadline, a reservation, is as of its own second anyway. */
const SWEEP_SECONDS = 60;
/**
 * Pause between two looks at tasks, in chain time: the shortest of their phases lasts a minute, and what follows counts from the deadline's own second, however late
 * it is enforced.
 */
const LOOK_SECONDS = 10;
/** Guards wait up to this long for one another, each its own while: one of them is enough. */
const TURN_SECONDS_MAX = 20;
/** Deadlines enforced in one look: the next one is seconds later. */
const ENFORCED_MAX = 16;

/** What a guard asks and sends about nodes' lives and the network's own tasks. */
export type NodeWatch = TaskReader & {
  /** Every miner that the registry has, with its life as stored. */
  listLives(): Promise<readonly { readonly node: Address; readonly life: NodeLife }[]>;
  /** As stored. */
  readLife(node: Address): Promise<NodeLife>;
  expireNode(node: Address): Promise<unknown>;
  expireTask(taskId: Bytes32): Promise<unknown>;
};

/** Something whose deadline is over. */
export type Overdue =
  | { readonly kind: "node"; readonly id: Address; readonly atSeconds: UnixSeconds }
  | { readonly kind: "task"; readonly id: Bytes32; readonly atSeconds: UnixSeconds };

/** What is over at a second, the oldest first, so far as it is this guard's turn. */
export function overdueOf(of: {
  readonly tasks: readonly WatchedTask[];
  readonly lives: readonly { readonly node: Address; readonly life: NodeLife }[];
  readonly guard: Address;
  readonly nowSeconds: UnixSeconds;
}): readonly Overdue[] {
  const tasks = of.tasks.flatMap(({ taskId, seated }): readonly Overdue[] =>
    seated === undefined || seated.phase === "ended"
      ? []
      : [{ kind: "task", id: taskId, atSeconds: seated.deadlineSeconds }],
  );
  const nodes = of.lives.flatMap(({ node, life }): readonly Overdue[] => {
    const deadline = nextNodeDeadline(life);
    return deadline === undefined ? [] : [{ kind: "node", id: node, atSeconds: deadline.atSeconds }];
  });
  return [...tasks, ...nodes]
    .filter(({ id, atSeconds }) => atSeconds + turnSeconds(of.guard, id) <= of.nowSeconds)
    .sort((left, right) => left.atSeconds - right.atSeconds);
}

/** How long a guard leaves something to others: a whole number of seconds below `TURN_SECONDS_MAX`. */
function turnSeconds(guard: Address, id: string): number {
  const word = keccak256(new Uint8Array([...hexToBytes(guard), ...hexToBytes(`0x${id.slice(2)}`)]));
  return Number(BigInt(word) % BigInt(TURN_SECONDS_MAX));
}

export type DeadlineParts = {
  readonly chain: NodeWatch;
  readonly guard: Address;
  readonly metrics: Pick<GuardMetrics, "deadlines">;
  readonly log: Logger;
};

/** Enforces the deadlines of nodes' lives and of the network's own tasks. Anyone may; where nobody with a stake in one does, guards do. */
export class DeadlineDesk {
  readonly #parts: DeadlineParts;
  readonly #book: TaskBook;
  #lives: readonly { readonly node: Address; readonly life: NodeLife }[] = [];
  #sweepAtSeconds = 0;

  constructor(parts: DeadlineParts) {
    this.#parts = parts;
    this.#book = new TaskBook(parts.chain);
  }

  /** Gives the second before which nobody misses the next look. */
  async enforce(nowSeconds: UnixSeconds): Promise<UnixSeconds> {
    const { chain, guard } = this.#parts;
    await this.#book.look();
    if (nowSeconds >= this.#sweepAtSeconds) {
      this.#lives = await chain.listLives();
      this.#sweepAtSeconds = nowSeconds + SWEEP_SECONDS;
    }
    const overdue = overdueOf({ tasks: this.#book.tasks, lives: this.#lives, guard, nowSeconds });
    for (const one of overdue.slice(0, ENFORCED_MAX)) await this.#end(one, nowSeconds);
    return overdue.length > ENFORCED_MAX ? nowSeconds : nowSeconds + LOOK_SECONDS;
  }

  /** One deadline. What is due after it is seen by the next look. */
  async #end(one: Overdue, nowSeconds: UnixSeconds): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    const isOver = async (): Promise<boolean> => !(await this.#isStillDue(one, nowSeconds));
    const send = async (): Promise<void> => {
      await (one.kind === "node" ? chain.expireNode(one.id) : chain.expireTask(one.id));
    };
    if (!(await isOver())) {
      const outcome = await settleRace(send, isOver);
      metrics.deadlines.add({ of: one.kind, outcome });
      log.debug("A deadline is enforced", { of: one.kind, id: one.id, outcome });
    }
    if (one.kind === "node") {
      const life = await chain.readLife(one.id);
      this.#lives = this.#lives.map((each) => (each.node === one.id ? { ...each, life } : each));
    }
  }

  async #isStillDue({ kind, id, atSeconds }: Overdue, nowSeconds: UnixSeconds): Promise<boolean> {
    const { chain } = this.#parts;
    if (kind === "node") {
      const deadline = nextNodeDeadline(await chain.readLife(id));
      return deadline !== undefined && deadline.atSeconds <= nowSeconds && deadline.atSeconds === atSeconds;
    }
    const seated = (await chain.readNetworkTask(id))?.seated;
    return seated !== undefined && seated.phase !== "ended" && seated.deadlineSeconds === atSeconds;
  }
}
