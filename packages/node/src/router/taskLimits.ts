import type { Books } from "@cortensor/books";

type Counted = {
  /** Durable receipts of the account when nothing of it was under way here. */
  base: number;
  /** Tasks begun here since, less those that made no receipt. */
  begun: number;
  /** Those of them that still run, or whose receipt isn't durable. */
  pending: number;
};

/**
 * Counts the tasks of sessions that may run only so many. What the books know is read anew whenever nothing of the account is under way
 * here, so that the operator's other routers are counted too, to within what they run at that moment.
 */
export class TaskLimits {
  readonly #books: Pick<Books, "laneStatus">;
  readonly #counts = new Map<number, Counted>();

  constructor(books: Pick<Books, "laneStatus">) {
    this.#books = books;
  }

  /** Counts a task in; false when the account has run as many as it may. */
  async begin(account: number, tasksMax: number): Promise<boolean> {
    if (this.#pendingOf(account) === 0) {
      const base = (await this.#books.laneStatus(account))?.count ?? 0;
      if (this.#pendingOf(account) === 0) this.#counts.set(account, { base, begun: 0, pending: 0 });
    }
    const counted = this.#counts.get(account);
    if (counted === undefined || counted.base + counted.begun >= tasksMax) return false;
    counted.begun += 1;
    counted.pending += 1;
    return true;
  }

  /** A task ended without a receipt: it isn't one that was run. Nothing happens for accounts without a limit. */
  drop(account: number): void {
    const counted = this.#counts.get(account);
    if (counted === undefined || counted.pending === 0) return;
    counted.begun -= 1;
    counted.pending -= 1;
  }

  /** A task's receipt is durable: the books count it from here on. */
  receipted(account: number): void {
    const counted = this.#counts.get(account);
    if (counted !== undefined && counted.pending > 0) counted.pending -= 1;
  }

  #pendingOf(account: number): number {
    return this.#counts.get(account)?.pending ?? 0;
  }
}
