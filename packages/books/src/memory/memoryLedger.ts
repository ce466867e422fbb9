import { type Address, type Bytes32, type ProvenCheckpoint, parseBytes32, type SignedDebit } from "@cortensor/protocol";
import { assertLimit, uniqueReceipts } from "../assertInput.js";
import { bookingOf } from "../bookingOf.js";
import type {
  BookedReceipt,
  BookedSession,
  HoldOutcome,
  HoldRequest,
  LaneBooks,
  NewReceipt,
  ReceiptCommitment,
  TaskFee,
} from "../books.js";
import { BooksError } from "../booksError.js";
import { type Budget, shortageOf } from "../budget.js";
import { assertHoldRequest, HoldBook } from "../holdBook.js";
import { DEBITS_KEPT_MAX, PAGE_ROWS_MAX, SESSIONS_MAX } from "../limits.js";
import { type PayeeEntry, payeeEntriesOf } from "../payeeEntries.js";
import { receiptCommitment } from "../receiptCommitment.js";
import { appendLeaves, EMPTY_RECEIPT_TREE, type ReceiptTree, rootOfReceiptTree } from "../receiptTree.js";
import { MemoryPayees } from "./memoryPayees.js";

/** A budget that can be taken from. */
export type MemoryBudget = { -readonly [Field in keyof Budget]: Budget[Field] } & { receipts: number };

type Lane = {
  session: BookedSession;
  readonly salt: Bytes32;
  readonly budget: MemoryBudget;
  readonly receipts: BookedReceipt[];
  readonly commitments: Bytes32[];
  tree: ReceiptTree;
};

/** Sessions, holds, receipts and debits of one process. Always: spent + aside ≤ limit in each budget that wasn't lowered. */
export class MemoryLedger {
  readonly #parts: { readonly lane: Address; readonly newSalt: () => Bytes32 };
  readonly #lanes = new Map<number, Lane>();
  readonly #keyBudgets = new Map<Bytes32, MemoryBudget>();
  readonly #holds = new HoldBook<MemoryBudget>();
  readonly #debits = new Map<string, SignedDebit[]>();
  /** By task, in the order of their coming. */
  readonly receipts = new Map<Bytes32, BookedReceipt>();
  readonly payees = new MemoryPayees();
  readonly checkpoints = new Map<Bytes32, readonly ProvenCheckpoint[]>();

  constructor(parts: { readonly lane: Address; readonly newSalt: () => Bytes32 }) {
    this.#parts = parts;
  }

  putSession(session: BookedSession): void {
    const known = this.#lanes.get(session.account);
    if (!known) {
      const debitedWei = this.recentDebits(session.account, this.#parts.lane)[0]?.debit.cumulativeWei ?? 0n;
      const budget: MemoryBudget = { ...boundsOf(session), debitedWei, spentWei: 0n, asideWei: 0n, receipts: 0 };
      const salt = parseBytes32(this.#parts.newSalt());
      this.#lanes.set(session.account, {
        session,
        salt,
        budget,
        receipts: [],
        commitments: [],
        tree: EMPTY_RECEIPT_TREE,
      });
      return;
    }
    known.session = session;
    delete known.budget.chunkWei;
    Object.assign(known.budget, boundsOf(session));
  }

  findSession(account: number): BookedSession | undefined {
    return this.#lanes.get(account)?.session;
  }

