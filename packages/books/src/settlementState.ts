import type { Bytes32 } from "@cortensor/protocol";
import type { SettlementState } from "./books.js";
import { BooksError } from "./booksError.js";

/**
 * A settlement begins in any state, stays where it is as often as asked, and is confirmed once. One that was dropped may be prepared
 * again: with the same content it has the same id.
 */
export function assertSettlementMove(move: {
  readonly id: Bytes32;
  readonly from: SettlementState | undefined;
  readonly to: SettlementState;
}): void {
  const { id, from, to } = move;
  if (from === undefined || from === "prepared" || from === to) return;
  if (from === "dropped" && to === "prepared") return;
  throw new BooksError({ code: "BOOKS_SETTLEMENT_ENDED", id, state: from, asked: to });
}
