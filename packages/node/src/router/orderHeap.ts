/** Something with a place in an order: the least `key` first; of equal keys the one that came first. */
export type Ordered = { key: number; arrival: number; at: number };

/** A heap that also gives up entries from its middle. Every call is O(log n). A `key` changes only while its entry is outside. */
export class OrderHeap<Entry extends Ordered> {
  readonly #entries: Entry[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#entries.length;
  }

  get first(): Entry | undefined {
    return this.#entries[0];
  }

  /** Back to its old place among equals, when `arrival` is that of an entry taken out. */
  putBack(entry: Entry): void {
    entry.at = this.#entries.length;
    this.#entries.push(entry);
    this.#rise(entry);
  }

  add(entry: Entry): void {
    entry.arrival = this.#arrivals;
    this.#arrivals += 1;
    this.putBack(entry);
  }

  remove(entry: Entry): void {
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#put(last, entry.at);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry): void {
    while (entry.at > 0) {
      const parent = this.#entries[(entry.at - 1) >> 1];
      if (parent === undefined || isBefore(parent, entry)) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#entries[2 * entry.at + 1];
      const right = this.#entries[2 * entry.at + 2];
      const least = right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (least === undefined || isBefore(entry, least)) return;
      this.#swap(entry, least);
    }
  }

  /** `upper` is the parent of `lower`. */
  #swap(upper: Entry, lower: Entry): void {
    const { at } = upper;
    this.#put(upper, lower.at);
    this.#put(lower, at);
  }

  #put(entry: Entry, at: number): void {
    this.#entries[at] = entry;
    entry.at = at;
  }
}

function isBefore(left: Ordered, right: Ordered): boolean {
  return left.key < right.key || (left.key === right.key && left.arrival < right.arrival);
}
