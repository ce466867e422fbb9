import type { Engine, GenerateEvent } from "@cortensor/engine";

/** Holds the first generation of all its miners back after so many tokens, until it is opened or its miner ends. */
export class Gate {
  /** Whose generation is held back. */
  holder: string | undefined;
  open: () => void = () => undefined;
  readonly #opened: Promise<void>;
  readonly #after: number;

  constructor(after: number) {
    this.#after = after;
    this.#opened = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  /** Stands before the engine of a miner of this name. */
  before(name: string): (engine: Engine) => Engine {
    return (engine) => ({
      ...engine,
      generate: (job) => {
        const events = engine.generate(job);
        if (this.holder !== undefined) return events;
        this.holder = name;
        return this.#hold(events, job.signal);
      },
    });
  }

  async *#hold(events: AsyncIterable<GenerateEvent>, signal: AbortSignal | undefined): AsyncIterable<GenerateEvent> {
    const ended = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
    let tokens = 0;
    for await (const event of events) {
      if (event.kind === "token" && tokens === this.#after) await Promise.race([this.#opened, ended]);
      if (event.kind === "token") tokens += 1;
      yield event;
    }
  }
}
