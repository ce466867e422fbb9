import type { Gateway, NodeLifeView, RateView } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import type { Address, UnixSeconds } from "@cortensor/protocol";
import type { MinerBoard } from "./minerBoard.js";
import type { MinerSeat } from "./minerSeat.js";

type Totals = ReturnType<Gateway["network"]>["totals"];

export type NetworkObserverParts = {
  readonly address: Address;
  readonly operator: Address;
  /** The key to which clients may delegate. */
  readonly spendingKey?: Address;
  readonly version: string;
  readonly board: MinerBoard;
  readonly books: Pick<Books, "totals">;
  readonly rate: () => RateView | undefined;
  readonly isVerifier: () => boolean;
  readonly nowMs: () => number;
};

/** The network as this router sees it. Totals are those of the operator's books, read now and then. */
export class NetworkObserver {
  readonly #parts: NetworkObserverParts;
  readonly #startedAtMs: number;
  #totals: Totals = { tasks: 0, tokensOut: 0, feesWei: 0n, receipts: 0, settledReceipts: 0 };

  constructor(parts: NetworkObserverParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.nowMs();
  }

  async refresh(): Promise<void> {
    const { receipts, settledReceipts, tokensOut, feesWei } = await this.#parts.books.totals();
    this.#totals = { tasks: receipts, tokensOut, feesWei, receipts, settledReceipts };
  }

  view(): ReturnType<Gateway["network"]> {
    const { address, operator, spendingKey, version, isVerifier, board, nowMs } = this.#parts;
    const uptimeSeconds = Math.floor((nowMs() - this.#startedAtMs) / 1_000);
    const miners = [...board.seats].map((seat) => ({
      address: seat.miner,
      models: seat.offers.map(({ model }) => model.model),
      running: Math.min(seat.tasks, seat.capacity),
      queued: Math.max(0, seat.tasks - seat.capacity),
      tokensPerSecond: Math.max(0, ...seat.offers.map((offer) => offer.tokensPerSecond)),
      connectedAtMs: seat.connectedAtMs,
      ...verificationOf(seat),
      level: seat.level,
      ...lifeOf(seat),
    }));
    const delegates = spendingKey === undefined ? {} : { spendingKey };
    const rate = this.#parts.rate();
    const router = { address, operator, ...delegates, version, uptimeSeconds, isVerifier: isVerifier() };
    return { router, miners, totals: this.#totals, ...(rate === undefined ? {} : { rate }) };
  }
}

function verificationOf({ verified, unverified }: MinerSeat): { verifiedUntil?: UnixSeconds; unverified?: string } {
  if (verified !== undefined) return { verifiedUntil: verified.until };
  return unverified === undefined ? {} : { unverified };
}

function lifeOf({ life, levelHistory }: MinerSeat): { life?: NodeLifeView } {
  if (life === undefined) return {};
  const { state, sinceSeconds, seenAtSeconds, reservation } = life;
  const reserved =
    reservation === undefined ? {} : { reservedFor: reservation.session, reservedUntil: reservation.untilSeconds };
  return { life: { state, since: sinceSeconds, pingedAt: seenAtSeconds, ...reserved, levels: levelHistory } };
}
