import { type Books, PAGE_ROWS_MAX, type PayeeBooks } from "@cortensor/books";
import { type Address, type CreditNote, hashCreditNote } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { LeafBatcher } from "../host/index.js";
import type { RouterMetrics } from "./metrics.js";
import type { MinerBoard } from "./minerBoard.js";
import type { ChainTime } from "./routerCore.js";

export type NoteDeskParts = {
  readonly operator: Address;
  readonly books: Pick<Books, "payeeStatus">;
  readonly batcher: Pick<LeafBatcher, "add">;
  readonly board: Pick<MinerBoard, "seatOf">;
  readonly time: Pick<ChainTime, "epoch">;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
};

/**
 * Promises each connected miner, in one leaf of the next batch, what all of its durable receipts pay it. Nothing of a note is only in
 * memory: one that a crash kept back is made again from the books when the miner comes back.
 */
export class NoteDesk {
  readonly #parts: NoteDeskParts;
  readonly #due = new Set<Address>();
  #writing: Promise<void> | undefined;

  constructor(parts: NoteDeskParts) {
    this.#parts = parts;
  }

  /** These miners' receipts are durable, or they have just come: each gets its latest note. */
  issue(payees: Iterable<Address>): void {
    for (const payee of payees) if (this.#parts.board.seatOf(payee) !== undefined) this.#due.add(payee);
    this.round();
  }

  /** Makes the notes that are due. Those that the database keeps back wait for the next round. */
  round(): void {
    if (this.#due.size === 0) return;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // One turn later every receipt of a write has named its payees.
    await Promise.resolve();
    while (this.#due.size > 0) {
      const payees = [...this.#due].slice(0, PAGE_ROWS_MAX);
      for (const payee of payees) this.#due.delete(payee);
      try {
        for (const status of await this.#parts.books.payeeStatus(payees)) this.#promise(status);
      } catch (error) {
        for (const payee of payees) this.#due.add(payee);
        this.#parts.log.warn("Credit notes could not be made; they are made later", { payees: payees.length }, error);
        return;
      }
    }
  }

  #promise({ payee, cumulativeWei, receiptsRoot, count }: PayeeBooks): void {
    const { operator, batcher, board, time, metrics } = this.#parts;
    if (count === 0) return;
    const note: CreditNote = { operator, payee, cumulativeWei, receiptsRoot, count, epoch: time.epoch() };
    batcher.add({
      structHash: hashCreditNote(note),
      key: `note.${payee}`,
      onProof: (proof) => {
        metrics.notes.add({});
        board.seatOf(payee)?.link.notify("note", { note, proof });
      },
    });
  }
}
