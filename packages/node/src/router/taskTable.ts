import type { Refusal } from "@cortensor/api";
import type { Bytes32 } from "@cortensor/protocol";

/** A task that runs: what may happen to it from outside. */
export type RunningTask = {
  /** Acts on what is overdue. */
  sweep(nowMs: number): void;
  giveUp(code: Refusal["code"], message: string): void;
};

/** The tasks that run now, and whether new ones may begin. */
export class TaskTable {
  readonly #tasks = new Map<Bytes32, RunningTask>();
  readonly #onEmpty: (() => void)[] = [];
  isStopping = false;
  readonly #onBegin: (taskId: Bytes32) => void;

  constructor(onBegin: (taskId: Bytes32) => void) {
    this.#onBegin = onBegin;
  }

  get size(): number {
    return this.#tasks.size;
  }

  has(taskId: Bytes32): boolean {
    return this.#tasks.has(taskId);
  }

  /** Again, for a task that goes on with another miner. */
  add(taskId: Bytes32, task: RunningTask): void {
    if (!this.#tasks.has(taskId)) this.#onBegin(taskId);
    this.#tasks.set(taskId, task);
  }

  remove(taskId: Bytes32): void {
    this.#tasks.delete(taskId);
    if (this.#tasks.size === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  sweep(nowMs: number): void {
    for (const task of this.#tasks.values()) task.sweep(nowMs);
  }

  giveUpAll(code: Refusal["code"], message: string): void {
    for (const task of [...this.#tasks.values()]) task.giveUp(code, message);
  }

  /** Resolves when no task runs. */
  empty(): Promise<void> {
    if (this.#tasks.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }
}
