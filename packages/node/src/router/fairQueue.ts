import type { Priority } from "@cortensor/api";
import { ClientFlows, type QueuedTask, type Ticket } from "./clientFlows.js";

export type PrioritisedTask = QueuedTask & { readonly priority: Priority };
export type Taken<Task, Place> = { readonly task: Task; readonly place: Place };

/** A batch task that has been next of its class for this long is due, however many interactive ones wait. */
export const BATCH_PATIENCE_MS = 30_000;

/**
 * Which waiting task goes next. Interactive tasks go before batch ones; a batch task that has waited long is due, and every second turn
 * is for one that is due, so that neither class starves. Within a class clients share alike. Pure: time is passed in.
 */
export class FairQueue<Task extends PrioritisedTask> {
  readonly #classes = { interactive: new ClientFlows<Task>(), batch: new ClientFlows<Task>() };
  #wasDue = false;

  get size(): number {
    return this.#classes.interactive.size + this.#classes.batch.size;
  }

  /** Service that waits, in output tokens. */
  get tokens(): number {
    return this.#classes.interactive.tokens + this.#classes.batch.tokens;
  }

  add(task: Task, nowMs: number): Ticket<Task> {
    return this.#classes[task.priority].add(task, nowMs);
  }

  /** Takes a waiting task out; nobody else's turn changes. */
  remove(ticket: Ticket<Task>): void {
    this.#classes[ticket.task.priority].remove(ticket);
  }

  /** A task that found a free miner while nothing waited: its client's next turn comes after it. */
  pass(task: Task): void {
    this.#classes[task.priority].pass(task);
  }

  /** A task that was taken, or passed, has ended, and did cost so much. Nothing happens the second time. */
  ended(task: Task, tokens: number): void {
    this.#classes[task.priority].ended(task, tokens);
  }

  /** The next task for which `place` finds a place. While any of the first clients' tasks has one, something is taken. */
  take<Place>(place: (task: Task) => Place | undefined, nowMs: number): Taken<Task, Place> | undefined {
    const { interactive, batch } = this.#classes;
    const isDue = !this.#wasDue && isOverdue(batch.nextSinceMs, nowMs);
    const due = isDue ? batch.take(place, nowMs) : undefined;
    this.#wasDue = due !== undefined;
    return due ?? interactive.take(place, nowMs) ?? batch.take(place, nowMs);
  }

  *tasks(): Iterable<Task> {
    yield* this.#classes.interactive.tasks();
    yield* this.#classes.batch.tasks();
  }
}

function isOverdue(sinceMs: number | undefined, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= BATCH_PATIENCE_MS;
}
