import type { LinkStream } from "./link.js";
import type { StreamMessage } from "./messages.js";

export type StreamEnd = "end" | "malformed" | "linkClosed";

/** Messages that wait until `onMessage` is called. A caller sets its handler at once; this bounds one that doesn't. */
const WAITING_MAX = 1_024;

type Sender = {
  sendOn(id: number, message: StreamMessage): void;
  endStream(id: number): void;
};

/** One stream of a link, on this side. Messages arrive in order; none after the end. */
export class StreamState implements LinkStream {
  readonly id: number;
  readonly ended: Promise<StreamEnd>;
  readonly #sender: Sender;
  #handler: ((message: StreamMessage) => void) | undefined;
  #waiting: StreamMessage[] = [];
  #isEnded = false;
  #resolveEnded: (end: StreamEnd) => void = () => undefined;

  constructor(id: number, sender: Sender) {
    this.id = id;
    this.#sender = sender;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  send(message: StreamMessage): boolean {
    if (this.#isEnded) return false;
    this.#sender.sendOn(this.id, message);
    return true;
  }

  onMessage(handler: (message: StreamMessage) => void): void {
    this.#handler = handler;
    for (const message of this.#waiting.splice(0)) handler(message);
  }

  end(): void {
    if (!this.#isEnded) this.#sender.endStream(this.id);
  }

  /** Gives a message to the handler; false when too many wait for one. */
  deliver(message: StreamMessage): boolean {
    if (this.#handler !== undefined) {
      this.#handler(message);
      return true;
    }
    this.#waiting.push(message);
    return this.#waiting.length <= WAITING_MAX;
  }

  finish(end: StreamEnd): void {
    this.#isEnded = true;
    this.#resolveEnded(end);
  }
}
