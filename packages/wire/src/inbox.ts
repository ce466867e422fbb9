import type { CloseReason } from "./closeReason.js";
import type { Transport } from "./transport.js";
import { refuse } from "./wireError.js";

/** A peer speaks in turn during the handshake: one message ahead of the reader is the most that an honest one sends. */
const WAITING_MAX = 2;
/** Frames that may wait for a link that is about to stand. The socket is paused then; what it has read still comes. */
const FRAMES_WAITING_MAX = 16;

/** A transport's messages, read one by one during the handshake and handed over to the link afterwards. */
export class Inbox {
  readonly #transport: Transport;
  readonly #bytesMax: number;
  readonly #waiting: Buffer[] = [];
  #failure: Error | undefined;
  #isOpen = false;
  #wake: (() => void) | undefined;

  constructor(transport: Transport, bytesMax: number) {
    this.#transport = transport;
    this.#bytesMax = bytesMax;
    transport.onMessage((bytes) => this.#receive(bytes));
    transport.onClose((reason) => this.fail(reason, "the peer closed the link"));
  }

  /** The next message. Rejects with WIRE_LINK_REFUSED when there will be none. */
  async read(): Promise<Buffer> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) return next;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Makes the reader's wait end with a reason. The first reason holds. */
  fail(reason: CloseReason, detail: string): void {
    this.#failure ??= refuse(reason, detail);
    this.#wake?.();
  }

  /** The peer is proven: it may send frames of any size, which wait for the link. */
  open(): void {
    this.#isOpen = true;
  }

  /** Gives the receiver everything that waits, then everything that comes. */
  handOver(receiver: (bytes: Buffer | undefined) => void): void {
    this.#transport.onMessage(receiver);
    for (const bytes of this.#waiting.splice(0)) receiver(bytes);
    this.#transport.resume();
  }

  #receive(bytes: Buffer | undefined): void {
    if (bytes === undefined) {
      this.fail("handshakeMalformed", "a message is not binary");
    } else if (!this.#isOpen && bytes.length > this.#bytesMax) {
      this.fail("handshakeMalformed", `${bytes.length} bytes, at most ${this.#bytesMax} are allowed`);
    } else if (!this.#isOpen && this.#waiting.length === WAITING_MAX) {
      this.fail("handshakeMalformed", "more messages than the handshake has");
    } else {
      this.#waiting.push(bytes);
      if (this.#isOpen && this.#waiting.length >= FRAMES_WAITING_MAX) this.#transport.pause();
      this.#wake?.();
    }
  }
}
