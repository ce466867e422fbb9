import type { SealedEvent } from "@cortensor/protocol";
import type { Backlog } from "../answerQueue.js";

/** Bytes of frames that may wait for a client: three minutes of an answer that nobody reads. */
export const SEALED_BACKLOG_BYTES_MAX = 1_048_576;

/** Frames can't be merged: a reader that is too slow loses the task. */
export class FrameBacklog implements Backlog<SealedEvent> {
  readonly #events: SealedEvent[] = [];
  #bytes = 0;

  add(event: SealedEvent): boolean {
    this.#events.push(event);
    this.#bytes += bytesOf(event);
    return this.#bytes <= SEALED_BACKLOG_BYTES_MAX;
  }

  take(): SealedEvent | undefined {
    const event = this.#events.shift();
    if (event !== undefined) this.#bytes -= bytesOf(event);
    return event;
  }

  clear(): void {
    this.#events.length = 0;
    this.#bytes = 0;
  }
}

function bytesOf(event: SealedEvent): number {
  return event.kind === "frame" ? event.frame.length : 0;
}
