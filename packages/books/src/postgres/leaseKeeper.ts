import type { Bytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type pg from "pg";
import type { HoldOutcome, HoldRequest } from "../books.js";
import { BooksError } from "../booksError.js";
import { maxWei, remainingWei, type Shortage, shortageOf } from "../budget.js";
import { assertHoldRequest, HoldBook } from "../holdBook.js";
import { HOLDS_WAITING_MAX } from "../limits.js";
import {
  accountBudgetId,
  type BudgetId,
  keyBudgetId,
  type LockedBudget,
  lockBudgets,
  lockEpoch,
  writeBudgets,
} from "./budgetRows.js";
import { chooseGrant } from "./chooseGrant.js";
import { countLiveRouters, endEpoch, reclaimDeadRouters, renewEpoch, startEpoch } from "./epochRows.js";
import { SerialQueue } from "./serialQueue.js";
import { SLICE_REST_MS, Slice } from "./slice.js";
import { inTransaction } from "./transaction.js";

export type LeaseKeeperParts = {
  readonly pool: pg.Pool;
  readonly routerId: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly leaseMs: number;
  readonly longestTaskMs: number;
};

type Waiter = {
  readonly request: HoldRequest;
  readonly slices: readonly Slice[];
  readonly resolve: (outcome: HoldOutcome) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * This router's slices of budget rows, and the holds on them. Transactions that touch leases go through one serial queue, so
 * that a slice in memory is its lease in the database as of the last of them. Safety never rests on memory alone: each
 * transaction checks the rows and the epoch again.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #queue = new SerialQueue();
  readonly #accounts = new Map<number, Slice>();
  readonly #keys = new Map<Bytes32, Slice>();
  readonly holds = new HoldBook<Slice>();
  #waiters: Waiter[] = [];
  #topUps = new Set<Slice>();
  #isRefilling = false;
  #epoch = "";
  #liveUntilMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
  }

  get epoch(): string {
    return this.#epoch;
  }

  hold(request: HoldRequest): HoldOutcome | Promise<HoldOutcome> {
    assertHoldRequest(request);
    const slices = this.#slicesOf(request);
    return this.#holdNow(request, slices) ?? this.#holdLater(request, slices);
  }

  /** Work on leases, after what was asked before and before what is asked later. */
  runSerially<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#queue.run(work);
  }

  /** Takes over what a committed transaction has left of the leases. */
  applyLeases(budgets: Iterable<LockedBudget>): void {
    for (const budget of budgets) this.#applyLease(budget);
  }

  /** The database may know more than this process: nothing is held on these slices until their rows were read again. */
  distrust(ids: readonly BudgetId[]): void {
    for (const slice of this.#allSlices()) if (ids.includes(slice.id)) slice.isKnown = false;
  }

  /** The bounds of a key changed: read them at its next hold. */
  forgetKey(keyHash: Bytes32): void {
    const slice = this.#keys.get(keyHash);
    if (slice) slice.isKnown = false;
  }

  /** The bounds of an account changed: what is leased beyond running holds goes back, and the next hold asks the row. */
  async giveBackAccount(account: number): Promise<void> {
    await this.#queue.run(async () => {
      const slice = this.#accounts.get(account);
      if (slice?.isAlive) await this.#giveBack([slice]);
    });
  }

  /** Starts another epoch: the old one was reclaimed, or this is the first. Holds of the old one end on their dead slices. */
  async beginEpoch(): Promise<void> {
    const { pool, clock, leaseMs } = this.#parts;
    const askedMs = clock.nowMs();
    this.#epoch = await startEpoch(pool, this.#parts);
    for (const slice of this.#allSlices()) slice.isAlive = false;
    this.#accounts.clear();
    this.#keys.clear();
    this.#liveUntilMs = askedMs + leaseMs;
  }

  /** Renews the epoch, gives back idle slices, and reclaims those of dead routers. Run every third of a lease. */
  async renew(): Promise<void> {
    await this.#queue.run(async () => {
      const { pool, clock, leaseMs, log } = this.#parts;
      const askedMs = clock.nowMs();
      if (await renewEpoch(pool, { ...this.#parts, epoch: this.#epoch })) {
        this.#liveUntilMs = askedMs + leaseMs;
      } else {
        log.warn("Lease was reclaimed; starting another", { routerId: this.#parts.routerId });
        await this.beginEpoch();
      }
      await this.#giveBackIdle();
    });
    await reclaimDeadRouters(this.#parts.pool, this.#parts.log);
  }

  /** Gives everything back. Waiting holds are refused. */
  async close(): Promise<void> {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new BooksError({ code: "BOOKS_CLOSED" }));
    this.#topUps.clear();
    await this.#queue.run(() => endEpoch(this.#parts.pool, this.#epoch));
  }

  #holdNow(request: HoldRequest, slices: readonly Slice[]): HoldOutcome | undefined {
    const nowMs = this.#parts.clock.nowMs();
    if (nowMs >= this.#liveUntilMs || !slices.every((slice) => slice.isAlive && slice.covers(request.wei)))
      return undefined;
    const holdId = this.holds.open(request, slices);
    for (const slice of slices) if (slice.noteHold(request.wei, nowMs)) this.#topUps.add(slice);
    if (this.#topUps.size > 0) this.#refillSoon();
    return { kind: "held", holdId };
  }

  #holdLater(request: HoldRequest, slices: readonly Slice[]): Promise<HoldOutcome> {
    if (this.#waiters.length >= HOLDS_WAITING_MAX)
      throw new BooksError({ code: "BOOKS_BUSY", waiting: this.#waiters.length }, { isRetryable: true });
    for (const slice of slices) slice.expectHold(request.wei);
    return new Promise((resolve, reject) => this.#wait({ request, slices, resolve, reject }));
  }

  #wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
    this.#refillSoon();
  }

  /** One round after another while anybody waits; those who come during a round are for the next. */
  #refillSoon(): void {
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    void this.#queue.run(async () => {
      // Whoever asks in the same turn of the event loop joins the round.
      this.#isRefilling = false;
      const waiters = this.#waiters.splice(0);
      const topUps = [...this.#topUps].filter((slice) => slice.isAlive);
      this.#topUps.clear();
      try {
        await this.#refill(waiters, topUps);
      } catch (error) {
        for (const waiter of waiters) waiter.reject(error);
        if (waiters.length === 0) this.#parts.log.warn("Could not top up leases", {}, error);
      }
    });
  }

  async #refill(asked: readonly Waiter[], topUps: readonly Slice[]): Promise<void> {
    if (this.#parts.clock.nowMs() >= this.#liveUntilMs) await this.#revive();
    const first = await this.#leaseFor(asked, topUps);
    if (first) return;
    // Reclaimed in between: once more in a new epoch.
    await this.beginEpoch();
    if (!(await this.#leaseFor(asked, [])))
      throw new BooksError({ code: "BOOKS_DATABASE_FAILED", during: "lease: reclaimed" }, { isRetryable: true });
  }

  /** One transaction for all who wait, then their answers. False, and nothing done, when the epoch is over. */
  async #leaseFor(asked: readonly Waiter[], topUps: readonly Slice[]): Promise<boolean> {
    // An epoch may have begun since they asked: their slices are those of now.
    const waiters = asked.map((waiter) => ({ ...waiter, slices: this.#slicesOf(waiter.request) }));
    const needs = needsOf(waiters);
    const nowMs = this.#parts.clock.nowMs();
    const wants = new Map<Slice, bigint>();
    for (const slice of [...topUps, ...needs.keys()])
      if (slice.isAlive && !wants.has(slice)) wants.set(slice, slice.askComfort(nowMs));
    const rows = await this.#lease(needs, wants);
    if (!rows) return false;
    for (const [slice, wanted] of wants) {
      const gained = (rows.get(slice.id)?.leaseWei ?? 0n) - slice.grantedWei;
      if (gained < wanted) slice.restUntilMs = nowMs + SLICE_REST_MS;
    }
    this.applyLeases(rows.values());
    for (const waiter of waiters) this.#answer(waiter, rows);
    return true;
  }

  async #revive(): Promise<void> {
    const askedMs = this.#parts.clock.nowMs();
    const isStanding = await renewEpoch(this.#parts.pool, { ...this.#parts, epoch: this.#epoch });
    if (isStanding) this.#liveUntilMs = askedMs + this.#parts.leaseMs;
    else await this.beginEpoch();
  }

  async #lease(
    needs: ReadonlyMap<Slice, bigint>,
    wants: ReadonlyMap<Slice, bigint>,
  ): Promise<Map<BudgetId, LockedBudget> | undefined> {
    const slices = [...wants.keys()];
    return inTransaction(this.#parts.pool, "lease", async (client) => {
      if (!(await lockEpoch(client, this.#epoch))) return undefined;
      const liveRouters = await countLiveRouters(client);
      const rows = await lockBudgets(
        client,
        slices.map(({ id }) => id),
        this.#epoch,
      );
      for (const slice of slices) {
        const row = rows.get(slice.id);
        if (!row) continue;
        const lacking = (needs.get(slice) ?? 0n) - (row.leaseWei - slice.asideWei);
        const grant = chooseGrant(row, { neededWei: lacking, wantedWei: wants.get(slice) ?? 0n, liveRouters });
        row.asideWei += grant;
        row.leaseWei += grant;
      }
      await writeBudgets(client, rows.values(), this.#epoch);
      return rows;
    });
  }

  #answer(waiter: Waiter, rows: ReadonlyMap<BudgetId, LockedBudget>): void {
    const { request } = waiter;
    const unknown = waiter.slices.find((slice) => !rows.has(slice.id));
    if (unknown) {
      waiter.reject(unknownBudget(request, unknown));
      return;
    }
    const held = this.#holdNow(request, waiter.slices);
    if (held) {
      waiter.resolve(held);
      return;
    }
    const shortage = waiter.slices
      .map((slice) => shortageWithin(slice, rows.get(slice.id), request.wei))
      .find((found) => found !== undefined);
    if (shortage) waiter.resolve(shortage);
    // Others were quicker to what was leased for it, but the row has more.
    else this.#wait(waiter);
  }

  async #giveBackIdle(): Promise<void> {
    const slices = [...this.#allSlices()];
    const idle = slices.filter((slice) => !slice.usedSinceRenewal && slice.isKnown && slice.availableWei > 0n);
    for (const slice of slices) {
      // A key that was without a budget may have got one elsewhere.
      if (!slice.isBounded) slice.isKnown = false;
      if (!slice.usedSinceRenewal) slice.targetWei = 0n;
      slice.usedSinceRenewal = false;
    }
    if (idle.length > 0) await this.#giveBack(idle);
    this.#dropEmpty();
  }

  async #giveBack(slices: readonly Slice[]): Promise<void> {
    const ids = slices.map(({ id }) => id);
    // While the transaction runs nothing may be held of what it gives back.
    this.distrust(ids);
    const rows = await inTransaction(this.#parts.pool, "give back", async (client) => {
      if (!(await lockEpoch(client, this.#epoch))) return new Map<BudgetId, LockedBudget>();
      const locked = await lockBudgets(client, ids, this.#epoch);
      for (const slice of slices) {
        const row = locked.get(slice.id);
        if (!row) continue;
        const back = maxWei(0n, row.leaseWei - slice.asideWei);
        row.asideWei -= back;
        row.leaseWei -= back;
      }
      await writeBudgets(client, locked.values(), this.#epoch);
      return locked;
    });
    this.applyLeases(rows.values());
  }

  #dropEmpty(): void {
    for (const [account, slice] of this.#accounts) if (isEmpty(slice)) this.#accounts.delete(account);
    for (const [keyHash, slice] of this.#keys) if (isEmpty(slice)) this.#keys.delete(keyHash);
  }

  #applyLease(row: LockedBudget): void {
    for (const slice of this.#slicesNamed(row.id)) {
      slice.grantedWei = row.leaseWei;
      slice.isBounded = remainingWei(row) !== undefined;
      slice.isKnown = true;
    }
  }

  #slicesOf(request: HoldRequest): readonly Slice[] {
    const account = sliceAt(this.#accounts, request.account, () => accountBudgetId(request.account));
    const { keyHash } = request;
    return keyHash === undefined ? [account] : [account, sliceAt(this.#keys, keyHash, () => keyBudgetId(keyHash))];
  }

  *#slicesNamed(id: BudgetId): Iterable<Slice> {
    const [kind, name] = id.split(":") as [string, string];
    const slice = kind === "account" ? this.#accounts.get(Number(name)) : this.#keys.get(name as Bytes32);
    if (slice) yield slice;
  }

  *#allSlices(): Iterable<Slice> {
    yield* this.#accounts.values();
    yield* this.#keys.values();
  }
}

function sliceAt<Name>(slices: Map<Name, Slice>, name: Name, idOf: () => BudgetId): Slice {
  const known = slices.get(name);
  if (known) return known;
  const slice = new Slice(idOf());
  slices.set(name, slice);
  return slice;
}

function needsOf(waiters: readonly Waiter[]): ReadonlyMap<Slice, bigint> {
  const needs = new Map<Slice, bigint>();
  for (const { request, slices } of waiters)
    for (const slice of slices) needs.set(slice, (needs.get(slice) ?? 0n) + request.wei);
  return needs;
}

function shortageWithin(slice: Slice, row: LockedBudget | undefined, wei: bigint): Shortage | undefined {
  return row && shortageOf(row, wei, slice.availableWei);
}

function unknownBudget({ account, keyHash }: HoldRequest, slice: Slice): BooksError {
  if (keyHash !== undefined && slice.id === keyBudgetId(keyHash))
    return new BooksError({ code: "BOOKS_KEY_UNKNOWN", keyHash });
  return new BooksError({ code: "BOOKS_SESSION_UNKNOWN", account });
}

function isEmpty(slice: Slice): boolean {
  return slice.grantedWei === 0n && slice.asideWei === 0n && !slice.usedSinceRenewal;
}
