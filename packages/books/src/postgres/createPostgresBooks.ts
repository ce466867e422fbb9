import type { Address, Bytes32 } from "@cortensor/protocol";
import { type Clock, type Logger, migrate, runLoop, silentLogger } from "@cortensor/runtime";
import type pg from "pg";
import type { Books } from "../books.js";
import { BooksError } from "../booksError.js";
import { DEBITS_KEPT_MAX, LEASE_MS, LONGEST_TASK_MS } from "../limits.js";
import type { ProofBooks } from "../proofBooks.js";
import { randomSalt } from "../randomSalt.js";
import type { ServiceBooks } from "../serviceBooks.js";
import type { WorkBooks } from "../workBooks.js";
import { findCheckpoints } from "./checkpointRows.js";
import { endPredecessors } from "./epochRows.js";
import { findAccessToken, findKey, listKeys, putAccessToken, putKey, revokeKey } from "./keyRows.js";
import { putDebit, readCommitments, readDebits, readLane } from "./laneRows.js";
import { LeaseKeeper } from "./leaseKeeper.js";
import { proveSegment, readPayees } from "./payeeRows.js";
import { findProofs, forgetProofs, keepProofs } from "./proofRows.js";
import { putReceipts } from "./putReceipts.js";
import { findReceipt, listReceipts, totals, unsettled, unsettledAccounts } from "./receiptReads.js";
import { BOOKS_MIGRATIONS } from "./schema.js";
import { cutReceipts, feesOf, keepService, unjudgedService } from "./serviceRows.js";
import { bookSessionCredit, markSessionCredit, owedSessionCredits, sessionCredits } from "./sessionCreditRows.js";
import { findSession, putSession, readSessions } from "./sessionRows.js";
import { findSet } from "./setRows.js";
import { findSettlementCall, keepSettlementCall } from "./settlementCallRows.js";
import { openSettlements, recordSettlement, settledTaskIds } from "./settlementRows.js";
import { endWork, noteWork, openWork, sealWork } from "./workRows.js";

export type PostgresBooksOptions = {
  /** Stays the caller's: `close` doesn't end it. Needs at least two connections. */
  readonly pool: pg.Pool;
  /**
   * Names this router among those that share the database: its address. A start takes back the slices of earlier processes
   * of the same name, so two live ones must not share it (nothing is oversold if they do, but holds lose their backing).
   */
  readonly routerId: string;
  /** The operator whose lane these books keep. */
  readonly lane: Address;
  readonly clock: Clock;
  readonly log?: Logger;
  /** See LEASE_MS. */
  readonly leaseMs?: number;
  /** See LONGEST_TASK_MS. */
  readonly longestTaskMs?: number;
  /** Makes an account's salt. Default: 32 random bytes. */
  readonly newSalt?: () => Bytes32;
};

/** Renewals in the life of a lease: two may fail before it is over. */
const RENEWALS_PER_LEASE = 3;

/** Brings the schema up to date, takes a lease epoch, and opens the books. Any number of routers may share one database. */
export async function createPostgresBooks(options: PostgresBooksOptions): Promise<Books> {
  const { pool, clock, log = silentLogger, newSalt = randomSalt } = options;
  const { leaseMs = LEASE_MS, longestTaskMs = LONGEST_TASK_MS } = options;
  const lane = options.lane.toLowerCase() as Address;
  await migrate(pool, BOOKS_MIGRATIONS, { room: "books" });
  await endPredecessors(pool, options.routerId);
  const keeper = new LeaseKeeper({ pool, routerId: options.routerId, clock, log, leaseMs, longestTaskMs });
  await keeper.beginEpoch();
  const closing = new AbortController();
  const renewing = runLoop({
    name: "lease renewal",
    everyMs: leaseMs / RENEWALS_PER_LEASE,
    clock,
    signal: closing.signal,
    work: () => keeper.renew(),
    onError: (error) => log.warn("Could not renew the lease", {}, error),
  });
  const assertOpen = (): void => {
    if (closing.signal.aborted) throw new BooksError({ code: "BOOKS_CLOSED" });
  };
  return {
    ...reading(pool, { lane, clock }),
    ...serving(pool),
    ...working(pool, lane),
    ...proving(pool),
    async putSession(session) {
      await putSession(pool, { session, lane, salt: newSalt() });
      await keeper.giveBackAccount(session.account);
    },
    async putKey(key) {
      await putKey(pool, key);
      keeper.forgetKey(key.keyHash);
    },
    revokeKey: (keyHash) => revokeKey(pool, keyHash),
    putAccessToken: (token) => putAccessToken(pool, { token, nowMs: clock.nowMs() }),
    hold(request) {
      assertOpen();
      return keeper.hold(request);
    },
    release: (holdId, fee) => keeper.holds.end(holdId, fee),
    async putReceipts(receipts) {
      assertOpen();
      await putReceipts({ pool, keeper }, receipts);
    },
    async laneStatus(account) {
      const row = await readLane(pool, account);
      return row && { ...row, lane, heldWei: keeper.holds.heldWei(account) };
    },
    putDebit: (signed) => putDebit(pool, { signed, lane }),
    recordSettlement: (settlement) => recordSettlement(pool, settlement),
    keepSettlementCall: (id, kept) => keepSettlementCall(pool, id, kept),
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await renewing;
      await keeper.close();
    },
  };
}

