import type { Clock } from "@cortensor/runtime";

/** Output tokens that may be on their way without an acknowledgement … */
export const UNACKNOWLEDGED_TOKENS_MAX = 512;
/** … and how long a checkpoint may be. Beyond either the miner pauses: it would work unpaid for a router that is gone. */
export const UNACKNOWLEDGED_MS_MAX = 1_000;

/** A router that answers pings but acknowledges nothing is given up after this: an engine's slot is worth more. */
export const ACKNOWLEDGEMENT_WAIT_MS_MAX = 30_000;

/** Holds back a generation whose output nobody acknowledges. */
export class AcknowledgementGate {
  readonly #clock: Clock;
  readonly #waiting: { readonly position: number; readonly sentMs: number }[] = [];
  #acknowledged: number;
  #wake: (() => void) | undefined;

  constructor(clock: Clock, from: number) {
    this.#clock = clock;
    this.#acknowledged = from;
  }

  /** Position up to which the router will pay. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  sent(position: number): void {
    this.#waiting.push({ position, sentMs: this.#clock.nowMs() });
  }

  acknowledge(position: number): void {
    if (position <= this.#acknowledged) return;
    this.#acknowledged = position;
    while ((this.#waiting[0]?.position ?? Number.POSITIVE_INFINITY) <= position) this.#waiting.shift();
    this.#wake?.();
  }

  isShut(position: number): boolean {
    if (position - this.#acknowledged > UNACKNOWLEDGED_TOKENS_MAX) return true;
    const oldest = this.#waiting[0];
    return oldest !== undefined && this.#clock.nowMs() - oldest.sentMs > UNACKNOWLEDGED_MS_MAX;
  }

  /** Resolves when the gate is open for the position, or the signal aborts; false when nothing happened for too long. */
  async wait(position: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    let isLate = false;
    const late = this.#clock.sleep(ACKNOWLEDGEMENT_WAIT_MS_MAX, over.signal).then(
      () => {
        isLate = true;
        this.#wake?.();
      },
      () => undefined,
    );
    const onAbort = (): void => this.#wake?.();
    signal.addEventListener("abort", onAbort);
    while (this.isShut(position) && !signal.aborted && !isLate) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    signal.removeEventListener("abort", onAbort);
    over.abort();
    await late;
    return !isLate || signal.aborted;
  }
}
