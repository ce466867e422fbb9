import type { Bytes32 } from "@cortensor/protocol";
import type { HoldRequest, TaskFee } from "./books.js";
import { BooksError } from "./booksError.js";
import { WEI_MAX } from "./limits.js";

/** Whatever a hold takes its money from: what is set aside of it counts holds, and fees whose receipts aren't durable. */
export type MoneySource = { asideWei: bigint };

/** A fee that waits for its receipt. */
export type OwedFee<Source extends MoneySource> = { readonly feeWei: bigint; readonly sources: readonly Source[] };

type Hold<Source extends MoneySource> = HoldRequest & { readonly sources: readonly Source[] };

/**
 * The holds of one process and the fees that came of them. A receipt finds its fee by its task, so that one that comes again
 * takes no other's. Always: what is aside in a source is the sum of its holds and owed fees.
 */
export class HoldBook<Source extends MoneySource> {
  readonly #holds = new Map<number, Hold<Source>>();
  readonly #owed = new Map<string, OwedFee<Source>[]>();
  readonly #heldWei = new Map<number, bigint>();
  #lastId = 0;

  open(request: HoldRequest, sources: readonly Source[]): number {
    for (const source of sources) source.asideWei += request.wei;
    this.#count(request.account, request.wei);
    this.#lastId += 1;
    this.#holds.set(this.#lastId, { ...request, sources });
    return this.#lastId;
  }

  /** Turns a hold into an owed fee, and frees the rest; all of it where nothing is owed. */
  end(holdId: number, fee?: TaskFee): void {
    const feeWei = fee?.feeWei ?? 0n;
    const hold = this.#holds.get(holdId);
    if (!hold) throw new BooksError({ code: "BOOKS_HOLD_UNKNOWN", holdId });
    if (feeWei < 0n || feeWei > hold.wei)
      throw new BooksError({ code: "BOOKS_FEE_ABOVE_HOLD", holdId, feeWei, holdWei: hold.wei });
    this.#holds.delete(holdId);
    for (const source of hold.sources) source.asideWei -= hold.wei - feeWei;
    this.#count(hold.account, feeWei - hold.wei);
    if (fee !== undefined && feeWei > 0n) this.#push(nameOf({ ...hold, ...fee }), { feeWei, sources: hold.sources });
  }

  /** Takes the fee that backs a receipt, if there is one. It stays aside until `settle`, or goes back by `restore`. */
  take(booking: Booking): OwedFee<Source> | undefined {
    const name = nameOf(booking);
    const queue = this.#owed.get(name);
    const owed = queue?.pop();
    if (queue?.length === 0) this.#owed.delete(name);
    return owed;
  }

  restore(booking: Booking, owed: OwedFee<Source>): void {
    this.#push(nameOf(booking), owed);
  }

  /** The receipt is durable, or will never be: the fee is no longer aside. */
  settle(booking: Booking, owed: OwedFee<Source>): void {
    for (const source of owed.sources) source.asideWei -= owed.feeWei;
    this.#count(booking.account, -owed.feeWei);
  }

  /** Holds and owed fees of an account. */
  heldWei(account: number): bigint {
    return this.#heldWei.get(account) ?? 0n;
  }

  #push(name: string, owed: OwedFee<Source>): void {
    const queue = this.#owed.get(name);
    if (queue) queue.push(owed);
    else this.#owed.set(name, [owed]);
  }

  #count(account: number, byWei: bigint): void {
    const wei = this.heldWei(account) + byWei;
    if (wei === 0n) this.#heldWei.delete(account);
    else this.#heldWei.set(account, wei);
  }
}

/** What a receipt is matched by. */
export type Booking = TaskFee & { readonly account: number; readonly keyHash?: Bytes32 };

export function assertHoldRequest({ wei }: HoldRequest): void {
  if (wei < 0n || wei > WEI_MAX)
    throw new BooksError({ code: "BOOKS_OUT_OF_RANGE", field: "wei", value: String(wei), range: "0…2^96−1" });
}

function nameOf({ account, keyHash, taskId, feeWei }: Booking): string {
  return `${account}:${keyHash ?? ""}:${taskId}:${feeWei}`;
}
