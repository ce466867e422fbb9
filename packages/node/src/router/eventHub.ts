import type { NetworkEvent } from "@cortensor/api";
import type { Logger } from "@cortensor/runtime";

/** Listeners at once. The routes bound theirs lower; this bounds everyone's. */
const LISTENERS_MAX = 1_024;

/** Tells whoever watches what happens on the network. Costs nothing while nobody does. */
export class EventHub {
  readonly #listeners = new Set<(event: NetworkEvent) => void>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Until the signal aborts. Beyond the bound a listener hears nothing. */
  watch(listener: (event: NetworkEvent) => void, signal: AbortSignal): void {
    if (signal.aborted || this.#listeners.size >= LISTENERS_MAX) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  emit(event: NetworkEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#listeners.delete(listener);
        this.#log.warn("A listener of network events failed and was dropped", {}, error);
      }
    }
  }
}
