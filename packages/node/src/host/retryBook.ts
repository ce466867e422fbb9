import type { Clock } from "@cortensor/runtime";

/** Pause after a refusal: what was early by a second is tried again, and what another did is seen by then. */
const REFUSED_MS = 3_000;
/** Pause after anything else that failed: an account without coin stays without it for a while. Twice as long each time. */
const FAILED_MS = 5_000;
const FAILED_MS_MAX = 300_000;
/** Acts that are remembered; the oldest go first. */
const KEPT_MAX = 4_096;

type Tried = { readonly untilMs: number; readonly failures: number };

/** Which acts aren't tried again yet. */
export class RetryBook {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #tried = new Map<string, Tried>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  isOpen(key: string): boolean {
    return this.#clock.nowMs() >= (this.#tried.get(key)?.untilMs ?? 0);
  }

  /** What is done once for all isn't done again; anything else may be, as soon as it is due. */
  done(key: string, isOnce: boolean): void {
    this.#tried.delete(key);
    if (isOnce) this.#keep(key, { untilMs: Number.POSITIVE_INFINITY, failures: 0 });
  }

  failed(key: string, isRefused: boolean): void {
    const failures = isRefused ? 0 : (this.#tried.get(key)?.failures ?? 0) + 1;
    const pauseMs = isRefused ? REFUSED_MS : Math.min(FAILED_MS * 2 ** (failures - 1), FAILED_MS_MAX);
    this.#tried.delete(key);
    this.#keep(key, { untilMs: this.#clock.nowMs() + pauseMs, failures });
  }

  #keep(key: string, tried: Tried): void {
    this.#tried.set(key, tried);
    for (const oldest of this.#tried.keys()) {
      if (this.#tried.size <= KEPT_MAX) return;
      this.#tried.delete(oldest);
    }
  }
}
