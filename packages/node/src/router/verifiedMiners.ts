import type { VerificationRecord } from "@cortensor/chain";
import type { Address, UnixSeconds } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { MinerBoard } from "./minerBoard.js";
import type { MinerSeat, Verified } from "./minerSeat.js";
import type { RouterChain } from "./routerChain.js";

/** Miners remembered, those that are away too: one that comes back while the chain doesn't answer goes on as it was. */
const KNOWN_MAX = 4_096;

type Known = { readonly verified: Verified | undefined; readonly blockNumber: bigint };

export type VerifiedMinersParts = {
  readonly board: MinerBoard;
  readonly chain: Pick<RouterChain, "readHead" | "readNode" | "readVerifications" | "readFrozen">;
  readonly log: Logger;
  /** What is offered here, or at which price, has changed. */
  readonly onOffers: () => void;
};

/**
 * Which seated miners are verified, and which are frozen, as the chain says: looked at when one takes its seat and in every poll. A verification that ends (by
 * time, an update, the verifier's or the owner's fall) takes its miner out of matching. While the chain is away the last look holds, until its
 * end.
 */
export class VerifiedMiners {
  readonly #parts: VerifiedMinersParts;
  readonly #known = new Map<Address, Known>();

  constructor(parts: VerifiedMinersParts) {
    this.#parts = parts;
  }

  /** Looks at all seats. Rejects when the chain can't be read. */
  round(): Promise<void> {
    return this.look([...this.#parts.board.seats]);
  }

  async look(seats: readonly MinerSeat[]): Promise<void> {
    if (seats.length === 0) return;
    const { chain } = this.#parts;
    // Before the reads: they are at least as new as this block.
    const { blockNumber } = await chain.readHead();
    const miners = seats.map(({ miner }) => miner);
    const [records, frozen] = await Promise.all([chain.readVerifications(miners), chain.readFrozen(miners)]);
    for (const [index, seat] of seats.entries()) this.#freeze(seat, frozen[index] ?? false);
    await Promise.all(
      seats.map(async (seat, index) => {
        const record = records[index];
        if (record === undefined) return;
        const verified = await this.#toVerified(seat, record);
        seat.nonce = record.nonce;
        this.hold(seat, { verified, blockNumber });
      }),
    );
  }

  /** What a block says of a miner; nothing changes when a later block was heard before. */
  hold(seat: MinerSeat, seen: Known): void {
    const before = this.#known.get(seat.miner);
    if (before !== undefined && seen.blockNumber < before.blockNumber) return;
    this.#remember(seat.miner, seen);
    this.#set(seat, seen.verified);
  }

  /** What is known of a miner that takes its seat again, or whose stake is known now. */
  recall(seat: MinerSeat): void {
    const known = this.#known.get(seat.miner);
    if (known !== undefined) this.#set(seat, known.verified);
  }

  /** Ends what ends by time. */
  sweep(nowSeconds: UnixSeconds): void {
    for (const seat of this.#parts.board.seats) {
      if (seat.verified !== undefined && nowSeconds >= seat.verified.until) this.#set(seat, undefined);
    }
  }

  /** The class is read again when the nonce has moved on: each update of keys or class moves it. */
  async #toVerified(seat: MinerSeat, record: VerificationRecord): Promise<Verified | undefined> {
    if (!record.isVerified) return undefined;
    const { expires: until, nonce } = record;
    const known = this.#known.get(seat.miner)?.verified;
    if (known?.nonce === nonce) return { ...known, until };
    const node = await this.#parts.chain.readNode(seat.miner);
    return node && { until, nonce, kernelClass: node.kernelClass };
  }

  #set(seat: MinerSeat, verified: Verified | undefined): void {
    // It is recalled when its stake is known: see `StakeBook`.
    if (seat.stakeWei === undefined) return;
    const { board, log, onOffers } = this.#parts;
    const was = seat.verified !== undefined;
    const { cards } = board;
    board.setVerified(seat, verified);
    if (board.cards !== cards) onOffers();
    if (was === (verified !== undefined)) return;
    if (was) log.warn("Miner is no longer verified", { miner: seat.miner });
    else log.info("Miner is verified", { miner: seat.miner, until: verified?.until });
  }

  #freeze(seat: MinerSeat, isFrozen: boolean): void {
    const { board, log, onOffers } = this.#parts;
    if (seat.isFrozen === isFrozen) return;
    const { cards } = board;
    board.setFrozen(seat, isFrozen);
    if (board.cards !== cards) onOffers();
    if (isFrozen) log.warn("A jury's verdict freezes a miner", { miner: seat.miner });
    else log.info("Miner is no longer frozen", { miner: seat.miner });
  }

  #remember(miner: Address, known: Known): void {
    this.#known.delete(miner);
    this.#known.set(miner, known);
    if (this.#known.size <= KNOWN_MAX) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}
