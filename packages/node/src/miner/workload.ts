/** Counts the tasks here: those that an engine works on, and those that wait for it. */
export class Workload {
  readonly #slots: number;
  readonly capacity: number;
  readonly #onChange: () => void;
  #tasks = 0;

  constructor(parts: { readonly slots: number; readonly queueMax: number; readonly onChange: () => void }) {
    this.#slots = parts.slots;
    this.capacity = parts.slots + parts.queueMax;
    this.#onChange = parts.onChange;
  }

  get tasks(): number {
    return this.#tasks;
  }

  get running(): number {
    return Math.min(this.#tasks, this.#slots);
  }

  get queued(): number {
    return this.#tasks - this.running;
  }

  /** Counts a task in; the function given back counts it out, once. */
  enter(): () => void {
    this.#tasks += 1;
    this.#onChange();
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#tasks -= 1;
      this.#onChange();
    };
  }
}
