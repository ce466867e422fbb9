import type { Address } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { MinerSeat } from "./minerSeat.js";
import type { RouterChain } from "./routerChain.js";

/** Operators remembered, those whose miners are away too. */
const KNOWN_MAX = 4_096;

export type StakeBookParts = {
  readonly chain: Pick<RouterChain, "readStakeWei">;
  readonly log: Logger;
  /** A seat's stake is known for the first time. */
  readonly onKnown: (seat: MinerSeat) => void;
};

/**
 * What stands behind the miners here, as the chain last said. Until that was read once nobody can be given work, so a miner isn't taken for verified
 * before: else its price would count, and its operator's stake as none.
 */
export class StakeBook {
  readonly #parts: StakeBookParts;
  readonly #known = new Map<Address, bigint>();

  constructor(parts: StakeBookParts) {
    this.#parts = parts;
  }

  /** What was known of a miner's operator when the miner takes its seat again. */
  recall(seat: MinerSeat): void {
    seat.stakeWei = this.#known.get(seat.owner);
  }

  /** Reads it now. While it can't be read the last known figure holds. */
  async read(seat: MinerSeat): Promise<void> {
    const { chain, log, onKnown } = this.#parts;
    try {
      const stakeWei = await chain.readStakeWei(seat.owner);
      this.#remember(seat.owner, stakeWei);
      const isFirst = seat.stakeWei === undefined;
      seat.stakeWei = stakeWei;
      if (isFirst) onKnown(seat);
    } catch (error) {
      log.warn("A miner's stake could not be read", { miner: seat.miner }, error);
    }
  }

  #remember(operator: Address, stakeWei: bigint): void {
    this.#known.delete(operator);
    this.#known.set(operator, stakeWei);
    if (this.#known.size <= KNOWN_MAX) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}
