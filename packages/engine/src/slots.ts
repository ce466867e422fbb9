import { EngineError } from "./engineError.js";

/** What is asked of a free slot. */
export type SlotWish<Item> = {
  readonly signal?: AbortSignal | undefined;
  readonly rank?: ((item: Item) => number) | undefined;
};

/**
 * Hands out a fixed number of things, first come first served: of those that are free the one that ranks highest, of equals the one that was
 * given back first. Whoever waits beyond the queue's bound is refused at once; an aborted wait leaves the queue.
 */
export class Slots<Item> {
  readonly #free: Item[];
  readonly #waiting: { readonly take: (item: Item) => void }[] = [];
  readonly #waitingMax: number;

  constructor(items: readonly Item[], waitingMax: number) {
    this.#free = [...items];
    this.#waitingMax = waitingMax;
  }

  /** @throws CodedError ENGINE_BUSY, ENGINE_ABORTED */
  async acquire(how: SlotWish<Item> = {}): Promise<Item> {
    const { signal, rank } = how;
    if (signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
    const item = rank === undefined ? this.#free.shift() : this.#takeHighest(rank);
    if (item !== undefined) return item;
    if (this.#waiting.length >= this.#waitingMax) {
      const { length: waiting } = this.#waiting;
      throw new EngineError({ code: "ENGINE_BUSY", waiting, waitingMax: this.#waitingMax }, { isRetryable: true });
    }
    return this.#wait(signal);
  }

  release(item: Item): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(item);
    else next.take(item);
  }

  #takeHighest(rank: (item: Item) => number): Item | undefined {
    const ranks = this.#free.map(rank);
    return this.#free.splice(ranks.indexOf(Math.max(...ranks)), 1)[0];
  }

  #wait(signal: AbortSignal | undefined): Promise<Item> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(new EngineError({ code: "ENGINE_ABORTED" }));
      };
      const waiter = {
        take: (item: Item): void => {
          signal?.removeEventListener("abort", abort);
          resolve(item);
        },
      };
      this.#waiting.push(waiter);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
