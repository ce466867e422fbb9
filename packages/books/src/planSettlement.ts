import type { Address, Bytes32, SignedDebit } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import { type AmountParts, type Splits, shareByWeight, splitAmount } from "./settlementSplits.js";

/** Debits of one settlement, unless told otherwise: what fits a block with their signature checks. */
export const SETTLEMENT_DEBITS_MAX = 100;
/** Payees of one settlement, unless told otherwise. */
export const SETTLEMENT_PAYEES_MAX = 200;

export type SettlementInput = {
  /** Unsettled receipts, oldest first within each account. */
  readonly receipts: readonly BookedReceipt[];
  /** Debits of this lane, one or more of an account, with what the chain has already taken from it. */
  readonly debits: readonly { readonly signed: SignedDebit; readonly settledWei: bigint }[];
  readonly splits: Splits;
  /** How far the chain has credited each payee in this lane, in wei. Who isn't in it has nothing yet. */
  readonly creditedWei: ReadonlyMap<Address, bigint>;
  readonly debitsMax?: number;
  readonly payeesMax?: number;
};

/** What one payee gets from a settlement, and how far that takes its counter in the lane. */
export type Credit = { readonly payee: Address; readonly wei: bigint; readonly cumulativeWei: bigint };

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

export type SettlementPlan = AmountParts & {
  /** Σ of the debits' steps: what leaves the clients' deposits. `minersWei` + `operatorWei` + `treasuryWei`. */
  readonly debitedWei: bigint;
  /** The miners', one per payee, by address: they raise its counters by `minersWei` together. The chain leaves the rest to the operator. */
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
 * Σ fees of the receipts = Σ debit steps = credits + operator + treasury, to the wei. A receipt's payees name what each miner
 * earned before the shares are taken; over the whole settlement each has its part of `minersWei`, off by less than one wei.
 */
export function planSettlement(input: SettlementInput): SettlementPlan {
  const { debitsMax = SETTLEMENT_DEBITS_MAX, payeesMax = SETTLEMENT_PAYEES_MAX } = input;
  const earned = new Map<Address, bigint>();
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
    const payees = earnedBy(match.covered);
    const newPayees = [...payees.keys()].filter((payee) => !earned.has(payee)).length;
    if (debits.length >= debitsMax || earned.size + newPayees > payeesMax) {
      postponed.push({ account, reason: "full" });
      continue;
    }
    for (const [payee, wei] of payees) earned.set(payee, (earned.get(payee) ?? 0n) + wei);
    debits.push(match.signed);
    debitedWei += match.stepWei;
    for (const { receipt } of match.covered) taskIds.push(receipt.taskId);
  }
  const parts = splitAmount(debitedWei, input.splits);
  debits.sort((a, b) => a.debit.account - b.debit.account);
  return {
    ...parts,
    debitedWei,
    credits: creditsOf(parts.minersWei, earned, input.creditedWei),
    debits,
    taskIds,
    postponed,
  };
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

function earnedBy(receipts: readonly BookedReceipt[]): ReadonlyMap<Address, bigint> {
  const earned = new Map<Address, bigint>();
  for (const { payees } of receipts) {
    for (const { miner, wei } of payees) {
      const payee = miner.toLowerCase() as Address;
      if (wei > 0n) earned.set(payee, (earned.get(payee) ?? 0n) + wei);
    }
  }
  return earned;
}

function creditsOf(
  minersWei: bigint,
  earned: ReadonlyMap<Address, bigint>,
  creditedWei: ReadonlyMap<Address, bigint>,
): readonly Credit[] {
  const ordered = [...earned].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = shareByWeight(
    minersWei,
    ordered.map(([, wei]) => wei),
  );
  return ordered.flatMap(([payee], index) => {
    const wei = parts[index] ?? 0n;
    return wei > 0n ? [{ payee, wei, cumulativeWei: (creditedWei.get(payee) ?? 0n) + wei }] : [];
  });
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
