import type { Books } from "@cortensor/books";
import type { SinkDraft, SinkTaskDraft } from "@cortensor/data";
import type { Bytes32, ReceiptDocument } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { findDocument } from "../findDocument.js";
import type { AcknowledgedReceipt } from "../receiptDesk.js";
import type { SinkBook } from "./sinkBook.js";
import {
  APPENDS_MAX,
  DRAFT_MS_MAX,
  DRAFTS_AT_ONCE,
  KEEP_CHARS_MAX,
  RECONCILE_MS,
  SESSIONS_AT_ONCE,
} from "./sinkLimits.js";
import type { SinkParts } from "./sinkParts.js";
import { type Asked, TaskCapture } from "./taskCapture.js";

/** A record that has its receipt, and is to be appended. */
type Due = { readonly draft: SinkTaskDraft; readonly receipt: ReceiptDocument };

export type SinkRecorderParts = {
  readonly sinks: Pick<SinkParts, "store" | "outbox">;
  readonly book: Pick<SinkBook, "sessionOf" | "wake">;
  readonly books: Pick<Books, "findReceipt">;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Logger;
  /** Records on their way into the outbox at which there is no more room. */
  readonly appendsMax?: number;
};

/**
 * Takes what tasks asked and answered from memory into the outbox of their session. What always holds: a draft is on disk before its
 * task's receipt is, so a router that dies between any two steps appends it when it is back; a record is appended only once its receipt is
 * durable, in the order of receipts; no answer waits for any of it.
 */
export class SinkRecorder {
  readonly #parts: SinkRecorderParts;
  readonly #captures = new Map<Bytes32, TaskCapture>();
  readonly #due = new Map<Bytes32, Due[]>();
  readonly #keeping = new Set<Promise<void>>();
  #appends = 0;
  #working: Promise<void> | undefined;
  #reconciledAtMs = 0;

  constructor(parts: SinkRecorderParts) {
    this.#parts = parts;
  }

  /** Whether as much is on its way into the outbox as may be. */
  get isFull(): boolean {
    return this.#appends >= (this.#parts.appendsMax ?? APPENDS_MAX);
  }

