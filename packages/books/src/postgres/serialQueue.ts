/** Runs work one at a time, in the order asked. A failure is its asker's alone. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#tail.then(work);
    // The asker gets the error; the queue goes on.
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
