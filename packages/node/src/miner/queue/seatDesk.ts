import type { SessionTaskRecord } from "@cortensor/chain";
import { type Address, type Bytes32, hasCode, hashResult, precommitHash } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { AuthorisedPeer, QueuedNotice } from "@cortensor/wire";
import type { MinerMetrics } from "../metrics.js";
import { nextSeatStep, type SeatStep } from "./nextSeatStep.js";
import type { SeatAnswer, SeatBook, SeatEntry } from "./seatBook.js";
import type { SeatChain } from "./seatChain.js";

export type SeatDeskParts = {
  readonly self: Address;
  readonly book: SeatBook;
  readonly chain: SeatChain;
  /** Chain time. */
  readonly nowSeconds: () => number;
  readonly randomBytes32: () => Bytes32;
  /** Whether the router's signed word that this miner has a task is on the disk. */
  readonly isPromised: (taskId: Bytes32) => Promise<boolean>;
  readonly clock: Clock;
  readonly metrics: Pick<MinerMetrics, "seatSteps">;
  readonly log: Logger;
};

/** A transaction may take minutes to come into a block: a stop doesn't wait for it. */
const STOP_MS = 2_000;
/** So long before the deadline a miner binds itself also without the router's signed word: a router that lives pays it all the same. */
const BIND_LATEST_SECONDS = 30;

/**
 * A miner's part of tasks in the session queue: takes each up, binds itself to its result, and shows it, one transaction a step and never two at once
 * for a task. The salt is on the disk before the precommit leaves. Beside users' work: nothing that generates waits for it.
 */
export class SeatDesk {
  readonly #parts: SeatDeskParts;
  /** Tasks whose work is running, or done, since this start. */
  readonly #taken = new Set<Bytes32>();
  /** By task: whether something came up while it was looked at. */
  readonly #busy = new Map<Bytes32, { isAgain: boolean }>();
  readonly #work = new Set<Promise<void>>();
  /** Tasks whose results wait for the router's signed word. */
  readonly #unpromised = new Set<Bytes32>();
  #isStopping = false;

  constructor(parts: SeatDeskParts) {
    this.#parts = parts;
  }

  /** The router says that this miner has a seat. Whether that is so the chain says. */
  async onQueued({ taskId }: QueuedNotice, router: Pick<AuthorisedPeer, "owner">): Promise<void> {
    const { book, clock } = this.#parts;
    if (book.find(taskId) === undefined) {
      if (book.isFull) return;
      await book.put(taskId, { operator: router.owner, takenAtMs: clock.nowMs(), isOver: false });
    }
    this.#look(taskId);
  }

