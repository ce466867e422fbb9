import { type Clock, runLoop } from "@cortensor/runtime";
import { OpError } from "./opError.js";
import type { Poster } from "./poster.js";
import type { Sequencer } from "./sequencer.js";

export type OpTiming = {
  /** Between two looks at the parent and the pool. A transaction that comes in is looked at once. */
  readonly roundMs: number;
  /** Between two posts. */
  readonly postMs: number;
  /** After which an output that waits for more blocks gets empty ones. */
  readonly padMs: number;
};

/** What can't pass by itself. Whatever else fails is tried again with the next round. */
const FATAL: readonly string[] = ["ROLLUP_PARENT_REORGANISED", "ROLLUP_BAD_BLOCK"];

type OpLoopsParts = {
  readonly sequencer: Sequencer;
  readonly poster: Poster;
  readonly timing: OpTiming;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
};

/** The rounds of making and of posting. A bug or a parent that went back ends the making; what the door reads stays. */
export class OpLoops {
  readonly #parts: OpLoopsParts;
  readonly #ending = new AbortController();
  #running: readonly Promise<void>[] = [];
  #turn: Promise<void> = Promise.resolve();
  #reason: string | undefined;
  #quietMs = 0;
  #tell: (reason: string) => void = () => undefined;
  readonly halted = new Promise<string>((resolve) => {
    this.#tell = resolve;
  });

  constructor(parts: OpLoopsParts) {
    this.#parts = parts;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  halt(reason: string): void {
    if (this.#ending.signal.aborted) return;
    this.#reason ??= reason;
    this.#tell(reason);
  }

  start(): void {
    const { timing, clock, onError } = this.#parts;
    const common = { clock, signal: this.#ending.signal, onError };
    this.#running = [
      runLoop({ ...common, name: "blocks", everyMs: timing.roundMs, work: () => this.#round(timing.roundMs) }),
      runLoop({ ...common, name: "posts", everyMs: timing.postMs, work: (signal) => this.#post(signal) }),
    ];
  }

  /** Makes what is due without waiting for the next round. */
  async wake(): Promise<void> {
    if (!this.#ending.signal.aborted) await this.#round(0).catch(this.#parts.onError);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
    await this.#turn;
  }

  /** Rounds queue behind one another. */
  #round(passedMs: number): Promise<void> {
    const mine = this.#turn.then(() => this.#make(passedMs));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #make(passedMs: number): Promise<void> {
    if (this.#reason !== undefined) return;
    const { sequencer, timing } = this.#parts;
    try {
      const before = sequencer.headNumber;
      await sequencer.round();
      this.#quietMs = sequencer.headNumber === before ? this.#quietMs + passedMs : 0;
      if (this.#quietMs < timing.padMs) return;
      this.#quietMs = 0;
      await sequencer.pad();
    } catch (error) {
      if (error instanceof OpError && FATAL.includes(error.code)) this.halt(error.message);
      throw error;
    }
  }

  async #post(signal: AbortSignal): Promise<void> {
    if (this.#reason === undefined) await this.#parts.poster.round(signal);
  }
}
