/** Lets one piece of work run at a time, in the order of asking: sequences that ask again after each step take turns. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();

  take<Value>(work: () => Promise<Value>): Promise<Value> {
    const run = this.#last.then(work);
    this.#last = run.catch(() => undefined);
    return run;
  }
}
