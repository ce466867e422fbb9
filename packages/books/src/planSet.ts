import { encodeSettlementSet, type SettlementSet, setEntryId } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { type Funds, paysOf } from "./paysOf.js";

/**
 * The public record of a settlement: one entry of each receipt, with what it pays whom. A payee's nets over the entries are exactly its
 * credit. Throws PROTOCOL_BAD_SET for no receipts, or a task that more payees shared than an entry holds.
 */
export function planSet(receipts: readonly BookedReceipt[], funds?: Funds): SettlementSet {
  return encodeSettlementSet(
    receipts.map((booked) => ({
      id: setEntryId(booked.receipt.taskId),
      resultsHash: booked.receipt.resultsHash,
      feeWei: booked.receipt.feeWei,
      payees: paysOf(booked, funds),
    })),
  );
}
