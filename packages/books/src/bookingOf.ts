import type { BookedReceipt } from "./books.js";
import type { Booking } from "./holdBook.js";

/** What a receipt's fee was held under. */
export function bookingOf({ receipt, keyHash }: BookedReceipt): Booking {
  return { account: receipt.account, feeWei: receipt.feeWei, ...(keyHash === undefined ? {} : { keyHash }) };
}
