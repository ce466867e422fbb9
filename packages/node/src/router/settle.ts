import {
  type BookedReceipt,
  type Books,
  type Funds,
  type PublishedSet,
  planSet,
  planSettlement,
  type Settlement,
  type SettlementCredit,
  type SettlementPlan,
  UNSETTLED_MAX,
} from "@cortensor/books";
import type { NetworkProfile, SettlementRecord } from "@cortensor/chain";
import { type Bytes32, hasCode } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { type ChosenDebit, chooseDebit, type DebitParts } from "./chooseDebits.js";
import { findCall, findOnChain, GIVE_UP_MS, keepCall, LOST_MS, nextStep } from "./followSettlement.js";
import type { RouterMetrics } from "./metrics.js";
import type { RouterChain } from "./routerChain.js";
import type { PublishedKind } from "./routerParts.js";
import type { SessionBook } from "./sessionBook.js";

/** An account whose settlement reverted alone waits this long for a person, or for its next epoch. */
const QUARANTINE_MS = 300_000;
/** Accounts in quarantine at once; the oldest leave first. */
const QUARANTINED_MAX = 10_000;

export type SettlerParts = Omit<DebitParts, "chain" | "books"> & {
  readonly chain: RouterChain;
  readonly books: Books;
  readonly sessions: SessionBook;
  readonly receiptsMin: number;
  readonly ageMs: number;
  readonly finalityBlocks: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RouterMetrics;
  /** Puts a set where it outlives this router. Safe to call again. */
  readonly publishSet: (set: PublishedSet, kind: PublishedKind) => Promise<void>;
  readonly onSettled: (settled: { readonly txHash: Bytes32; readonly receipts: number }) => void;
};

/**
 * Posts receipts' fees to the chain, one settlement after another. Written down before it is sent, found again by its id after a
 * crash, sent again unchanged when the chain loses it, and confirmed when it is final: no receipt is in two settlements, and the chain takes
 * no debit twice.
 */
