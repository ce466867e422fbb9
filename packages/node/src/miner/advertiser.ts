import type { Clock } from "@cortensor/runtime";
import type { Advertisement, Link } from "@cortensor/wire";

/** Changes within this time are told together: the router counts its own tasks itself. */
const ADVERTISE_MS = 200;

/** Tells connected routers what is offered: at once when they connect, and soon after each change. */
export class Advertiser {
  readonly #clock: Clock;
  readonly #read: () => Advertisement;
  readonly #links: ReadonlyMap<string, Link>;
  readonly #signal: AbortSignal;
  #isScheduled = false;

  constructor(parts: {
    readonly clock: Clock;
    readonly read: () => Advertisement;
    readonly links: ReadonlyMap<string, Link>;
    readonly signal: AbortSignal;
  }) {
    this.#clock = parts.clock;
    this.#read = parts.read;
    this.#links = parts.links;
    this.#signal = parts.signal;
  }

  tell(link: Link): void {
    link.notify("advertisement", this.#read());
  }

  tellAll(): void {
    const advertisement = this.#read();
    for (const link of this.#links.values()) link.notify("advertisement", advertisement);
  }

  changed(): void {
    if (this.#isScheduled || this.#signal.aborted) return;
    this.#isScheduled = true;
    this.#clock.sleep(ADVERTISE_MS, this.#signal).then(
      () => {
        this.#isScheduled = false;
        this.tellAll();
      },
      () => undefined,
    );
  }
}
