import { type LinkEnd, type LinkState, readLinkStates } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";

/** States asked for at once. */
const READS_AT_ONCE = 64;

/** Where messages stand at an end. What was delivered so many blocks ago isn't asked for again. */
export class LinkStates {
  readonly #end: LinkEnd;
  readonly #finalityBlocks: number;
  /** Delivered, and since which block it was seen so. */
  readonly #delivered = new Map<Bytes32, number>();

  constructor(end: LinkEnd, finalityBlocks: number) {
    this.#end = end;
    this.#finalityBlocks = finalityBlocks;
  }

  async read(ids: readonly Bytes32[], headBlock: number): Promise<ReadonlyMap<Bytes32, LinkState>> {
    const states = new Map<Bytes32, LinkState>(ids.map((id) => [id, "delivered"]));
    const open = ids.filter((id) => {
      const since = this.#delivered.get(id);
      return since === undefined || headBlock - since < this.#finalityBlocks;
    });
    for (let at = 0; at < open.length; at += READS_AT_ONCE) {
      const some = open.slice(at, at + READS_AT_ONCE);
      for (const [index, state] of (await readLinkStates(this.#end, some)).entries()) {
        const id = some[index];
        if (id === undefined) continue;
        states.set(id, state);
        if (state !== "delivered") this.#delivered.delete(id);
        else if (!this.#delivered.has(id)) this.#delivered.set(id, headBlock);
      }
    }
    return states;
  }
}
