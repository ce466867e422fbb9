import type { Address, Bytes32, SignedDebit } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { BooksError } from "./booksError.js";
import { type Splits, splitFee } from "./settlementSplits.js";

/** Debits of one settlement, unless told otherwise: what fits a block with their signature checks. */
export const SETTLEMENT_DEBITS_MAX = 100;
/** Payees of one settlement, unless told otherwise. */
export const SETTLEMENT_PAYEES_MAX = 200;

export type SettlementInput = {
  /** Unsettled receipts, oldest first. */
  readonly receipts: readonly BookedReceipt[];
  /** The latest debit of each account in this lane, with what the chain has already taken by earlier ones. */
  readonly debits: readonly { readonly signed: SignedDebit; readonly settledWei: bigint }[];
  readonly splits: Splits;
  readonly debitsMax?: number;
  readonly payeesMax?: number;
};

export type Credit = { readonly payee: Address; readonly wei: bigint };

/** Why an account's receipts wait for a later settlement. */
export type Postponement = {
  readonly account: number;
  readonly reason:
    | "noDebit"
    /** The debit ends between two receipts, or beyond those given. */
    | "notAtReceipt"
    | "full";
};

export type SettlementPlan = {
  /** One per payee, by address. */
  readonly credits: readonly Credit[];
  /** By account. */
  readonly debits: readonly SignedDebit[];
  readonly taskIds: readonly Bytes32[];
  readonly postponed: readonly Postponement[];
};

/**
 * Which debits and receipts are settled together, and what each payee gets. Pure.
 *
 * An account takes part when its debit's step on chain (`cumulative − settled`) is exactly the fees of its oldest receipts:
 * then everything the client pays goes out, and nothing else. So Σ credits = Σ fees = Σ debit steps, to the wei. A receipt's
 * payees get what it promises; the other shares are rounded down; what payees were promised less than the miners' part
 * (rounding among several) goes to the last share, or without shares to the last payee.
 *
 * Throws BOOKS_BAD_PAYEES for a receipt that promises more than the miners' part of its fee.
 */
export function planSettlement(input: SettlementInput): SettlementPlan {
  const { debitsMax = SETTLEMENT_DEBITS_MAX, payeesMax = SETTLEMENT_PAYEES_MAX } = input;
  const debitOf = new Map(input.debits.map((entry) => [entry.signed.debit.account, entry]));
  const credits = new Map<Address, bigint>();
  const debits: SignedDebit[] = [];
  const taskIds: Bytes32[] = [];
  const postponed: Postponement[] = [];
  for (const [account, receipts] of byAccount(input.receipts)) {
    const entry = debitOf.get(account);
    const stepWei = entry ? entry.signed.debit.cumulativeWei - entry.settledWei : 0n;
    if (!entry || stepWei <= 0n) {
      postponed.push({ account, reason: "noDebit" });
      continue;
    }
    const covered = coveredBy(receipts, stepWei);
    if (!covered) {
      postponed.push({ account, reason: "notAtReceipt" });
      continue;
    }
    const paid = creditsOf(covered, input.splits);
    const newPayees = [...paid.keys()].filter((payee) => !credits.has(payee)).length;
    if (debits.length >= debitsMax || credits.size + newPayees > payeesMax) {
      postponed.push({ account, reason: "full" });
      continue;
    }
    for (const [payee, wei] of paid) credits.set(payee, (credits.get(payee) ?? 0n) + wei);
    debits.push(entry.signed);
    for (const { receipt } of covered) taskIds.push(receipt.taskId);
  }
  return {
    credits: [...credits].map(([payee, wei]) => ({ payee, wei })).sort((a, b) => (a.payee < b.payee ? -1 : 1)),
    debits: debits.sort((a, b) => a.debit.account - b.debit.account),
    taskIds,
    postponed,
  };
}

function byAccount(receipts: readonly BookedReceipt[]): ReadonlyMap<number, readonly BookedReceipt[]> {
  const groups = new Map<number, BookedReceipt[]>();
  for (const booked of receipts) {
    const group = groups.get(booked.receipt.account);
    if (group) group.push(booked);
    else groups.set(booked.receipt.account, [booked]);
  }
  return groups;
}

/** The longest run of oldest receipts whose fees are exactly the step. */
function coveredBy(receipts: readonly BookedReceipt[], stepWei: bigint): readonly BookedReceipt[] | undefined {
  let sumWei = 0n;
  let count: number | undefined;
  for (const [index, { receipt }] of receipts.entries()) {
    sumWei += receipt.feeWei;
    if (sumWei === stepWei) count = index + 1;
    if (sumWei > stepWei) break;
  }
  return count === undefined ? undefined : receipts.slice(0, count);
}

function creditsOf(receipts: readonly BookedReceipt[], splits: Splits): ReadonlyMap<Address, bigint> {
  const credits = new Map<Address, bigint>();
  const pay = (payee: string, wei: bigint): void => {
    const address = payee.toLowerCase() as Address;
    if (wei > 0n) credits.set(address, (credits.get(address) ?? 0n) + wei);
  };
  for (const { receipt, payees } of receipts) {
    const { minersWei, shareWei } = splitFee(receipt.feeWei, splits);
    const promisedWei = payees.reduce((sum, payee) => sum + payee.wei, 0n);
    const { taskId } = receipt;
    const last = splits.shares.at(-1)?.payee ?? payees.at(-1)?.miner;
    if (promisedWei > minersWei || (last === undefined && receipt.feeWei > 0n)) {
      throw new BooksError({ code: "BOOKS_BAD_PAYEES", taskId, paidWei: promisedWei, mostWei: minersWei });
    }
    for (const { miner, wei } of payees) pay(miner, wei);
    splits.shares.forEach(({ payee }, index) => {
      pay(payee, shareWei[index] ?? 0n);
    });
    if (last !== undefined) pay(last, minersWei - promisedWei);
  }
  return credits;
}
