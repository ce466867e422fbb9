export type {
  AccessTokenRecord,
  ApiKeyRecord,
  ApiKeyUse,
  BookedReceipt,
  BookedSession,
  Books,
  BookTotals,
  HoldOutcome,
  HoldRequest,
  LaneBooks,
  ReceiptCommitment,
  Settlement,
  SettlementState,
} from "./books.js";
export { BooksError, type BooksErrorData } from "./booksError.js";
export { createMemoryBooks, type MemoryBooksOptions } from "./createMemoryBooks.js";
export { createPostgresBooks, type PostgresBooksOptions } from "./createPostgresBooks.js";
export {
  LEASE_MS,
  LONGEST_TASK_MS,
  PAGE_ROWS_MAX,
  RECEIPTS_PUT_MAX,
  SETTLEMENT_RECEIPTS_MAX,
  UNSETTLED_MAX,
} from "./limits.js";
export {
  type Credit,
  type Postponement,
  planSettlement,
  SETTLEMENT_DEBITS_MAX,
  SETTLEMENT_PAYEES_MAX,
  type SettlementInput,
  type SettlementPlan,
} from "./planSettlement.js";
export { receiptCommitment } from "./receiptCommitment.js";
export {
  BPS,
  type FeeParts,
  MINERS_BPS,
  ROUTER_BPS,
  type Splits,
  shareAmongMiners,
  splitFee,
} from "./settlementSplits.js";