  /** Begins to listen to a task of an account; undefined when it has no sink. */
  capture(account: number, model: string, asked: Asked): TaskCapture | undefined {
    const session = this.#parts.book.sessionOf(account);
    if (session === undefined) return undefined;
    return new TaskCapture({
      ...{ session, model, asked, askedAtMs: this.#parts.clock.nowMs() },
      onBound: (taskId, capture) => this.#captures.set(taskId, capture),
      onDropped: (taskId) => this.drop(taskId),
    });
  }

  /** A task ended without a receipt. */
  drop(taskId: Bytes32): void {
    this.#captures.delete(taskId);
  }

  /** A task's receipt is left to another process: what was said goes to disk now. */
  leave(taskId: Bytes32): void {
    const draft = this.#captures.get(taskId)?.draft(taskId, this.#parts.clock.nowMs());
    if (draft === undefined) return;
    this.#captures.delete(taskId);
    const keeping = this.#parts.sinks.store
      .keep([draft])
      .catch((error: unknown) => this.#parts.log.warn("A task's texts could not be kept", { taskId }, error))
      .finally(() => this.#keeping.delete(keeping));
    this.#keeping.add(keeping);
  }

  /** Before receipts are written. Rejects while the database is away. */
  async keep(receipts: readonly Pick<AcknowledgedReceipt, "receipt" | "isReoffered">[]): Promise<void> {
    let some: SinkTaskDraft[] = [];
    let chars = 0;
    for (const receipt of receipts) {
      const draft = this.#draftFor(receipt);
      if (draft === undefined) continue;
      some.push(draft);
      chars += draft.content.kind === "whole" ? draft.content.prompt.length + draft.content.result.length : 0;
      if (chars < KEEP_CHARS_MAX) continue;
      await this.#parts.sinks.store.keep(some);
      [some, chars] = [[], 0];
    }
    if (some.length > 0) await this.#parts.sinks.store.keep(some);
  }

  /** Receipts are durable: their records may be appended. Nothing here waits. */
  acknowledged(receipts: readonly AcknowledgedReceipt[]): void {
    let hasForeign = false;
    for (const one of receipts) {
      const { taskId } = one.receipt;
      const draft = this.#captures.get(taskId)?.draft(taskId, this.#parts.clock.nowMs());
      if (draft !== undefined) this.#owe({ draft, receipt: documentOf(one) });
      // Another process, or this one before it died, may have kept what was said.
      else if (one.isReoffered === true) hasForeign = true;
      this.#captures.delete(taskId);
    }
    if (hasForeign) this.#reconciledAtMs = 0;
    this.#work();
  }

  /** Appends what is owed, tries again what failed, and looks at drafts whose receipt came by another way. */
  async round(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    if (nowMs - this.#reconciledAtMs >= RECONCILE_MS) {
      this.#reconciledAtMs = nowMs;
      await this.#reconcile(nowMs);
    }
    this.#work();
    await this.#working;
  }

  /** Resolves when what is owed is appended, or can't be now. */
  async drain(): Promise<void> {
    await Promise.all(this.#keeping);
    await this.#working;
  }

  #draftFor({ receipt, isReoffered }: Pick<AcknowledgedReceipt, "receipt" | "isReoffered">): SinkTaskDraft | undefined {
    const { taskId, account } = receipt;
    const nowMs = this.#parts.clock.nowMs();
    const captured = this.#captures.get(taskId)?.draft(taskId, nowMs);
    if (captured !== undefined || isReoffered !== true) return captured;
    const session = this.#parts.book.sessionOf(account);
    if (session === undefined) return undefined;
    const times = { askedAtMs: nowMs, answeredAtMs: nowMs, keptAtMs: nowMs };
    return { taskId, session, model: "", content: { kind: "lost" }, ...times };
  }

  #owe(due: Due): void {
    const { session } = due.draft;
    const known = this.#due.get(session);
    if (known === undefined) this.#due.set(session, [due]);
    else known.push(due);
    this.#appends += 1;
  }

  async #reconcile(nowMs: number): Promise<void> {
    const { store } = this.#parts.sinks;
    const owed = new Set([...this.#due.values()].flat().map(({ draft }) => draft.taskId));
    for (const draft of await store.draftsBefore(nowMs + 1, DRAFTS_AT_ONCE)) {
      const { taskId, keptAtMs } = draft;
      if (owed.has(taskId) || this.#captures.has(taskId)) continue;
      const receipt = await findDocument(this.#parts.books, taskId);
      if (receipt !== undefined) this.#owe({ draft, receipt });
      else if (nowMs - keptAtMs > DRAFT_MS_MAX) await store.drop([taskId]);
    }
  }

  #work(): void {
    if (this.#due.size === 0) return;
    this.#working ??= this.#appendAll()
      .catch((error: unknown) => this.#parts.log.warn("Records could not be appended; trying again", {}, error))
      .finally(() => {
        this.#working = undefined;
      });
  }

  /** Each session's in order, some sessions' at once. */
  async #appendAll(): Promise<void> {
    while (this.#due.size > 0) {
      const sessions = [...this.#due.keys()].slice(0, SESSIONS_AT_ONCE);
      const ends = await Promise.allSettled(sessions.map((session) => this.#appendNext(session)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    }
  }

  async #appendNext(session: Bytes32): Promise<void> {
    const waiting = this.#due.get(session);
    const next = waiting?.[0];
    if (waiting === undefined || next === undefined) {
      this.#due.delete(session);
      return;
    }
    await this.#append(next);
    waiting.shift();
    this.#appends -= 1;
    // To the end of the line, behind the other sessions.
    this.#due.delete(session);
    if (waiting.length > 0) this.#due.set(session, waiting);
  }

  async #append({ draft, receipt }: Due): Promise<void> {
    const { sinks, book, log } = this.#parts;
    const { taskId, session } = draft;
    if (book.sessionOf(receipt.receipt.account) === session) {
      const outcome = await sinks.outbox.append(recordOf(draft, receipt));
      // Its draft stays, and is tried again with those that other processes left.
      if (outcome.kind === "full") return log.warn("An outbox has no room left for a task that had begun", { taskId });
      book.wake(session);
    }
    await sinks.store.drop([taskId]);
  }
}

function documentOf({
  receipt,
  payees,
  results,
  proof,
  createdAtMs,
  label,
  sealing,
}: AcknowledgedReceipt): ReceiptDocument {
  const document = { receipt, payees, results, proof, custody: receipt.custody, acknowledgedAtMs: createdAtMs };
  return { ...document, ...(label === undefined ? {} : { label }), ...(sealing === undefined ? {} : { sealing }) };
}

function recordOf({ keptAtMs: _keptAtMs, ...draft }: SinkTaskDraft, receipt: ReceiptDocument): SinkDraft {
  const { nIn: promptTokens, nOut: completionTokens, feeWei } = receipt.receipt;
  return { ...draft, usage: { promptTokens, completionTokens, feeWei }, receipt };
}
