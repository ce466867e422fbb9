import type { Books } from "@cortensor/books";
import {
  type Address,
  type BatchProof,
  type Bytes32,
  bytes32Field,
  hasCode,
  hashReceipt,
  type ProofLabel,
  type ProvenCheckpoint,
  type SealingLabel,
} from "@cortensor/protocol";
import { backoffMs, type Clock, type Logger } from "@cortensor/runtime";
import { z } from "zod";
import type { LeafBatcher } from "../host/index.js";
import type { BuiltReceipt } from "./buildReceipt.js";
import type { RouterMetrics } from "./metrics.js";

/** Receipts written by one call: a few batches' worth, so that one slow write doesn't hold back the next for long. */
const WRITE_MAX = 4_096;
const RETRY_BASE_MS = 100;
const RETRY_CAP_MS = 2_000;

const uncovered = z.object({ taskIds: z.array(bytes32Field) });

export type IssuedReceipt = BuiltReceipt & {
  /** The API key that the task was held under. */
  readonly keyHash?: Bytes32;
  /** What the answer may be called. */
  readonly label?: ProofLabel;
  /** Of a sealed task: who could read it. */
  readonly sealing?: SealingLabel;
  /** A word of the router's on the same task that this one contains: not signed any more if it still waits. */
  readonly supersedes?: string;
  /** What miners that were given up have signed: asked when this is signed, for their last batches come meanwhile. */
  readonly checkpoints?: () => readonly ProvenCheckpoint[];
  /** Made of what a miner offered again: who ran the task is gone, with what it knew. */
  readonly isReoffered?: true;
};

/** The miner whose batch notice has a receipt's leaf: the first that it pays. */
export function noticedBy({ payees }: Pick<IssuedReceipt, "payees">): Address | undefined {
  return payees[0]?.miner;
}

export type ReceiptDeskParts = {
  readonly batcher: Pick<LeafBatcher, "add">;
  readonly books: Pick<Books, "putReceipts">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: RouterMetrics;
  /** What must be on disk before they are. Rejects as a write would. */
  readonly beforeWrite?: (receipts: readonly AcknowledgedReceipt[]) => Promise<void>;
  /** Receipts are signed and durable: their payees and watchers may know. */
  readonly onAcknowledged: (receipts: readonly AcknowledgedReceipt[]) => void;
};

export type SignedReceipt = Omit<IssuedReceipt, "checkpoints"> & {
  readonly proof: BatchProof;
  readonly checkpoints: readonly ProvenCheckpoint[];
};
export type AcknowledgedReceipt = SignedReceipt & { readonly createdAtMs: number };

/**
 * Takes finished tasks' receipts from memory to a signed batch to the database, many at a time. Never drops one: while the
 * database is away they wait, and `pending` tells admission when to stop.
 */
export class ReceiptDesk {
  readonly #parts: ReceiptDeskParts;
  readonly #stop = new AbortController();
  /** Tasks whose receipts aren't durable yet. */
  readonly #tasks = new Set<Bytes32>();
  #signed: AcknowledgedReceipt[] = [];
  #writing: Promise<void> | undefined;
  #isStoreDown = false;

  constructor(parts: ReceiptDeskParts) {
    this.#parts = parts;
  }

  /** Receipts that aren't durable yet. */
  get pending(): number {
    return this.#tasks.size;
  }

  has(taskId: Bytes32): boolean {
    return this.#tasks.has(taskId);
  }

  get isStoreDown(): boolean {
    return this.#isStoreDown;
  }

  issue(issued: IssuedReceipt): void {
    const createdAtMs = this.#parts.clock.nowMs();
    const { supersedes: key } = issued;
    const peer = noticedBy(issued);
    this.#tasks.add(issued.receipt.taskId);
    this.#parts.batcher.add({
      structHash: hashReceipt(issued.receipt),
      ...(key === undefined ? {} : { key }),
      ...(peer === undefined ? {} : { peer }),
      onProof: (proof) => {
        this.#signed.push({ ...issued, checkpoints: issued.checkpoints?.() ?? [], proof, createdAtMs });
        this.#write();
      },
    });
  }

  /** Resolves when everything that was signed is durable; with the signal's abort, when the last try has ended. */
  async drain(signal: AbortSignal): Promise<void> {
    const stop = () => this.#stop.abort();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    await this.#writing;
    signal.removeEventListener("abort", stop);
  }

  #write(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // One turn later all receipts of a batch stand in the list, and one call takes them.
    await Promise.resolve();
    let failures = 0;
    while (this.#signed.length > 0 && !this.#stop.signal.aborted) {
      const part = this.#signed.slice(0, WRITE_MAX);
      try {
        const missing = await this.#put(part);
        failures = 0;
        this.#isStoreDown = false;
        this.#signed = this.#signed.slice(part.length);
        this.#acknowledge(part, missing);
      } catch (error) {
        failures += 1;
        this.#isStoreDown = true;
        this.#parts.metrics.storeFailures.add({});
        this.#parts.log.warn("Receipts could not be written; trying again", { receipts: part.length }, error);
        await this.#pause(failures);
      }
    }
  }

  /** Receipts whose account can't cover them: the books leave those out, and a person must look. */
  async #put(part: readonly AcknowledgedReceipt[]): Promise<ReadonlySet<Bytes32>> {
    try {
      await this.#parts.beforeWrite?.(part);
      await this.#parts.books.putReceipts(part);
      return new Set();
    } catch (error) {
      if (!hasCode(error, "BOOKS_RECEIPTS_UNCOVERED")) throw error;
      const { taskIds } = uncovered.parse(error.data);
      this.#parts.log.error("Receipts are not covered by their accounts", { taskIds });
      return new Set(taskIds);
    }
  }

  #acknowledge(part: readonly AcknowledgedReceipt[], missing: ReadonlySet<Bytes32>): void {
    const { clock, metrics, onAcknowledged } = this.#parts;
    const nowMs = clock.nowMs();
    for (const { receipt } of part) this.#tasks.delete(receipt.taskId);
    const durable = missing.size === 0 ? part : part.filter(({ receipt }) => !missing.has(receipt.taskId));
    metrics.receipts.add({}, durable.length);
    for (const { createdAtMs } of durable) metrics.receiptSeconds.observe({}, (nowMs - createdAtMs) / 1_000);
    onAcknowledged(durable);
  }

  async #pause(failures: number): Promise<void> {
    const { clock, random } = this.#parts;
    const ms = RETRY_BASE_MS + backoffMs({ baseMs: RETRY_BASE_MS, capMs: RETRY_CAP_MS, random }, failures);
    try {
      await clock.sleep(ms, this.#stop.signal);
    } catch (reason) {
      this.#parts.log.debug("Stopped waiting for the database", {}, reason);
    }
  }
}