  sessions(): readonly BookedSession[] {
    const sessions = [...this.#lanes.values()].map((lane) => lane.session);
    return sessions.sort((a, b) => a.account - b.account).slice(0, SESSIONS_MAX);
  }

  setKeyBudget(keyHash: Bytes32, budgetWei: bigint | undefined): void {
    const budget = this.#keyBudgets.get(keyHash) ?? { debitedWei: 0n, spentWei: 0n, asideWei: 0n, receipts: 0 };
    delete budget.limitWei;
    if (budgetWei !== undefined) budget.limitWei = budgetWei;
    this.#keyBudgets.set(keyHash, budget);
  }

  keyBudget(keyHash: Bytes32): MemoryBudget | undefined {
    return this.#keyBudgets.get(keyHash);
  }

  hold(request: HoldRequest): HoldOutcome {
    assertHoldRequest(request);
    const budgets = this.#budgetsOf(request);
    for (const budget of budgets) {
      const shortage = shortageOf(budget, request.wei);
      if (shortage) return shortage;
    }
    return { kind: "held", holdId: this.#holds.open(request, budgets) };
  }

  release(holdId: number, fee?: TaskFee): void {
    this.#holds.end(holdId, fee);
  }

  putReceipts(receipts: readonly NewReceipt[]): void {
    const fresh = new Map(uniqueReceipts(receipts).map((booked) => [booked, payeeEntriesOf(booked)]));
    const uncovered: Bytes32[] = [];
    for (const booked of receipts) {
      const booking = bookingOf(booked);
      const owed = this.#holds.take(booking);
      if (owed) this.#holds.settle(booking, owed);
      const entries = this.receipts.has(booked.receipt.taskId) ? undefined : fresh.get(booked);
      if (entries !== undefined && !this.#charge(booked, entries)) uncovered.push(booked.receipt.taskId);
    }
    if (uncovered.length > 0) throw new BooksError({ code: "BOOKS_RECEIPTS_UNCOVERED", taskIds: uncovered });
  }

  /** Takes a receipt's fee out of what its key has spent. */
  giveBack(taskId: Bytes32): void {
    const booked = this.receipts.get(taskId);
    const key = booked?.keyHash === undefined ? undefined : this.#keyBudgets.get(booked.keyHash);
    if (booked !== undefined && key !== undefined) key.spentWei -= booked.receipt.feeWei;
  }

  findReceipt(taskId: Bytes32): BookedReceipt | undefined {
    return this.receipts.get(taskId);
  }

  listReceipts(page: {
    readonly account?: number;
    readonly after?: Bytes32;
    readonly limit: number;
  }): readonly BookedReceipt[] {
    assertLimit(page.limit, PAGE_ROWS_MAX);
    const all =
      page.account === undefined ? [...this.receipts.values()] : (this.#lanes.get(page.account)?.receipts ?? []);
    const newestFirst = all.toReversed();
    const at = page.after === undefined ? -1 : newestFirst.findIndex(({ receipt }) => receipt.taskId === page.after);
    if (page.after !== undefined && at < 0) return [];
    return newestFirst.slice(at + 1, at + 1 + page.limit);
  }

  laneStatus(account: number): LaneBooks | undefined {
    const lane = this.#lanes.get(account);
    if (!lane) return undefined;
    const { session, budget, salt, tree } = lane;
    return {
      account,
      lane: this.#parts.lane,
      allotmentWei: session.allotmentWei,
      ...(session.chunkWei === undefined ? {} : { chunkWei: session.chunkWei }),
      spentWei: budget.spentWei,
      debitedWei: budget.debitedWei,
      heldWei: this.#holds.heldWei(account),
      count: tree.count,
      receiptsRoot: rootOfReceiptTree(tree),
      salt,
    };
  }

  receiptCommitments(page: {
    readonly account: number;
    readonly from: number;
    readonly limit: number;
  }): readonly ReceiptCommitment[] {
    assertLimit(page.limit, PAGE_ROWS_MAX);
    const lane = this.#lanes.get(page.account);
    const commitments = lane?.commitments.slice(page.from, page.from + page.limit) ?? [];
    return commitments.flatMap((commitment, offset) => {
      const index = page.from + offset;
      const receipt = lane?.receipts[index]?.receipt;
      return receipt ? [{ index, taskId: receipt.taskId, feeWei: receipt.feeWei, commitment }] : [];
    });
  }

  putDebit(signed: SignedDebit): void {
    const { account, lane, cumulativeWei } = signed.debit;
    const kept = this.recentDebits(account, lane);
    if (kept.some(({ debit }) => debit.cumulativeWei === cumulativeWei)) return;
    const highestFirst = [...kept, signed].sort((a, b) => (a.debit.cumulativeWei > b.debit.cumulativeWei ? -1 : 1));
    this.#debits.set(laneName(account, lane), highestFirst.slice(0, DEBITS_KEPT_MAX));
    const known = this.#lanes.get(account);
    if (known && lane.toLowerCase() === this.#parts.lane && cumulativeWei > known.budget.debitedWei)
      known.budget.debitedWei = cumulativeWei;
  }

  recentDebits(account: number, lane: Address): readonly SignedDebit[] {
    return this.#debits.get(laneName(account, lane)) ?? [];
  }

  /** Books a receipt and charges its budgets; false when one of them can't cover it. */
  #charge({ checkpoints = [], ...booked }: NewReceipt, entries: readonly PayeeEntry[]): boolean {
    const { receipt } = booked;
    const lane = this.#lanes.get(receipt.account);
    const key = booked.keyHash === undefined ? undefined : this.#keyBudgets.get(booked.keyHash);
    if (!lane || (booked.keyHash !== undefined && !key)) return false;
    const budgets = key ? [lane.budget, key] : [lane.budget];
    if (budgets.some((budget) => shortageOf(budget, receipt.feeWei))) return false;
    for (const budget of budgets) {
      budget.spentWei += receipt.feeWei;
      budget.receipts += 1;
    }
    const commitment = receiptCommitment(lane.salt, receipt);
    lane.tree = appendLeaves(lane.tree, [commitment]);
    lane.commitments.push(commitment);
    lane.receipts.push(booked);
    this.receipts.set(receipt.taskId, booked);
    if (checkpoints.length > 0) this.checkpoints.set(receipt.taskId, checkpoints);
    this.payees.add(entries);
    return true;
  }

  #budgetsOf(request: HoldRequest): readonly MemoryBudget[] {
    const lane = this.#lanes.get(request.account);
    if (!lane) throw new BooksError({ code: "BOOKS_SESSION_UNKNOWN", account: request.account });
    if (request.keyHash === undefined) return [lane.budget];
    const key = this.#keyBudgets.get(request.keyHash);
    if (!key) throw new BooksError({ code: "BOOKS_KEY_UNKNOWN", keyHash: request.keyHash });
    return [lane.budget, key];
  }
}

function boundsOf(session: BookedSession): { limitWei: bigint; chunkWei?: bigint } {
  return { limitWei: session.allotmentWei, ...(session.chunkWei === undefined ? {} : { chunkWei: session.chunkWei }) };
}

function laneName(account: number, lane: Address): string {
  return `${account}:${lane.toLowerCase()}`;
}
