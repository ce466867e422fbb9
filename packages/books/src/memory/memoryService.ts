import { addFigures, type Bytes32, NO_SERVICE } from "@cortensor/protocol";
import { assertLimit } from "../assertInput.js";
import { PAGE_ROWS_MAX } from "../limits.js";
import type { CutReceipt, ServiceBooks, ServiceRow, SessionCredit } from "../serviceBooks.js";
import type { MemoryLedger } from "./memoryLedger.js";

/** How sessions were served, and what they get back. */
export class MemoryService {
  readonly #ledger: MemoryLedger;
  /** By account and epoch, then by process. */
  readonly #rows = new Map<string, Map<Bytes32, ServiceRow>>();
  readonly #credits = new Map<string, SessionCredit>();
  readonly #givenBack = new Set<Bytes32>();

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger;
  }

  keep(meter: Bytes32, rows: readonly ServiceRow[]): void {
    for (const row of rows) {
      const name = `${row.account} ${row.epoch}`;
      const ofEpoch = this.#rows.get(name) ?? new Map<Bytes32, ServiceRow>();
      ofEpoch.set(meter, row);
      this.#rows.set(name, ofEpoch);
    }
  }

  unjudged(beforeEpoch: number, limit: number): readonly ServiceRow[] {
    assertLimit(limit, PAGE_ROWS_MAX);
    const judged = this.#lastJudged();
    const sums = [...this.#rows.values()].flatMap((ofEpoch) => {
      const [first, ...others] = ofEpoch.values();
      if (first === undefined) return [];
      const sla = Math.min(first.sla, ...others.map((row) => row.sla));
      const figures = [first, ...others].reduce(addFigures, NO_SERVICE);
      return [{ account: first.account, epoch: first.epoch, sla, ...figures }];
    });
    const open = sums.filter(({ account, epoch }) => epoch < beforeEpoch && epoch > (judged.get(account) ?? -1));
    return open.sort((a, b) => a.account - b.account || a.epoch - b.epoch).slice(0, limit);
  }

  fees({ account, fromEpoch, epoch }: Parameters<ServiceBooks["feesOf"]>[0]): bigint {
    let wei = 0n;
    for (const { receipt } of this.#ledger.receipts.values()) {
      const isWithin = receipt.epoch >= fromEpoch && receipt.epoch <= epoch;
      if (receipt.account === account && isWithin) wei += receipt.feeWei;
    }
    return wei;
  }

  cutReceipts(beforeEpoch: number, limit: number): readonly CutReceipt[] {
    assertLimit(limit, PAGE_ROWS_MAX);
    const cut = [...this.#ledger.receipts.values()].filter(({ receipt }) => {
      const isCut = receipt.finish === "error" && receipt.feeWei > 0n && receipt.epoch < beforeEpoch;
      return isCut && !this.#givenBack.has(receipt.taskId);
    });
    return cut.slice(0, limit).map(({ receipt: { taskId, account, epoch, feeWei } }) => {
      return { taskId, account, epoch, feeWei };
    });
  }

  book(credit: SessionCredit, taskIds: readonly Bytes32[]): boolean {
    const name = nameOf(credit);
    const isOpen = taskIds.every((taskId) => this.#ledger.receipts.has(taskId) && !this.#givenBack.has(taskId));
    if (this.#credits.has(name) || !isOpen) return false;
    for (const taskId of taskIds) {
      this.#givenBack.add(taskId);
      this.#ledger.giveBack(taskId);
    }
    this.#credits.set(name, credit);
    if (credit.reason === "sla") this.#forget(credit);
    return true;
  }

  owed(limit: number): readonly SessionCredit[] {
    assertLimit(limit, PAGE_ROWS_MAX);
    return [...this.#credits.values()].filter(({ state }) => state === "owed").slice(0, limit);
  }

  mark(key: Parameters<ServiceBooks["markSessionCredit"]>[0], mark: Parameters<ServiceBooks["markSessionCredit"]>[1]) {
    const known = this.#credits.get(nameOf(key));
    if (known !== undefined && known.state === "owed") this.#credits.set(nameOf(key), { ...known, ...mark });
  }

  list({ account, limit }: { readonly account: number; readonly limit: number }): readonly SessionCredit[] {
    assertLimit(limit, PAGE_ROWS_MAX);
    const own = [...this.#credits.values()].filter((credit) => credit.account === account);
    return own.sort((a, b) => b.epoch - a.epoch || (a.reason < b.reason ? -1 : 1)).slice(0, limit);
  }

  /** The verdict has the sum of what it judged. */
  #forget({ account, epoch }: SessionCredit): void {
    for (const [name, ofEpoch] of this.#rows) {
      const [row] = ofEpoch.values();
      if (row?.account === account && row.epoch <= epoch) this.#rows.delete(name);
    }
  }

  #lastJudged(): ReadonlyMap<number, number> {
    const last = new Map<number, number>();
    for (const { account, epoch, reason } of this.#credits.values()) {
      if (reason === "sla") last.set(account, Math.max(epoch, last.get(account) ?? -1));
    }
    return last;
  }
}

function nameOf({ account, epoch, reason }: Pick<SessionCredit, "account" | "epoch" | "reason">): string {
  return `${account} ${epoch} ${reason}`;
}
