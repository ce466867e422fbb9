import type { SealedEvent } from "@cortensor/protocol";

/** Bytes of frames that may wait for a client: three minutes of an answer that nobody reads. */
export const SEALED_BACKLOG_BYTES_MAX = 1_048_576;

/** The events of one sealed answer, between the task that makes them and the one reader that takes them. Frames can't be merged: a reader that is too slow loses the task. */
export class SealedQueue implements AsyncIterableIterator<SealedEvent> {
  readonly #events: SealedEvent[] = [];
  readonly #onAbandoned: () => void;
  #bytes = 0;
  #take: ((step: IteratorResult<SealedEvent>) => void) | undefined;
  #isEnded = false;

  /** `onAbandoned` is called when the reader stops before the end, or falls too far behind. */
  constructor(onAbandoned: () => void) {
    this.#onAbandoned = onAbandoned;
  }

  /** Adds an event; `done` and `failed` are the last. */
  push(event: SealedEvent): void {
    if (this.#isEnded) return;
    if (event.kind === "done" || event.kind === "failed") this.#isEnded = true;
    const take = this.#take;
    if (take !== undefined) {
      this.#take = undefined;
      take({ value: event, done: false });
      return;
    }
    this.#events.push(event);
    this.#bytes += bytesOf(event);
    if (this.#bytes > SEALED_BACKLOG_BYTES_MAX) void this.return();
  }

  next(): Promise<IteratorResult<SealedEvent>> {
    const event = this.#events.shift();
    if (event !== undefined) {
      this.#bytes -= bytesOf(event);
      return Promise.resolve({ value: event, done: false });
    }
    if (this.#isEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  return(): Promise<IteratorResult<SealedEvent>> {
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.#onAbandoned();
    }
    this.#events.length = 0;
    this.#bytes = 0;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function bytesOf(event: SealedEvent): number {
  return event.kind === "frame" ? event.frame.length : 0;
}
