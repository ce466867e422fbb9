/** Blocks from one to another, both inclusive. */
export type Blocks = { readonly fromBlock: number; readonly toBlock: number };

export type FollowedStateParts<State, Item> = {
  readonly fromBlock: number;
  /** Blocks on top of one before it is read for good. */
  readonly finalityBlocks: number;
  readonly empty: State;
  readonly read: (blocks: Blocks) => Promise<readonly Item[]>;
  /** Leaves the state that it is given as it is. */
  readonly fold: (state: State, items: readonly Item[]) => State;
};

/** What follows from all that a chain said, read on at each look: what is final once, the newest blocks each time, since they may change. */
export class FollowedState<State, Item> {
  readonly #parts: FollowedStateParts<State, Item>;
  #settled: State;
  #next: number;

  constructor(parts: FollowedStateParts<State, Item>) {
    this.#parts = parts;
    this.#settled = parts.empty;
    this.#next = parts.fromBlock;
  }

  /** Up to a block. Throws what reading throws: what was read before stays. */
  async readTo(head: number): Promise<State> {
    const { finalityBlocks, read, fold } = this.#parts;
    const final = head - finalityBlocks;
    if (final >= this.#next) {
      this.#settled = fold(this.#settled, await read({ fromBlock: this.#next, toBlock: final }));
      this.#next = final + 1;
    }
    if (head < this.#next) return this.#settled;
    return fold(this.#settled, await read({ fromBlock: this.#next, toBlock: head }));
  }

  /** Leaves out of what is settled what nobody asks for any more. */
  forget(change: (settled: State) => State): void {
    this.#settled = change(this.#settled);
  }
}
