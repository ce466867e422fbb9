import type { Bytes32 } from "@cortensor/protocol";
import { assertLimit, assertSettlementCall } from "../assertInput.js";
import type { BookedReceipt, BookTotals, Settlement, SettlementCall } from "../books.js";
import { BooksError } from "../booksError.js";
import { PAGE_ROWS_MAX, SETTLEMENT_RECEIPTS_MAX, SETTLEMENTS_OPEN_MAX, UNSETTLED_MAX } from "../limits.js";
import { assertSettlementMove } from "../settlementState.js";
import type { MemoryLedger } from "./memoryLedger.js";

/** Which settlement each receipt is in. */
export class MemorySettlements {
  readonly #ledger: MemoryLedger;
  readonly #settlements = new Map<Bytes32, Settlement>();
  readonly #settlementOf = new Map<Bytes32, Bytes32>();
  readonly #sets = new Map<Bytes32, Uint8Array>();
  readonly #calls = new Map<Bytes32, SettlementCall>();

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger;
  }

  unsettled(limit: number, account?: number): readonly BookedReceipt[] {
    assertLimit(limit, UNSETTLED_MAX);
    return this.#allUnsettled()
      .filter(({ receipt }) => account === undefined || receipt.account === account)
      .slice(0, limit);
  }

  unsettledAccounts(limit: number): readonly number[] {
    assertLimit(limit, PAGE_ROWS_MAX);
    return [...new Set(this.#allUnsettled().map(({ receipt }) => receipt.account))].slice(0, limit);
  }

  taskIds(id: Bytes32): readonly Bytes32[] {
    return [...this.#settlementOf].filter(([, own]) => own === id).map(([taskId]) => taskId);
  }

  record(settlement: Settlement): void {
    const { id, state, taskIds } = settlement;
    if (taskIds.length > 0) assertLimit(taskIds.length, SETTLEMENT_RECEIPTS_MAX);
    const known = this.#settlements.get(id);
    assertSettlementMove({ id, from: known?.state, to: state });
    const taken = taskIds.filter((taskId) => {
      const other = this.#settlementOf.get(taskId);
      return !this.#ledger.receipts.has(taskId) || (other !== undefined && other !== id);
    });
    if (state !== "dropped" && taken.length > 0)
      throw new BooksError({ code: "BOOKS_ALREADY_SETTLING", id, taskIds: taken });
    const isStanding = known !== undefined && known.state !== "dropped";
    const credits = isStanding ? known.credits : settlement.credits;
    if (!isStanding && state !== "dropped") this.#ledger.payees.credit(id, credits ?? []);
    if (isStanding && state === "dropped") this.#ledger.payees.uncredit(credits ?? []);
    if (settlement.set !== undefined) this.#sets.set(settlement.set.setCid, settlement.set.bytes);
    const all = [...new Set([...(known?.taskIds ?? []), ...taskIds])];
    const txHash = settlement.txHash ?? known?.txHash;
    this.#settlements.set(id, {
      id,
      state,
      taskIds: all,
      ...(txHash === undefined ? {} : { txHash }),
      ...(credits === undefined ? {} : { credits }),
    });
    for (const taskId of all) {
      if (state !== "dropped") this.#settlementOf.set(taskId, id);
      else if (this.#settlementOf.get(taskId) === id) this.#settlementOf.delete(taskId);
    }
  }

  open(): readonly Settlement[] {
    return [...this.#settlements.values()].filter(({ state }) => state === "prepared").slice(0, SETTLEMENTS_OPEN_MAX);
  }

  keepSet(setCid: Bytes32, bytes: Uint8Array): void {
    this.#sets.set(setCid, bytes);
  }

  findSet(setCid: Bytes32): Uint8Array | undefined {
    return this.#sets.get(setCid);
  }

  keepCall(id: Bytes32, kept: SettlementCall): void {
    assertSettlementCall(kept);
    if (!this.#calls.has(id)) this.#calls.set(id, kept);
  }

  findCall(id: Bytes32): SettlementCall | undefined {
    return this.#calls.get(id);
  }

  totals(): BookTotals {
    const receipts = [...this.#ledger.receipts.values()].map(({ receipt }) => receipt);
    const confirmed = [...this.#settlements.values()].filter(({ state }) => state === "confirmed");
    return {
      receipts: receipts.length,
      settledReceipts: confirmed.reduce((sum, { taskIds }) => sum + taskIds.length, 0),
      tokensIn: receipts.reduce((sum, { nIn }) => sum + nIn, 0),
      tokensOut: receipts.reduce((sum, { nOut }) => sum + nOut, 0),
      feesWei: receipts.reduce((sum, { feeWei }) => sum + feeWei, 0n),
    };
  }

  #allUnsettled(): readonly BookedReceipt[] {
    return [...this.#ledger.receipts.values()].filter(({ receipt }) => !this.#settlementOf.has(receipt.taskId));
  }
}
