import { type Address, hasCode } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { MinerBoard } from "./minerBoard.js";
import type { MinerSeat } from "./minerSeat.js";
import type { RouterChain } from "./routerChain.js";
import { refreshLives } from "./seatMiners.js";

/** Tasks told of in one transaction: some 40,000 gas each. */
const TOLD_MAX = 32;

export type ReservationDeskParts = {
  readonly board: Pick<MinerBoard, "seats">;
  readonly chain: Pick<RouterChain, "tellReserved" | "readNodeLives">;
  readonly log: Logger;
};

/** Tells the pool of the tasks that nodes reserved by task count have had here, so that a reservation ends with its last one. No request waits for it. */
export class ReservationDesk {
  readonly #parts: ReservationDeskParts;
  /** Nodes of which the pool took no count: said once. */
  readonly #refused = new Set<Address>();

  constructor(parts: ReservationDeskParts) {
    this.#parts = parts;
  }

  async round(): Promise<void> {
    for (const seat of this.#parts.board.seats) {
      const { keptFor, untoldTasks } = seat;
      if (keptFor?.kind === "reserved" && untoldTasks > 0) {
        await this.#tell(seat, { account: keptFor.account, tasks: Math.min(untoldTasks, TOLD_MAX) });
      }
    }
  }

  async #tell(
    seat: MinerSeat,
    { account, tasks }: { readonly account: number; readonly tasks: number },
  ): Promise<void> {
    const { chain, log } = this.#parts;
    const { miner: node } = seat;
    try {
      await chain.tellReserved({ account, node, tasks });
    } catch (error) {
      if (!hasCode(error, "CHAIN_REVERTED")) throw error;
      // It was released or is over, which its life says; or the session doesn't name this operator as its router, and the count stays here.
      if (!this.#refused.has(node))
        log.warn("The pool took no count of a reserved node's tasks", { node, account }, error);
      this.#refused.add(node);
      await refreshLives(this.#parts, [seat]);
      return;
    }
    this.#refused.delete(node);
    // First what is left, then what was told: meanwhile too few may begin, never too many.
    await refreshLives(this.#parts, [seat]);
    seat.told(tasks);
  }
}
