import { EngineError } from "./engineError.js";

/**
 * Hands out a fixed number of things, first come first served. Whoever waits beyond the queue's bound is refused at once; an aborted
 * wait leaves the queue.
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
  async acquire(signal?: AbortSignal): Promise<Item> {
    if (signal?.aborted) throw new EngineError({ code: "ENGINE_ABORTED" });
    const item = this.#free.shift();
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
