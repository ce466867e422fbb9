import type { DataDesk } from "@cortensor/data";
import type { Logger } from "@cortensor/runtime";

export type IndexWorkParts = {
  readonly desk: Pick<DataDesk, "index">;
  readonly signal: AbortSignal;
  readonly log: Pick<Logger, "warn">;
};

/** Keeps one round of embedding going while there is something to embed: files that come during a round are seen by the next. */
export class IndexWork {
  readonly #parts: IndexWorkParts;
  #running: Promise<void> | undefined;
  #isWanted = false;

  constructor(parts: IndexWorkParts) {
    this.#parts = parts;
  }

  /** Starts a round, or another behind the one that runs. Resolves when none runs. */
  wake(): Promise<void> {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const { desk, signal, log } = this.#parts;
    while (this.#isWanted && !signal.aborted) {
      this.#isWanted = false;
      await desk.index(signal).catch((error: unknown) => log.warn("Files could not be embedded now", {}, error));
    }
  }
}
