/** Events that wait for their reader. */
export type Backlog<Event> = {
  /** False when that was more than may wait: the reader has lost its answer. */
  add(event: Event): boolean;
  /** The next one. */
  take(): Event | undefined;
  clear(): void;
};

/** The events of one answer, between the task that makes them and the one reader that takes them. `done` and `failed` are the last. */
export class AnswerQueue<Event extends { readonly kind: string }> implements AsyncIterableIterator<Event> {
  readonly #backlog: Backlog<Event>;
  readonly #onAbandoned: () => void;
  #take: ((step: IteratorResult<Event>) => void) | undefined;
  #isEnded = false;

  /** `onAbandoned` is called when the reader stops before the end, or falls too far behind. */
  constructor(backlog: Backlog<Event>, onAbandoned: () => void) {
    this.#backlog = backlog;
    this.#onAbandoned = onAbandoned;
  }

  push(event: Event): void {
    if (this.#isEnded) return;
    if (event.kind === "done" || event.kind === "failed") this.#isEnded = true;
    const take = this.#take;
    if (take !== undefined) {
      this.#take = undefined;
      take({ value: event, done: false });
      return;
    }
    if (!this.#backlog.add(event)) void this.return();
  }

  next(): Promise<IteratorResult<Event>> {
    const event = this.#backlog.take();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  return(): Promise<IteratorResult<Event>> {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#onAbandoned();
    }
    this.#backlog.clear();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
