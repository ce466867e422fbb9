/** Lets tokens pass freely, or, once held, as many as are released. */
export class Gate {
  #free = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] = [];
  /** From here on each token waits for `release`. */
  hold(): void {
    this.#free = 0;
  }
  release(tokens: number): void {
    this.#free += tokens;
    while (this.#free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#free -= 1;
      next();
    }
  }
  async pass(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
