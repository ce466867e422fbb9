import { cutOffOf } from "@cortensor/protocol";
import type { BlockRange, GuardBlock, GuardChain } from "./guardChain.js";

/** Cut-offs whose blocks are remembered. */
const KEPT_MAX = 64;

type Chain = Pick<GuardChain, "times" | "firstBlock" | "readHead" | "readBlock">;

/** Which blocks an epoch's records are in. */
export class CutOffs {
  readonly #chain: Chain;
  readonly #last = new Map<number, number>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** The last block of an epoch's records, as it is now. Undefined when the network has none before the epoch's cut-off. */
  async lastBlockOf(epoch: number): Promise<GuardBlock | undefined> {
    if (epoch < 0) return undefined;
    const known = this.#last.get(epoch);
    return known === undefined ? this.#search(cutOffOf(this.#chain.times, epoch)) : this.#chain.readBlock(known);
  }

  /** The last block before a time. Undefined when there is none. */
  async lastBlockBefore(time: number): Promise<GuardBlock | undefined> {
    return this.#search(time);
  }

  /** Spares the next search. Only for a block that lies too deep to be another's soon. */
  remember(epoch: number, { number }: GuardBlock): void {
    this.#last.set(epoch, number);
    if (this.#last.size > KEPT_MAX) this.#last.delete(Math.min(...this.#last.keys()));
  }

  /** The blocks of a range of epochs, up to a last block. Backwards by one when they made none. */
  async rangeOf(fromEpoch: number, toBlock: number): Promise<BlockRange> {
    const before = await this.lastBlockOf(fromEpoch - 1);
    return { fromBlock: before === undefined ? this.#chain.firstBlock : before.number + 1, toBlock };
  }

  /** By halves: a chain's times never run backwards. */
  async #search(time: number): Promise<GuardBlock | undefined> {
    const head = await this.#chain.readHead();
    if (head.time < time) return head;
    let found: GuardBlock | undefined;
    let [from, to] = [this.#chain.firstBlock, head.number - 1];
    while (from <= to) {
      const middle = Math.floor((from + to) / 2);
      const block = await this.#chain.readBlock(middle);
      if (block !== undefined && block.time < time) {
        found = block;
        from = middle + 1;
      } else {
        to = middle - 1;
      }
    }
    return found;
  }
}
