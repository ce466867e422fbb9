import type { Address, Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { Books } from "../books.js";
import { BooksError } from "../booksError.js";
import type { ProofBooks } from "../proofBooks.js";
import { randomSalt } from "../randomSalt.js";
import { MemoryDesk } from "./memoryDesk.js";
import { MemoryLedger } from "./memoryLedger.js";
import { MemoryProofs } from "./memoryProofs.js";
import { MemoryService } from "./memoryService.js";
import { MemorySettlements } from "./memorySettlements.js";
import { MemoryWork } from "./memoryWork.js";

export type MemoryBooksOptions = {
  /** The operator whose lane these books keep. */
  readonly lane: Address;
  readonly clock: Clock;
  /** Makes an account's salt. Default: 32 random bytes. */
  readonly newSalt?: () => Bytes32;
};

/**
 * The books of one process in its memory: for tests, simulations and trials. Same rules as the Postgres twin, no lease
 * needed, gone with the process.
 */
export function createMemoryBooks(options: MemoryBooksOptions): Books {
  const lane = options.lane.toLowerCase() as Address;
  const ledger = new MemoryLedger({ lane, newSalt: options.newSalt ?? randomSalt });
  const desk = new MemoryDesk({ ledger, clock: options.clock });
  const settlements = new MemorySettlements(ledger);
  const service = new MemoryService(ledger);
  const work = new MemoryWork(lane, (cid, bytes) => settlements.keepSet(cid, bytes));
  let isClosed = false;
  const whileOpen = <Args extends unknown[], Value>(work: (...args: Args) => Value): ((...args: Args) => Value) => {
    return (...args) => {
      if (isClosed) throw new BooksError({ code: "BOOKS_CLOSED" });
      return work(...args);
    };
  };
  return {
    putSession: async (session) => ledger.putSession(session),
    findSession: async (account) => ledger.findSession(account),
    sessions: async () => ledger.sessions(),
    putKey: async (key) => desk.putKey(key),
    revokeKey: async (keyHash) => desk.revokeKey(keyHash),
    findKey: async (keyHash) => desk.findKey(keyHash),
    listKeys: async (page) => desk.listKeys(page),
    putAccessToken: async (token) => desk.putAccessToken(token),
    findAccessToken: async (tokenHash) => desk.findAccessToken(tokenHash),
    hold: whileOpen((request) => ledger.hold(request)),
    release: (holdId, fee) => ledger.release(holdId, fee),
    putReceipts: async (receipts) => whileOpen(() => ledger.putReceipts(receipts))(),
    findReceipt: async (taskId) => ledger.findReceipt(taskId),
    findCheckpoints: async (taskId) => ledger.checkpoints.get(taskId) ?? [],
    listReceipts: async (page) => ledger.listReceipts(page),
    totals: async () => settlements.totals(),
    laneStatus: async (account) => ledger.laneStatus(account),
    receiptCommitments: async (page) => ledger.receiptCommitments(page),
    putDebit: async (debit) => ledger.putDebit(debit),
    latestDebit: async (account, of) => ledger.recentDebits(account, of)[0],
    recentDebits: async (account, of) => ledger.recentDebits(account, of),
    payeeStatus: async (payees) => ledger.payees.status(payees),
    provePaidSegment: async (request) => ledger.payees.prove(request),
    unsettled: async (limit, account) => settlements.unsettled(limit, account),
    unsettledAccounts: async (limit) => settlements.unsettledAccounts(limit),
    recordSettlement: async (settlement) => settlements.record(settlement),
    openSettlements: async () => settlements.open(),
    settledTaskIds: async (id) => settlements.taskIds(id),
    findSettlementSet: async (setCid) => settlements.findSet(setCid),
    keepSettlementCall: async (id, kept) => settlements.keepCall(id, kept),
    findSettlementCall: async (id) => settlements.findCall(id),
    keepService: async (meter, rows) => service.keep(meter, rows),
    unjudgedService: async (beforeEpoch, limit) => service.unjudged(beforeEpoch, limit),
    feesOf: async (range) => service.fees(range),
    cutReceipts: async (beforeEpoch, limit) => service.cutReceipts(beforeEpoch, limit),
    bookSessionCredit: async (credit, taskIds) => service.book(credit, taskIds),
    owedSessionCredits: async (limit) => service.owed(limit),
    markSessionCredit: async (key, mark) => service.mark(key, mark),
    sessionCredits: async (page) => service.list(page),
    noteWork: async (note) => work.note(note),
    sealWork: async (of) => work.seal(of),
    openWork: async () => work.open(),
    endWork: async (epoch, state) => work.end(epoch, state),
    ...proving(new MemoryProofs()),
    close: async () => {
      isClosed = true;
    },
  };
}

function proving(proofs: MemoryProofs): ProofBooks {
  return {
    keepProofs: async (kept, atMs) => proofs.keep(kept, atMs),
    findProofs: async (results) => proofs.find(results),
    forgetProofs: async (beforeMs) => proofs.forget(beforeMs),
  };
}
