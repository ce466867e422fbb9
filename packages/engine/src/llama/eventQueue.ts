type Waiter<Event> = {
  readonly resolve: (result: IteratorResult<Event>) => void;
  readonly reject: (error: unknown) => void;
};

/** Carries events from a callback to a loop. Ends by `end` or `fail`; `onLeave` is called when the loop is left before. */
export class EventQueue<Event> implements AsyncIterableIterator<Event> {
  readonly #events: Event[] = [];
  readonly #onLeave: () => void;
  #ended: { readonly error?: unknown } | undefined;
  #waiting: Waiter<Event> | undefined;

  /** Holds at most what its feeder sends: an engine's output is bounded by its context. */
  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  push(event: Event): void {
    if (this.#ended !== undefined) return;
    if (this.#waiting === undefined) this.#events.push(event);
    else this.#take().resolve({ done: false, value: event });
  }

  end(): void {
    this.#ended ??= {};
    if (this.#waiting !== undefined) this.#take().resolve({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    if (this.#waiting !== undefined) this.#take().reject(error);
  }

  next(): Promise<IteratorResult<Event>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#ended === undefined) {
      return new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    }
    const { error } = this.#ended;
    this.#ended = {};
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  return(): Promise<IteratorResult<Event>> {
    if (this.#ended === undefined) this.#onLeave();
    this.#ended = {};
    this.#events.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Event> {
    return this;
  }

  #take(): Waiter<Event> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) throw new Error("nobody waits");
    return waiting;
  }
}
