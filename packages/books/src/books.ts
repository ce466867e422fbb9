import type {
  Address,
  BatchProof,
  Bytes32,
  Custody,
  Hex,
  PaidSegment,
  Payee,
  ProofLabel,
  ProvenCheckpoint,
  Receipt,
  SealingLabel,
  SessionClass,
  SignedDebit,
} from "@cortensor/protocol";
import type { ProofBooks } from "./proofBooks.js";
import type { ServiceBooks } from "./serviceBooks.js";
import type { WorkBooks } from "./workBooks.js";

/** Session as the router's books know it, mirrored from the chain. */
export type BookedSession = {
  readonly account: number;
  readonly session: Bytes32;
  readonly owner: Address;
  readonly custody: Custody;
  /** Sets the splits of its receipts. */
  readonly sessionClass: SessionClass;
  /** What this operator's lane may spend in all: the allotment on chain. */
  readonly allotmentWei: bigint;
  /** Most that may be owed beyond the latest debit. Undefined: debits aren't waited for (the operator signs them itself). */
  readonly chunkWei?: bigint;
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

/** A key and what its receipts have cost. */
export type ApiKeyUse = ApiKeyRecord & { readonly spentWei: bigint; readonly receipts: number };

/** A bearer token bought with a wallet's signature. */
export type AccessTokenRecord = {
  /** SHA-256 of the token; the token itself is never stored. */
  readonly tokenHash: Bytes32;
  readonly account: number;
  readonly expiresAtMs: number;
};

export type HoldOutcome =
  | { readonly kind: "held"; readonly holdId: number }
  | { readonly kind: "insufficient"; readonly availableWei: bigint; readonly neededWei: bigint }
  /** The allotment would cover it; what may be owed between debits doesn't. Only for sessions with `chunkWei`. */
  | { readonly kind: "debitRequired"; readonly owedWei: bigint; readonly chunkWei: bigint };

/** What a task cost in the end: what its receipt says, in wei. */
export type TaskFee = { readonly taskId: Bytes32; readonly feeWei: bigint };

export type HoldRequest = {
  readonly account: number;
  /** The API key it is for, when there is one: its budget is held from too. */
  readonly keyHash?: Bytes32;
  /** The largest possible fee. */
  readonly wei: bigint;
};

/** A finished task, everything a receipt and a settlement need. Written once. */
export type BookedReceipt = {
  readonly receipt: Receipt;
  readonly payees: readonly Payee[];
  /** Struct hashes of the results that `receipt.resultsHash` stands for, in order of (replica, segment). */
  readonly results: readonly Bytes32[];
  readonly proof: BatchProof;
  readonly createdAtMs: number;
  /** The key that the task was held under: give it exactly when the hold had one, so that its budget is charged. */
  readonly keyHash?: Bytes32;
  /** What the answer may be called: see proof. Absent where nobody remembers what was asked. */
  readonly label?: ProofLabel;
  /** Of a sealed task: who could read it. Absent as `label` is. */
  readonly sealing?: SealingLabel;
};

/** A receipt to be written, with what isn't read back beside it. */
export type NewReceipt = BookedReceipt & {
  /** The last word of each miner that was given up before its result and is paid: see `findCheckpoints`. */
  readonly checkpoints?: readonly ProvenCheckpoint[];
};

/** What an account has used of this operator's lane. `spentWei`, `count` and `receiptsRoot` belong together. */
export type LaneBooks = {
  readonly account: number;
  readonly lane: Address;
  readonly allotmentWei: bigint;
  readonly chunkWei?: bigint;
  /** Fees of all durable receipts. */
  readonly spentWei: bigint;
  /** The latest debit's cumulative amount. */
  readonly debitedWei: bigint;
  /** Holds of running tasks of this router, and fees of ended ones whose receipts aren't durable yet. */
  readonly heldWei: bigint;
  /** Durable receipts: leaves under `receiptsRoot`. */
  readonly count: number;
  /** Merkle root of the account's salted receipt commitments; 32 zero bytes while there are none. */
  readonly receiptsRoot: Bytes32;
  /** The account's own salt. For its owner only: with it, a receipt can be looked for under a published root. */
  readonly salt: Bytes32;
};

export type ReceiptCommitment = {
  /** Place in the account's lane, 0 first. */
  readonly index: number;
  readonly taskId: Bytes32;
  readonly feeWei: bigint;
  /** See `receiptCommitment`. */
  readonly commitment: Bytes32;
};

/** What an operator owes one payee, in all. `cumulativeWei`, `count` and `receiptsRoot` belong together: a credit note's words. */
export type PayeeBooks = {
  readonly payee: Address;
  /** Nets of all durable receipts. Never falls. */
  readonly cumulativeWei: bigint;
  /** Paid segments under `receiptsRoot`. */
  readonly count: number;
  /** 32 zero bytes while there are none. */
  readonly receiptsRoot: Bytes32;
  /** What settlements that weren't dropped credit to it, in all. */
  readonly creditedWei: bigint;
};

/** Where a paid segment stands under the `receiptsRoot` of its payee's first `count` segments. */
export type SegmentProof = {
  readonly index: number;
  readonly count: number;
  readonly receiptsRoot: Bytes32;
  /** From the leaf's sibling up. */
  readonly path: readonly Bytes32[];
};

/** A payee's part in a settlement. */
export type SettlementCredit = {
  readonly payee: Address;
  /** What the settlement adds. */
  readonly wei: bigint;
  /** What the chain is told: everything credited so far, this included. */
  readonly cumulativeWei: bigint;
};

export type SettlementState = "prepared" | "confirmed" | "dropped";
export type Settlement = {
  readonly id: Bytes32;
  readonly taskIds: readonly Bytes32[];
  readonly state: SettlementState;
  readonly txHash?: Bytes32;
  /** Given when it is prepared, kept from there on. */
  readonly credits?: readonly SettlementCredit[];
  /** Its public record: given when it is prepared, and kept for good. */
  readonly set?: PublishedSet;
};

/** A settlement set as it is published: see protocol's `settlementSet`. */
export type PublishedSet = { readonly setCid: Bytes32; readonly bytes: Uint8Array };

/** What a settlement's transaction says, kept so that the very same can be sent again. */
export type SettlementCall = {
  /** Calldata: at most SETTLEMENT_CALL_BYTES_MAX. */
  readonly call: Hex;
  /** The chain's head when it was made: no block far below it holds the settlement. */
  readonly sinceBlock: bigint;
};

export type BookTotals = {
  readonly receipts: number;
  readonly settledReceipts: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly feesWei: bigint;
};

/**
 * The router's money, in one place. Invariants: a session's holds + charges never exceed its allotment or a key's budget;
 * a task has at most one receipt; what is acknowledged survives a crash; settlement pays each receipt once.
 */
export type Books = ProofBooks &
  ServiceBooks &
  WorkBooks & {
    /** Adds a session, or takes over what changed on chain. */
    putSession(session: BookedSession): Promise<void>;
    findSession(account: number): Promise<BookedSession | undefined>;
    /** At most SESSIONS_MAX, by account. */
    sessions(): Promise<readonly BookedSession[]>;
    /** Adds a key, or changes its name or budget. Throws BOOKS_SESSION_UNKNOWN. A revoked key stays revoked. */
    putKey(key: ApiKeyRecord): Promise<void>;
    /** False when there is no such key, or it was revoked before. */
    revokeKey(keyHash: Bytes32): Promise<boolean>;
    findKey(keyHash: Bytes32): Promise<ApiKeyRecord | undefined>;
    /** Keys of an account or of all, revoked ones included; at most `limit`. */
    listKeys(page: { readonly account?: number; readonly limit: number }): Promise<readonly ApiKeyUse[]>;
    /** Throws BOOKS_SESSION_UNKNOWN. */
    putAccessToken(token: AccessTokenRecord): Promise<void>;
    /** Undefined when unknown or expired. */
    findAccessToken(tokenHash: Bytes32): Promise<AccessTokenRecord | undefined>;

    /**
     * Reserves the largest possible fee before any work. Synchronous on a live lease; goes to the row when the slice can't
     * cover it, and refuses only when the row can't either. Throws BOOKS_SESSION_UNKNOWN or BOOKS_KEY_UNKNOWN.
     */
    hold(request: HoldRequest): HoldOutcome | Promise<HoldOutcome>;
    /**
     * Ends a hold: its task's fee, if there is one, stays aside until the task's receipt is durable, the rest is free at once. Throws BOOKS_FEE_ABOVE_HOLD;
     * a hold that is unknown or ended already throws BOOKS_HOLD_UNKNOWN.
     */
    release(holdId: number, fee?: TaskFee): void;

    /**
     * Durable when it resolves; the fees are charged in the same transaction. Receipts already known by task id are left as
     * they are, and charged once. Each payee's counters grow with them, also in that transaction. A receipt without a released hold of its fee is charged straight to the rows; those whose
     * rows can't cover them are left out, and named by BOOKS_RECEIPTS_UNCOVERED once all others are durable.
     * Throws BOOKS_SPLITS_UNKNOWN, and nothing is written, for splits of no table.
     */
    putReceipts(receipts: readonly NewReceipt[]): Promise<void>;
    findReceipt(taskId: Bytes32): Promise<BookedReceipt | undefined>;
    /** Checkpoints that a task's receipt was put with, in their order; none for an unknown task. */
    findCheckpoints(taskId: Bytes32): Promise<readonly ProvenCheckpoint[]>;
    /** Newest first; `after` goes on below that receipt. */
    listReceipts(page: {
      readonly account?: number;
      readonly after?: Bytes32;
      readonly limit: number;
    }): Promise<readonly BookedReceipt[]>;
    totals(): Promise<BookTotals>;

    /** Undefined for an unknown account. */
    laneStatus(account: number): Promise<LaneBooks | undefined>;
    /** Commitments of an account's receipts, in lane order from `from`. */
    receiptCommitments(page: {
      readonly account: number;
      readonly from: number;
      readonly limit: number;
    }): Promise<readonly ReceiptCommitment[]>;
    /** Keeps the highest debit of each lane; a lower one changes nothing. Its signature is the caller's to check. */
    putDebit(debit: SignedDebit): Promise<void>;
    latestDebit(account: number, lane: Address): Promise<SignedDebit | undefined>;

    /** The highest debits kept of a lane (at most DEBITS_KEPT_MAX), highest first: a settlement may need one before the latest. */
    recentDebits(account: number, lane: Address): Promise<readonly SignedDebit[]>;

    /** Counters of these payees (at most PAGE_ROWS_MAX), in their order; zeros for one that no receipt ever paid. */
    payeeStatus(payees: readonly Address[]): Promise<readonly PayeeBooks[]>;
    /**
     * Proves that a segment is among its payee's first `count`. Undefined when it isn't, or so many aren't booked. Reads all of
     * them: for answering claims, not for a request.
     */
    provePaidSegment(request: {
      readonly payee: Address;
      readonly count: number;
      readonly segment: PaidSegment;
    }): Promise<SegmentProof | undefined>;

    /** Receipts not yet in a settlement, oldest first: of all accounts, or of one (one that never pays must not hide the others). */
    unsettled(limit: number, account?: number): Promise<readonly BookedReceipt[]>;
    /** Accounts with unsettled receipts, the one that has waited longest first. */
    unsettledAccounts(limit: number): Promise<readonly number[]>;
    /**
     * Moves receipts into a settlement: `prepared` before the transaction is sent, `confirmed` when it is final, `dropped`
     * when it isn't to be: its receipts are unsettled again, until the same or another one takes them. Idempotent. Throws
     * BOOKS_ALREADY_SETTLING when a receipt is in another settlement, BOOKS_SETTLEMENT_ENDED for a move out of a confirmed one,
     * BOOKS_CREDITS_STALE when a credit doesn't follow on what was credited before: another settlement came in between.
     */
    recordSettlement(settlement: Settlement): Promise<void>;
    /** Those `prepared`, oldest first, at most SETTLEMENTS_OPEN_MAX. */
    openSettlements(): Promise<readonly Settlement[]>;
    /** Tasks of a settlement that stands, in no order that matters; none for an unknown or dropped one. */
    settledTaskIds(id: Bytes32): Promise<readonly Bytes32[]>;
    /** The bytes of a set that a settlement was recorded with, or of a work record; of a dropped one too. */
    findSettlementSet(setCid: Bytes32): Promise<Uint8Array | undefined>;
    /** Keeps a settlement's call, before the settlement is recorded as prepared. The first one kept stays. */
    keepSettlementCall(id: Bytes32, kept: SettlementCall): Promise<void>;
    findSettlementCall(id: Bytes32): Promise<SettlementCall | undefined>;
    /** Gives back what is leased and not in use. Holds must have been released, or are given up. */
    close(): Promise<void>;
  };
