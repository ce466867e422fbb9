/** Waiting jobs. More at once means that the sender is far behind the chain: refused rather than remembered. */
const QUEUE_MAX = 1_024;

/** Runs one job at a time, in the order they came. A job that fails does not stop the next. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  run<Value>(job: () => Promise<Value>): Promise<Value> {
    if (this.#waiting >= QUEUE_MAX) return Promise.reject(new Error(`More than ${QUEUE_MAX} transactions wait`));
    this.#waiting += 1;
    const result = this.#tail.then(job);
    this.#tail = result.then(
      () => this.#done(),
      () => this.#done(),
    );
    return result;
  }

  #done(): void {
    this.#waiting -= 1;
  }
}
