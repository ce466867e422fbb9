/** Something that happens at a time, to one task, miner or the whole network. */
export type SimEvent<Kind> = {
  readonly atMs: number;
  readonly kind: Kind;
  readonly subject: number;
  /** What else the handler needs, a whole number. */
  readonly detail: number;
};

type Entry<Kind> = SimEvent<Kind> & { readonly order: number };

/** A binary heap of events: the earliest first, of equal times the one scheduled first. Both calls are O(log n). */
export class EventQueue<Kind> {
  readonly #heap: Entry<Kind>[] = [];
  #scheduled = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, kind: Kind, subject: number, detail = 0): void {
    const entry = { atMs, kind, subject, detail, order: this.#scheduled };
    this.#scheduled += 1;
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  take(): SimEvent<Kind> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        below += 1;
        child = right;
      }
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore<Kind>(left: Entry<Kind>, right: Entry<Kind>): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