export class Settler {
  readonly #parts: SettlerParts;
  /** When a settlement was last known to be on its way, or seen. */
  readonly #seenMs = new Map<Bytes32, number>();
  readonly #quarantine = new Map<number, number>();
  /** After a revert each account settles alone, until one round has found who is at fault. */
  #isAlone = false;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Confirms what is under way; else sends the next settlement when it is due. */
  async round(): Promise<void> {
    const open = await this.#parts.books.openSettlements();
    for (const settlement of open) await this.#follow(settlement);
    if (open.length === 0 && (await this.#isDue())) await this.settleNow();
  }

  /** Sends one settlement of all that can be settled, due or not. False when there is nothing. */
  async settleNow(): Promise<boolean> {
    const { books, log } = this.#parts;
    const debits = await this.#chooseDebits();
    if (debits.length === 0) return false;
    const receipts = await books.unsettled(UNSETTLED_MAX);
    const funds = fundsOf(this.#parts.chain.profile);
    const plan = planSettlement({
      receipts,
      debits,
      ...funds,
      ...(this.#isAlone ? { debitsMax: 1 } : {}),
    });
    if (plan.debits.length === 0) return false;
    const settled = new Set(plan.taskIds);
    const covered = receipts.filter(({ receipt }) => settled.has(receipt.taskId));
    const { settlementRoot, setCid, bytes } = planSet(covered, funds);
    const credits = await this.#creditsOf(plan);
    const settlement = {
      lane: this.#parts.operator,
      debits: plan.debits,
      credits,
      settlementRoot,
      setCid,
    };
    const id = this.#parts.chain.settlementId(settlement);
    await keepCall(this.#parts, id, settlement);
    await books.recordSettlement({ id, taskIds: plan.taskIds, state: "prepared", credits, set: { setCid, bytes } });
    await this.#publish(setCid);
    this.#seenMs.set(id, this.#parts.clock.nowMs());
    log.info("Settlement prepared", { id, accounts: plan.debits.length, receipts: plan.taskIds.length });
    const accounts = plan.debits.map(({ debit }) => debit.account);
    await this.#send({ id, taskIds: plan.taskIds, accounts, isLastTry: true }, settlement);
    return true;
  }

  /** Puts a set where it can be had without this router. The books keep it: a failure is made good when the settlement is final. */
  async #publish(setCid: Bytes32): Promise<void> {
    const { books, publishSet, log } = this.#parts;
    try {
      const bytes = await books.findSettlementSet(setCid);
      if (bytes !== undefined) await publishSet({ setCid, bytes }, "settlementSet");
    } catch (error) {
      log.error("A settlement set could not be published", { setCid }, error);
    }
  }

  /** What the chain is told of each payee: all that was settled before, and this. The books refuse it if another settlement came in between. */
  async #creditsOf({ credits }: SettlementPlan): Promise<readonly SettlementCredit[]> {
    const known = await this.#parts.books.payeeStatus(credits.map(({ payee }) => payee));
    return credits.map((credit, index) => ({
      ...credit,
      cumulativeWei: (known[index]?.creditedWei ?? 0n) + credit.wei,
    }));
  }

  async #isDue(): Promise<boolean> {
    const { books, clock, receiptsMin, ageMs } = this.#parts;
    const [oldest] = await books.unsettled(1);
    if (oldest === undefined) return false;
    if (clock.nowMs() - oldest.createdAtMs >= ageMs) return true;
    const { receipts, settledReceipts } = await books.totals();
    return receipts - settledReceipts >= receiptsMin;
  }

  /** Each account's debit. The lanes are read before the receipts, so that a debit never counts one that isn't seen. */
  async #chooseDebits(): Promise<readonly ChosenDebit[]> {
    const { books, sessions, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const accounts = new Set((await books.unsettled(UNSETTLED_MAX)).map(({ receipt }) => receipt.account));
    const lanes = [];
    for (const account of accounts) {
      if ((this.#quarantine.get(account) ?? 0) > nowMs) continue;
      const status = await books.laneStatus(account);
      const session = await sessions.find(account);
      if (status !== undefined && session !== undefined) lanes.push({ status, session });
    }
    const unsettled = byAccount(await books.unsettled(UNSETTLED_MAX));
    const debits: ChosenDebit[] = [];
    for (const { status, session } of lanes) {
      const receipts = unsettled.get(session.account) ?? [];
      const chosen = receipts.length === 0 ? undefined : await chooseDebit(this.#parts, { status, session, receipts });
      if (chosen !== undefined) debits.push(chosen);
    }
    return debits;
  }

  async #send(
    prepared: {
      readonly id: Bytes32;
      readonly taskIds: readonly Bytes32[];
      readonly accounts: readonly number[];
      /** Whether a refusal is the end of it. */
      readonly isLastTry: boolean;
    },
    settlement: Parameters<RouterChain["sendSettlement"]>[0],
  ): Promise<void> {
    const { chain, books, log, metrics } = this.#parts;
    const { id, taskIds, accounts, isLastTry } = prepared;
    try {
      const { txHash } = await chain.sendSettlement(settlement);
      await books.recordSettlement({ id, taskIds, state: "prepared", txHash });
      this.#isAlone = false;
      metrics.settlements.add({ outcome: "sent" });
    } catch (error) {
      if (!hasCode(error, "CHAIN_REVERTED")) {
        log.warn("A settlement may not have been sent; it is looked for on chain", { id }, error);
        return;
      }
      // Another router of the operator, or an earlier try, may have settled the same.
      if ((await findOnChain(this.#parts, id)).record !== undefined) return;
      metrics.settlements.add({ outcome: "reverted" });
      log.error("A settlement reverted", { id, accounts: accounts.length }, error);
      if (!isLastTry) return;
      await this.#drop(id, taskIds);
      this.#isAlone = true;
      const [account] = accounts;
      if (accounts.length === 1 && account !== undefined) this.#isolate(account);
    }
  }

  #isolate(account: number): void {
    this.#quarantine.delete(account);
    this.#quarantine.set(account, this.#parts.clock.nowMs() + QUARANTINE_MS);
    if (this.#quarantine.size <= QUARANTINED_MAX) return;
    for (const oldest of this.#quarantine.keys()) {
      this.#quarantine.delete(oldest);
      return;
    }
  }

  /** Looks for a settlement that is under way. */
  async #follow(settlement: Settlement): Promise<void> {
    const { chain, clock, finalityBlocks } = this.#parts;
    const { id } = settlement;
    const { head, record } = await findOnChain(this.#parts, id);
    const nowMs = clock.nowMs();
    const seenMs = record === undefined ? (this.#seenMs.get(id) ?? nowMs) : nowMs;
    this.#seenMs.set(id, seenMs);
    const unseenMs = nowMs - seenMs;
    const isPending = unseenMs >= LOST_MS && (await chain.hasPendingTransaction());
    const step = nextStep({ head, finalityBlocks, blockNumber: record?.blockNumber, unseenMs, isPending });
    if (step === "confirm" && record !== undefined) await this.#confirm(settlement, record);
    if (step === "raise") {
      await chain.raisePendingTransaction();
      this.#seenMs.set(id, nowMs);
    }
    if (step === "sendAgain") await this.#sendAgain(settlement, unseenMs);
  }

  async #confirm(
    { id, taskIds }: Settlement,
    { txHash, setCid }: Pick<SettlementRecord, "txHash" | "setCid">,
  ): Promise<void> {
    const { books, log, metrics, onSettled } = this.#parts;
    await this.#publish(setCid);
    await books.recordSettlement({ id, taskIds, state: "confirmed", txHash });
    this.#seenMs.delete(id);
    metrics.settlements.add({ outcome: "confirmed" });
    log.info("Settlement confirmed", { id, txHash, receipts: taskIds.length });
    onSettled({ txHash, receipts: taskIds.length });
  }

  /** The very same: whichever copy comes into a block, its debits and its receipts are the same. */
  async #sendAgain({ id, taskIds }: Settlement, unseenMs: number): Promise<void> {
    const { books, log, metrics } = this.#parts;
    const sent = await findCall(books, id);
    log.warn("A settlement is in no block; it is sent again", { id, receipts: taskIds.length });
    metrics.settlements.add({ outcome: "lost" });
    if (sent === undefined) {
      await this.#drop(id, taskIds);
      return;
    }
    const accounts = sent.debits.map(({ debit }) => debit.account);
    await this.#send({ id, taskIds, accounts, isLastTry: unseenMs >= GIVE_UP_MS }, sent);
  }

  async #drop(id: Bytes32, taskIds: readonly Bytes32[]): Promise<void> {
    await this.#parts.books.recordSettlement({ id, taskIds, state: "dropped" });
    this.#seenMs.delete(id);
  }
}

function fundsOf({ addresses, treasury }: NetworkProfile): Funds {
  return { validators: addresses.dutyPay, ...(treasury === undefined ? {} : { treasury }) };
}

function byAccount(receipts: readonly BookedReceipt[]): ReadonlyMap<number, readonly BookedReceipt[]> {
  const groups = new Map<number, BookedReceipt[]>();
  for (const booked of receipts) {
    const group = groups.get(booked.receipt.account);
    if (group === undefined) groups.set(booked.receipt.account, [booked]);
    else group.push(booked);
  }
  return groups;
}
