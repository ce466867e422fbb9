import {
  type Address,
  type Bytes32,
  type Custody,
  type FinishReason,
  type Payee,
  type Payout,
  payeesHash,
  type Receipt,
  resultsHash,
  type SessionClass,
  splitsHash,
  splitsOf,
} from "@cortensor/protocol";

/** A receipt and what its two hashes stand for. */
export type BuiltReceipt = {
  readonly receipt: Receipt;
  readonly payees: readonly Payee[];
  /** Struct hashes of the results, in order of (replica, segment). */
  readonly results: readonly Bytes32[];
};

/** Hashed once: of each class's splits, as long as no model has an owner. */
const SPLITS_HASHES: Readonly<Record<SessionClass, Bytes32>> = {
  unvalidated: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
  validated: splitsHash(splitsOf({ sessionClass: "validated", hasModelOwner: false })),
};

/** The promise of what a task pays, from what `payeesOf` made of its segments. */
export function buildReceipt(parts: {
  readonly taskId: Bytes32;
  readonly account: number;
  readonly operator: Address;
  readonly custody: Custody;
  readonly sessionClass: SessionClass;
  readonly epoch: number;
  readonly finish: FinishReason;
  readonly payout: Payout;
  readonly results: readonly Bytes32[];
}): BuiltReceipt {
  const { taskId, account, operator, custody, sessionClass, epoch, finish, payout, results } = parts;
  return {
    receipt: {
      taskId,
      account,
      operator,
      resultsHash: resultsHash(results),
      payeesHash: payeesHash(payout.payees),
      feeWei: payout.feeWei,
      nIn: payout.paidIn,
      nOut: payout.paidOut,
      custody,
      finish,
      epoch,
      splitsHash: SPLITS_HASHES[sessionClass],
    },
    payees: payout.payees,
    results,
  };
}
