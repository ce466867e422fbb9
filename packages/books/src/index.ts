export { compareBalances, owedOf, type PaymentSnapshot } from "./audit/compareBalances.js";
export { type Difference, type DifferenceName, Differences } from "./audit/difference.js";
export type { PaymentState, ReplayedSettlement } from "./audit/paymentState.js";
export { compareReceipt, placeInSet, type SetPlace } from "./audit/receiptInSet.js";
export { type Replay, replayPayments } from "./audit/replayPayments.js";
export { SettlementAudit } from "./audit/settlementAudit.js";
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
  NewReceipt,
  PayeeBooks,
  PublishedSet,
  ReceiptCommitment,
  SegmentProof,
  Settlement,
  SettlementCall,
  SettlementCredit,
  SettlementState,
} from "./books.js";
export { BooksError, type BooksErrorData } from "./booksError.js";
export {
  LEASE_MS,
  LONGEST_TASK_MS,
  PAGE_ROWS_MAX,
  RECEIPTS_PUT_MAX,
  SETTLEMENT_RECEIPTS_MAX,
  UNSETTLED_MAX,
  WORK_NOTE_BYTES_MAX,
} from "./limits.js";
export { createMemoryBooks, type MemoryBooksOptions } from "./memory/createMemoryBooks.js";
export { type PayeeEntry, paidSegmentLeaf, payeeEntriesOf } from "./payeeEntries.js";
export { type Funds, paysOf } from "./paysOf.js";
export { planSet } from "./planSet.js";
export {
  type Credit,
  type Postponement,
  planSettlement,
  SETTLEMENT_DEBITS_MAX,
  SETTLEMENT_PAYEES_MAX,
  type SettlementInput,
  type SettlementPlan,
} from "./planSettlement.js";
export { createPostgresBooks, type PostgresBooksOptions } from "./postgres/createPostgresBooks.js";
export type { KeptProof, ProofBooks } from "./proofBooks.js";
export { receiptCommitment } from "./receiptCommitment.js";
export type { CutReceipt, ServiceBooks, ServiceRow, SessionCredit, SessionCreditState } from "./serviceBooks.js";
export type { SealedWork, WorkBooks, WorkNote, WorkState } from "./workBooks.js";
