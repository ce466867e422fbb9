import type { Books } from "@cortensor/books";
import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { AcknowledgedReceipt } from "../receiptDesk.js";
import { type Room, SinkBook } from "./sinkBook.js";
import type { SinkParts } from "./sinkParts.js";
import { SinkRecorder } from "./sinkRecorder.js";
import type { Asked, TaskCapture } from "./taskCapture.js";

/** What serving tasks asks of sinks. Of a session without one it costs a look into a map. */
export type TaskSinks = {
  roomOf(account: number): Room | Promise<Room>;
  capture(account: number, model: string, asked: Asked): TaskCapture | undefined;
  /** A task ended without a receipt. */
  drop(taskId: Bytes32): void;
  /** A task's receipt is left to another process, or to this one when it is back. */
  leave(taskId: Bytes32): void;
  /** Before receipts are written. */
  keep(receipts: readonly Pick<AcknowledgedReceipt, "receipt" | "isReoffered">[]): Promise<void>;
  acknowledged(receipts: readonly AcknowledgedReceipt[]): void;
};

export type SinkDeskParts = {
  readonly sinks: SinkParts;
  readonly holder: Address;
  readonly books: Pick<Books, "findReceipt">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/** A router's part in sessions' sinks: who has one, what is recorded, and the pumps. */
export class SinkDesk implements TaskSinks {
  readonly sinks: SinkParts;
  readonly book: SinkBook;
  readonly #recorder: SinkRecorder;

  constructor(parts: SinkDeskParts) {
    this.sinks = parts.sinks;
    this.book = new SinkBook(parts);
    this.#recorder = new SinkRecorder({ ...parts, book: this.book });
  }

  /** Takes up what was left. Before the first task. */
  start(): Promise<void> {
    return this.round();
  }

  async round(): Promise<void> {
    await this.book.refresh();
    await this.#recorder.round();
  }

  /** After the last receipt. */
  async stop(): Promise<void> {
    await this.#recorder.drain();
    await this.book.close();
  }

  roomOf(account: number): Room | Promise<Room> {
    if (this.book.size === 0) return "open";
    if (this.#recorder.isFull && this.book.sessionOf(account) !== undefined) return "full";
    return this.book.roomOf(account);
  }

  capture(account: number, model: string, asked: Asked): TaskCapture | undefined {
    return this.#recorder.capture(account, model, asked);
  }

  drop(taskId: Bytes32): void {
    this.#recorder.drop(taskId);
  }

  leave(taskId: Bytes32): void {
    this.#recorder.leave(taskId);
  }

  keep(receipts: readonly Pick<AcknowledgedReceipt, "receipt" | "isReoffered">[]): Promise<void> {
    return this.#recorder.keep(receipts);
  }

  acknowledged(receipts: readonly AcknowledgedReceipt[]): void {
    this.#recorder.acknowledged(receipts);
  }
}

/** Of a router without any. */
export const NO_SINKS: TaskSinks = {
  roomOf: () => "open",
  capture: () => undefined,
  drop: () => undefined,
  leave: () => undefined,
  keep: () => Promise.resolve(),
  acknowledged: () => undefined,
};
