import { type Address, type Bytes32, CodedError } from "@cortensor/protocol";

/** What this room throws. */
export type BooksErrorData =
  | { readonly code: "BOOKS_SESSION_UNKNOWN"; readonly account: number }
  | { readonly code: "BOOKS_KEY_UNKNOWN"; readonly keyHash: Bytes32 }
  | { readonly code: "BOOKS_HOLD_UNKNOWN"; readonly holdId: number }
  | {
      readonly code: "BOOKS_FEE_ABOVE_HOLD";
      readonly holdId: number;
      readonly feeWei: bigint;
      readonly holdWei: bigint;
    }
  | { readonly code: "BOOKS_RECEIPTS_UNCOVERED"; readonly taskIds: readonly Bytes32[] }
  | { readonly code: "BOOKS_ALREADY_SETTLING"; readonly id: Bytes32; readonly taskIds: readonly Bytes32[] }
  | { readonly code: "BOOKS_SETTLEMENT_ENDED"; readonly id: Bytes32; readonly state: string; readonly asked: string }
  | { readonly code: "BOOKS_SPLITS_UNKNOWN"; readonly taskId: Bytes32; readonly splitsHash: Bytes32 }
  | { readonly code: "BOOKS_CREDITS_STALE"; readonly id: Bytes32; readonly payees: readonly Address[] }
  | { readonly code: "BOOKS_OUT_OF_RANGE"; readonly field: string; readonly value: string; readonly range: string }
  | { readonly code: "BOOKS_BUSY"; readonly waiting: number }
  | { readonly code: "BOOKS_CLOSED" }
  | { readonly code: "BOOKS_DATABASE_FAILED"; readonly during: string };

/** An error of this room, with one of its own codes. */
export class BooksError extends CodedError<BooksErrorData> {}
