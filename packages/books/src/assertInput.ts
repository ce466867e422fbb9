import { isHex } from "@cortensor/protocol";
import type { BookedReceipt, SettlementCall } from "./books.js";
import { BooksError } from "./booksError.js";
import { PAGE_ROWS_MAX, RECEIPTS_PUT_MAX, SETTLEMENT_CALL_BYTES_MAX, WEI_MAX } from "./limits.js";

/** Refuses calldata that no settlement has. */
export function assertSettlementCall({ call }: SettlementCall): void {
  const bytes = (call.length - 2) / 2;
  if (isHex(call) && bytes > 0 && bytes <= SETTLEMENT_CALL_BYTES_MAX) return;
  const range = `1…${SETTLEMENT_CALL_BYTES_MAX} bytes`;
  throw new BooksError({ code: "BOOKS_OUT_OF_RANGE", field: "call", value: `${bytes} bytes`, range });
}

/** Refuses a page or list length outside 1…max. */
export function assertLimit(limit: number, max: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return;
  throw new BooksError({ code: "BOOKS_OUT_OF_RANGE", field: "limit", value: String(limit), range: `1…${max}` });
}

/** Refuses more payees than one page of rows. */
export function assertPayees(payees: readonly unknown[]): void {
  if (payees.length > 0) assertLimit(payees.length, PAGE_ROWS_MAX);
}

/** The receipts, each task once, the first kept. Refuses more than RECEIPTS_PUT_MAX, and fees that no chain could pay. */
export function uniqueReceipts<One extends BookedReceipt>(receipts: readonly One[]): readonly One[] {
  if (receipts.length > RECEIPTS_PUT_MAX) {
    const value = String(receipts.length);
    throw new BooksError({ code: "BOOKS_OUT_OF_RANGE", field: "receipts", value, range: `0…${RECEIPTS_PUT_MAX}` });
  }
  const byTask = new Map<string, One>();
  for (const booked of receipts) {
    const { taskId, feeWei } = booked.receipt;
    if (feeWei < 0n || feeWei > WEI_MAX)
      throw new BooksError({ code: "BOOKS_OUT_OF_RANGE", field: "feeWei", value: String(feeWei), range: "0…2^96−1" });
    if (!byTask.has(taskId)) byTask.set(taskId, booked);
  }
  return [...byTask.values()];
}
