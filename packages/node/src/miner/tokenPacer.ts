import type { Clock } from "@cortensor/runtime";

/**
 * Least time between two rounds of token frames. Tokens that come slower than this never wait; an engine that makes thousands a second
 * would else spend more on frames than on tokens. Far below what a reader notices.
 */
export const TOKEN_FRAME_MS = 4;

/** Lets a miner's streams send their tokens together, in rounds: at once after a pause, then no oftener than `TOKEN_FRAME_MS`. */
export class TokenPacer {
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];
  #isScheduled = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back in the next round. */
  wait(send: () => void): void {
    this.#waiting.push(send);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const leftMs = this.#lastMs + TOKEN_FRAME_MS - this.#clock.nowMs();
    // A clock that was set back doesn't hold tokens up.
    if (leftMs <= 0 || leftMs > TOKEN_FRAME_MS) setImmediate(() => this.#round());
    else void this.#clock.sleep(leftMs).then(() => this.#round());
  }

  #round(): void {
    this.#isScheduled = false;
    this.#lastMs = this.#clock.nowMs();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
  }
}
