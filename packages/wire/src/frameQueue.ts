import { ByteWriter } from "./codec/byteWriter.js";
import type { LinkLimits } from "./limits.js";
import type { FrameSealer } from "./sealedFrames.js";
import type { Transport } from "./transport.js";
import { WireError } from "./wireError.js";

/**
 * What goes out: the messages of one turn of the event loop are sealed and sent together. One encryption and one system
 * call carry a hundred tokens of a hundred streams.
 */
export class FrameQueue {
  readonly #transport: Transport;
  readonly #sealer: FrameSealer;
  readonly #limits: LinkLimits;
  readonly #writer = new ByteWriter();
  readonly #onOverflow: () => void;
  #drainWaiters: (() => void)[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(parts: { transport: Transport; sealer: FrameSealer; limits: LinkLimits; onOverflow: () => void }) {
    this.#transport = parts.transport;
    this.#sealer = parts.sealer;
    this.#limits = parts.limits;
    this.#onOverflow = parts.onOverflow;
  }

  /** Queues one part. When its body can't be written, or is too large, nothing of it is sent and the error is thrown. */
  add(kind: number, stream: number, writeBody?: (writer: ByteWriter) => void): void {
    if (this.#isClosed) return;
    const writer = this.#writer;
    const start = writer.length;
    writer.u8(kind);
    writer.varint(stream);
    const lengthAt = writer.length;
    writer.u32(0);
    try {
      writeBody?.(writer);
      const bytes = writer.length - lengthAt - 4;
      const bytesMax = this.#limits.messageBytesMax;
      if (bytes > bytesMax) throw new WireError({ code: "WIRE_MESSAGE_TOO_LARGE", bytes, bytesMax });
      writer.patchU32(lengthAt, bytes);
    } catch (error) {
      writer.truncate(start);
      throw error;
    }
    if (writer.length >= this.#limits.frameBytesTarget) this.flush();
    else this.#schedule();
  }

  bufferedBytes(): number {
    return this.#writer.length + this.#transport.bufferedBytes();
  }

  drained(): Promise<void> {
    if (this.#isClosed || this.bufferedBytes() <= this.#limits.lowWaterBytes) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drainWaiters.push(resolve);
    });
  }

  /** Seals and sends what is queued, now. */
  flush(): void {
    if (this.#isClosed || this.#writer.length === 0) return;
    this.#transport.send(this.#sealer.seal(this.#writer.take()), () => this.#wakeDrained());
    if (this.#transport.bufferedBytes() > this.#limits.bufferedBytesMax) this.#onOverflow();
  }

  /** Drops what is queued; nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#wakeDrained();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #wakeDrained(): void {
    if (this.#drainWaiters.length === 0) return;
    if (!this.#isClosed && this.bufferedBytes() > this.#limits.lowWaterBytes) return;
    for (const wake of this.#drainWaiters.splice(0)) wake();
  }
}
