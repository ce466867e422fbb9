import type { Address, Bytes32, SignedDebit } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { type Funds, paysOf } from "./paysOf.js";

/** Debits of one settlement, unless told otherwise: what fits a block with their signature checks. */
export const SETTLEMENT_DEBITS_MAX = 100;
/** Payees of one settlement, unless told otherwise. */
export const SETTLEMENT_PAYEES_MAX = 200;

export type SettlementInput = Funds & {
  /** Unsettled receipts, oldest first within each account. */
  readonly receipts: readonly BookedReceipt[];
  /** Debits of this lane, one or more of an account, with what the chain has already taken from it. */
  readonly debits: readonly { readonly signed: SignedDebit; readonly settledWei: bigint }[];
  readonly debitsMax?: number;
  readonly payeesMax?: number;
};

/** What one payee gets from a settlement. */
export type Credit = { readonly payee: Address; readonly wei: bigint };

/** Why an account's receipts wait for a later settlement. */
export type Postponement = {
  readonly account: number;
  readonly reason:
    | "noDebit"
    /** Every debit ends between two receipts, or beyond those given. */
    | "notAtReceipt"
    /** A receipt's payees don't add up to its fee. */
    | "badPayees"
    | "full";
};

export type SettlementPlan = {
  /** Σ of the debits' steps: what leaves the clients' deposits. Σ credits and `operatorWei`. */
  readonly debitedWei: bigint;
  /** What the chain leaves to the operator. */
  readonly operatorWei: bigint;
  /** One per payee, by address. */
  readonly credits: readonly Credit[];
  /** One per account, by account. */
  readonly debits: readonly SignedDebit[];
  readonly taskIds: readonly Bytes32[];
  readonly postponed: readonly Postponement[];
};

/**
 * Which debits and receipts are settled together, and what each miner gets. Pure.
 *
 * An account takes part when a debit's step on chain (`cumulative − settled`) is exactly the fees of its oldest receipts: then
 * everything the client pays goes out, and nothing else. Of several such debits the highest is taken.
 *
 * Σ fees of the receipts = Σ debit steps = Σ credits + the operator's part, to the wei. A payee's credit is the sum of its nets in
 * the receipts, as its credit note has it.
 */
export function planSettlement(input: SettlementInput): SettlementPlan {
  const { debitsMax = SETTLEMENT_DEBITS_MAX, payeesMax = SETTLEMENT_PAYEES_MAX } = input;
  const due = new Map<Address, bigint>();
  const debits: SignedDebit[] = [];
  const taskIds: Bytes32[] = [];
  const postponed: Postponement[] = [];
  let debitedWei = 0n;
  for (const [account, receipts] of byAccount(input.receipts)) {
    const match = matchDebit(receipts, debitsOf(account, input.debits));
    if (match.kind === "none") {
      postponed.push({ account, reason: match.reason });
      continue;
    }
    const pays = dueFrom(match.covered, input);
    const newPayees = [...pays.keys()].filter((payee) => !due.has(payee)).length;
    if (debits.length >= debitsMax || due.size + newPayees > payeesMax) {
      postponed.push({ account, reason: "full" });
      continue;
    }
    for (const [payee, wei] of pays) due.set(payee, (due.get(payee) ?? 0n) + wei);
    debits.push(match.signed);
    debitedWei += match.stepWei;
    for (const { receipt } of match.covered) taskIds.push(receipt.taskId);
  }
  debits.sort((a, b) => a.debit.account - b.debit.account);
  const credits = [...due].sort(([a], [b]) => (a < b ? -1 : 1)).map(([payee, wei]) => ({ payee, wei }));
  const operatorWei = credits.reduce((left, { wei }) => left - wei, debitedWei);
  return { debitedWei, operatorWei, credits, debits, taskIds, postponed };
}

type Match =
  | {
      readonly kind: "matched";
      readonly signed: SignedDebit;
      readonly stepWei: bigint;
      readonly covered: readonly BookedReceipt[];
    }
  | { readonly kind: "none"; readonly reason: "noDebit" | "notAtReceipt" | "badPayees" };

type Step = { readonly signed: SignedDebit; readonly stepWei: bigint };

function debitsOf(account: number, debits: SettlementInput["debits"]): readonly Step[] {
  return debits
    .filter(({ signed }) => signed.debit.account === account)
    .map(({ signed, settledWei }) => ({ signed, stepWei: signed.debit.cumulativeWei - settledWei }))
    .filter(({ stepWei }) => stepWei > 0n)
    .sort((a, b) => (a.stepWei > b.stepWei ? -1 : 1));
}

function matchDebit(receipts: readonly BookedReceipt[], steps: readonly Step[]): Match {
  if (steps.length === 0) return { kind: "none", reason: "noDebit" };
  for (const { signed, stepWei } of steps) {
    const covered = coveredBy(receipts, stepWei);
    if (!covered) continue;
    if (!covered.every(addsUp)) return { kind: "none", reason: "badPayees" };
    return { kind: "matched", signed, stepWei, covered };
  }
  return { kind: "none", reason: "notAtReceipt" };
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

function addsUp({ receipt, payees }: BookedReceipt): boolean {
  return payees.reduce((sum, { wei }) => sum + wei, 0n) === receipt.feeWei;
}

function dueFrom(receipts: readonly BookedReceipt[], funds: Funds): ReadonlyMap<Address, bigint> {
  const due = new Map<Address, bigint>();
  for (const booked of receipts) {
    for (const { payee, netWei } of paysOf(booked, funds)) due.set(payee, (due.get(payee) ?? 0n) + netWei);
  }
  return due;
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