function working(pool: pg.Pool, lane: Address): WorkBooks {
  return {
    noteWork: (note) => noteWork(pool, note),
    sealWork: (of) => sealWork(pool, { ...of, lane }),
    openWork: () => openWork(pool),
    endWork: (epoch, state) => endWork(pool, epoch, state),
  };
}

function proving(pool: pg.Pool): ProofBooks {
  return {
    keepProofs: (proofs, atMs) => keepProofs(pool, proofs, atMs),
    findProofs: (results) => findProofs(pool, results),
    forgetProofs: (beforeMs) => forgetProofs(pool, beforeMs),
  };
}

function serving(pool: pg.Pool): ServiceBooks {
  return {
    keepService: (meter, rows) => keepService(pool, meter, rows),
    unjudgedService: (beforeEpoch, limit) => unjudgedService(pool, beforeEpoch, limit),
    feesOf: (range) => feesOf(pool, range),
    cutReceipts: (beforeEpoch, limit) => cutReceipts(pool, beforeEpoch, limit),
    bookSessionCredit: (credit, taskIds) => bookSessionCredit(pool, credit, taskIds),
    owedSessionCredits: (limit) => owedSessionCredits(pool, limit),
    markSessionCredit: (key, mark) => markSessionCredit(pool, key, mark),
    sessionCredits: (page) => sessionCredits(pool, page),
  };
}

function reading(
  pool: pg.Pool,
  parts: { readonly lane: Address; readonly clock: Clock },
): Pick<
  Books,
  | "findSession"
  | "sessions"
  | "findKey"
  | "listKeys"
  | "findAccessToken"
  | "findReceipt"
  | "findCheckpoints"
  | "listReceipts"
  | "totals"
  | "receiptCommitments"
  | "latestDebit"
  | "recentDebits"
  | "payeeStatus"
  | "provePaidSegment"
  | "unsettled"
  | "unsettledAccounts"
  | "openSettlements"
  | "settledTaskIds"
  | "findSettlementSet"
  | "findSettlementCall"
> {
  return {
    findSession: (account) => findSession(pool, account),
    sessions: () => readSessions(pool),
    findKey: (keyHash) => findKey(pool, keyHash),
    listKeys: (page) => listKeys(pool, page),
    findAccessToken: (tokenHash) => findAccessToken(pool, { tokenHash, nowMs: parts.clock.nowMs() }),
    findReceipt: (taskId) => findReceipt(pool, taskId),
    findCheckpoints: (taskId) => findCheckpoints(pool, taskId),
    listReceipts: (page) => listReceipts(pool, page),
    totals: () => totals(pool),
    receiptCommitments: (page) => readCommitments(pool, page),
    latestDebit: async (account, lane) => (await readDebits(pool, { account, lane, limit: 1 }))[0],
    recentDebits: (account, lane) => readDebits(pool, { account, lane, limit: DEBITS_KEPT_MAX }),
    payeeStatus: (payees) => readPayees(pool, payees),
    provePaidSegment: (request) => proveSegment(pool, request),
    unsettled: (limit, account) => unsettled(pool, limit, account),
    unsettledAccounts: (limit) => unsettledAccounts(pool, limit),
    openSettlements: () => openSettlements(pool),
    settledTaskIds: (id) => settledTaskIds(pool, id),
    findSettlementSet: (setCid) => findSet(pool, setCid),
    findSettlementCall: (id) => findSettlementCall(pool, id),
  };
}
