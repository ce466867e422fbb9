import type { BookedReceipt } from "./books.js";
import type { Booking } from "./holdBook.js";

/** What a receipt's fee was held under. */
export function bookingOf({ receipt, keyHash }: BookedReceipt): Booking {
  const { account, taskId, feeWei } = receipt;
  return { account, taskId, feeWei, ...(keyHash === undefined ? {} : { keyHash }) };
}
