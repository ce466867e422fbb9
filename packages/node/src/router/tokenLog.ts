import { type Bytes32, CHECKPOINT_TOKENS, TokenRoot, ZERO_BYTES32 } from "@cortensor/protocol";

/** Every output token of one replica that came from its miners, and the running root at any of their positions. */
export class TokenLog {
  readonly #ids: number[] = [];
  readonly #running = new TokenRoot();
  /** Root at 0, 32, 64, … */
  readonly #blockRoots: Bytes32[] = [ZERO_BYTES32];

  get length(): number {
    return this.#ids.length;
  }

  get ids(): readonly number[] {
    return this.#ids;
  }

  push(ids: readonly number[]): void {
    for (const id of ids) {
      this.#running.push(id);
      this.#ids.push(id);
      if (this.#ids.length % CHECKPOINT_TOKENS === 0) this.#blockRoots.push(this.#running.root());
    }
  }

  /** Undefined for a position that isn't reached yet. */
  rootAt(position: number): Bytes32 | undefined {
    if (position > this.#ids.length) return undefined;
    if (position === this.#ids.length) return this.#running.root();
    const block = Math.floor(position / CHECKPOINT_TOKENS);
    const root = this.#blockRoots[block];
    if (root === undefined) return undefined;
    if (position % CHECKPOINT_TOKENS === 0) return root;
    const from = new TokenRoot({ position: block * CHECKPOINT_TOKENS, root });
    for (const id of this.#ids.slice(block * CHECKPOINT_TOKENS, position)) from.push(id);
    return from.root();
  }
}