  /** A task's work has begun. Nothing happens for one that no notice named. */
  onTaken(taskId: Bytes32): void {
    if (this.#parts.book.find(taskId) === undefined) return;
    this.#taken.add(taskId);
    this.#look(taskId);
  }

  /** A whole answer was made, and its result is in the outbox. */
  onMade(answer: SeatAnswer): void {
    const { book, log } = this.#parts;
    const { taskId } = answer.result;
    const entry = book.find(taskId);
    if (entry === undefined || entry.bound !== undefined) return;
    const kept = book
      .putAnswer(answer)
      .then(() => this.#look(taskId))
      .catch((error: unknown) => log.error("An answer could not be kept", { taskId }, error))
      .finally(() => this.#work.delete(kept));
    this.#work.add(kept);
  }

  /** A router has signed something: it may be what a result waits for. */
  onSigned(): void {
    for (const taskId of this.#unpromised) this.#look(taskId);
  }

  /** Whether a precommit binds this miner already: another result of the task could never be shown. */
  isBound(taskId: Bytes32): boolean {
    return this.#parts.book.find(taskId)?.bound !== undefined;
  }

  /** What was said to a task, for routers of the operator that gave it. */
  findAnswer(operator: Address, taskId: Bytes32): SeatAnswer | undefined {
    const { book } = this.#parts;
    return book.find(taskId)?.operator === operator ? book.findAnswer(taskId) : undefined;
  }

  /** Looks at every seat that something is left to do for. */
  async round(): Promise<void> {
    const { book, clock } = this.#parts;
    await book.sweep(clock.nowMs());
    for (const taskId of book.open()) this.#look(taskId);
  }

  /** Waits a while for what is being sent; the next start goes on from the chain. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const done = new AbortController();
    const late = this.#parts.clock.sleep(STOP_MS, done.signal).catch(() => undefined);
    await Promise.race([Promise.all(this.#work), late]);
    done.abort();
  }

  #look(taskId: Bytes32): void {
    if (this.#isStopping) return;
    const busy = this.#busy.get(taskId);
    if (busy !== undefined) {
      busy.isAgain = true;
      return;
    }
    const work = this.#advance(taskId)
      .catch((error: unknown) => this.#parts.log.warn("A seat's step failed; it is tried again", { taskId }, error))
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  /** Takes steps until there is nothing to do now. */
  async #advance(taskId: Bytes32): Promise<void> {
    const busy = { isAgain: false };
    this.#busy.set(taskId, busy);
    try {
      do {
        busy.isAgain = false;
        const step = await this.#step(taskId);
        if (step === "ack" || step === "precommit" || step === "commit" || step === "expire") busy.isAgain = true;
      } while (busy.isAgain && !this.#isStopping);
    } finally {
      this.#busy.delete(taskId);
    }
  }

  async #step(taskId: Bytes32): Promise<SeatStep> {
    const { self, book, chain, nowSeconds, metrics } = this.#parts;
    const entry = book.find(taskId);
    if (entry === undefined || entry.isOver) return "over";
    const task = await chain.readTask(taskId);
    const hasResult = entry.bound !== undefined || book.findAnswer(taskId) !== undefined;
    const holding = { isTaken: this.#taken.has(taskId), hasResult };
    const step = nextSeatStep(task, holding, { miner: self, nowSeconds: nowSeconds() });
    if (step === "over") {
      await book.put(taskId, { ...entry, isOver: true });
      this.#unpromised.delete(taskId);
      this.#taken.delete(taskId);
    }
    if (step === "wait" || step === "over") return step;
    if (step === "precommit" && !(await this.#mayBind(entry, task))) return "wait";
    try {
      await this.#send(taskId, step);
      metrics.seatSteps.add({ step, outcome: "done" });
    } catch (error) {
      metrics.seatSteps.add({ step, outcome: "failed" });
      if (step !== "expire" || !hasCode(error, "CHAIN_REVERTED")) throw error;
      // Somebody was faster, or this clock ahead; the next round looks anew.
      return "wait";
    }
    return step;
  }

  /**
   * A router that dies before it signed who has a task remembers nothing of its price. Until a miner is bound the next start has the task made again;
   * whoever is bound before would be paid by nobody.
   */
  async #mayBind({ bound }: SeatEntry, task: SessionTaskRecord | undefined): Promise<boolean> {
    const { nowSeconds, isPromised } = this.#parts;
    if (task === undefined || bound !== undefined) return true;
    const { taskId, deadlineSeconds } = task;
    if (nowSeconds() >= deadlineSeconds - BIND_LATEST_SECONDS || (await isPromised(taskId))) {
      this.#unpromised.delete(taskId);
      return true;
    }
    this.#unpromised.add(taskId);
    return false;
  }

  async #send(taskId: Bytes32, step: "ack" | "precommit" | "commit" | "expire"): Promise<void> {
    const { chain, self, log } = this.#parts;
    if (step === "ack") await chain.ack(taskId);
    else if (step === "expire") await chain.expire(taskId);
    else {
      const bound = await this.#bind(taskId);
      if (bound === undefined) return;
      const hash = precommitHash({ ...chain.domain, taskId, miner: self, ...bound });
      await (step === "precommit" ? chain.precommit({ taskId, hash }) : chain.commit({ taskId, ...bound }));
    }
    log.info("A seat's step is on chain", { taskId, step });
  }

  /** The result, and the salt that hides it: on the disk before anything of it leaves. */
  async #bind(taskId: Bytes32): Promise<{ readonly salt: Bytes32; readonly resultHash: Bytes32 } | undefined> {
    const { book, randomBytes32 } = this.#parts;
    const entry = book.find(taskId);
    if (entry?.bound !== undefined) return entry.bound;
    const answer = book.findAnswer(taskId);
    if (entry === undefined || answer === undefined) return undefined;
    const bound = { salt: randomBytes32(), resultHash: hashResult(answer.result) };
    await book.put(taskId, { ...entry, bound });
    return bound;
  }
}
