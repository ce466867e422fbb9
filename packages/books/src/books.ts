import type { Address, BatchProof, Bytes32, Custody, Payee, Receipt, SignedDebit } from "@cortensor/protocol";

/** Session as the router's books know it, mirrored from the chain. */
export type BookedSession = {
  readonly account: number;
  readonly session: Bytes32;
  readonly owner: Address;
  readonly custody: Custody;
  /** What this operator's lane may spend in all: the allotment on chain. */
  readonly allotmentWei: bigint;
};

export type ApiKeyRecord = {
  /** SHA-256 of the key; the key itself is never stored. */
  readonly keyHash: Bytes32;
  readonly account: number;
  readonly name: string;
  /** Budget in wei of COR; undefined is as much as the session has. */
  readonly budgetWei?: bigint;
  readonly revoked: boolean;
};

export type HoldOutcome =
  | { readonly kind: "held"; readonly holdId: number }
  | { readonly kind: "insufficient"; readonly availableWei: bigint; readonly neededWei: bigint };

/** A finished task, everything a receipt and a settlement need. Written once. */
export type BookedReceipt = {
  readonly receipt: Receipt;
  readonly payees: readonly Payee[];
  readonly proof: BatchProof;
  readonly createdAtMs: number;
};

/**
 * The router's money, in one place. Invariants: a session's holds + charges never exceed its allotment or a key's budget;
 * a task has at most one receipt; what is acknowledged survives a crash; settlement pays each receipt once.
 */
export type Books = {
  putSession(session: BookedSession): Promise<void>;
  sessions(): Promise<readonly BookedSession[]>;
  putKey(key: ApiKeyRecord): Promise<void>;
  revokeKey(keyHash: Bytes32): Promise<boolean>;
  findKey(keyHash: Bytes32): Promise<ApiKeyRecord | undefined>;

  /** Reserves the largest possible fee before any work. Synchronous on a live lease; goes to the row when the slice can't cover it. */
  hold(request: {
    readonly account: number;
    readonly keyHash?: Bytes32;
    readonly wei: bigint;
  }): HoldOutcome | Promise<HoldOutcome>;
  /** Ends a hold: charges `feeWei` (≤ the hold) and frees the rest. */
  release(holdId: number, feeWei: bigint): void;

  /** Durable when it resolves. Receipts already known by task id are left as they are. */
  putReceipts(receipts: readonly BookedReceipt[]): Promise<void>;
  findReceipt(taskId: Bytes32): Promise<BookedReceipt | undefined>;
  listReceipts(page: { readonly after?: Bytes32; readonly limit: number }): Promise<readonly BookedReceipt[]>;

  putDebit(debit: SignedDebit): Promise<void>;
  latestDebit(account: number, lane: Address): Promise<SignedDebit | undefined>;
  /** Receipts not yet in a settlement, oldest first. */
  unsettled(limit: number): Promise<readonly BookedReceipt[]>;
  /** Moves receipts into a settlement: `prepared` before the transaction is sent, `confirmed` when it is final. Idempotent. */
  recordSettlement(settlement: {
    readonly id: Bytes32;
    readonly taskIds: readonly Bytes32[];
    readonly state: "prepared" | "confirmed" | "dropped";
    readonly txHash?: Bytes32;
  }): Promise<void>;
  openSettlements(): Promise<
    readonly { readonly id: Bytes32; readonly taskIds: readonly Bytes32[]; readonly txHash?: Bytes32 }[]
  >;
  close(): Promise<void>;
};
