import {
  type Address,
  type BatchProof,
  type Bytes32,
  hashAcknowledgement,
  hashAssignment,
  hashReceipt,
  hashResult,
  leafHash,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type {
  AuthorisedPeer,
  BatchNotice,
  Link,
  NoteNotice,
  ReceiptNotice,
  ReceiptsNotice,
  UnpaidNotice,
} from "@cortensor/wire";
import { type BatchVerifier, type LeafBatcher, ProofShelf } from "../host/index.js";
import type { MinerMetrics } from "./metrics.js";
import type { NoteBook } from "./noteBook.js";
import type { Outbox } from "./outbox.js";
import type { OutboxEntry } from "./outboxEntry.js";
import { verifyNote } from "./verifyNote.js";
import { verifyReceipt } from "./verifyReceipt.js";

/** A result without a receipt is offered again this long after it was stored or last offered. */
export const REOFFER_AFTER_MS = 30_000;
/** Evidence of a disputed result is kept this long: enough to claim against the router's bond. */
export const DISPUTE_KEPT_MS = 14 * 24 * 60 * 60 * 1000;

/** Leaves kept: those of half a minute at a thousand tasks a second. What is older stands in the outbox by then, or was paid. */
const SHELVED_LEAVES_MAX = 65_536;

export type ReceiptDeskParts = {
  readonly self: Address;
  readonly outbox: Outbox;
  readonly notes: NoteBook;
  readonly verifier: BatchVerifier;
  readonly batcher: LeafBatcher;
  readonly metrics: MinerMetrics;
  readonly clock: Clock;
  readonly log: Logger;
};

/** How the struct of a notice is proved: whether it is, and by what. */
type Proving = {
  readonly isProven: (structHash: Bytes32) => boolean;
  readonly proofOf: (structHash: Bytes32) => BatchProof | undefined;
};

/** Everything about results that are not yet paid: receipts, refusals to pay, proofs, and offering again. */
export class ReceiptDesk {
  readonly #parts: ReceiptDeskParts;
  readonly #shelf = new ProofShelf(SHELVED_LEAVES_MAX);
  readonly #offeredAtMs = new WeakMap<OutboxEntry, number>();

  constructor(parts: ReceiptDeskParts) {
    this.#parts = parts;
  }

  /** Keeps what a router has signed about tasks of this miner. */
  onBatch(notice: BatchNotice, router: AuthorisedPeer): void {
    const { verifier, log } = this.#parts;
    const isGood = verifier.isSigned(notice.signed, router.address) && this.#shelf.put(notice);
    if (!isGood) log.warn("A router's batch is not what it signed", { router: router.address });
  }

  /** Lets go of each result that a receipt with a proof of its own pays. */
  onReceipt(notice: ReceiptNotice, router: AuthorisedPeer): Promise<void> {
    const { verifier } = this.#parts;
    const isProven = (structHash: Bytes32) => verifier.isProven(structHash, notice.proof, router.address);
    return this.#take(notice, router, { isProven, proofOf: () => notice.proof });
  }

  /** The same for receipts whose leaves came with a batch. */
  async onReceipts({ receipts }: ReceiptsNotice, router: AuthorisedPeer): Promise<void> {
    const isProven = (structHash: Bytes32) => this.#shelf.signerOf(leafHash(structHash)) === router.address;
    const proofOf = (structHash: Bytes32) => this.#shelf.find(leafHash(structHash));
    await Promise.all(receipts.map((receipt) => this.#take(receipt, router, { isProven, proofOf })));
  }

  /** Keeps what an operator promises in all, when it is more than before. */
  async onNote(notice: NoteNotice, router: AuthorisedPeer): Promise<void> {
    const { self, notes, verifier, metrics, log } = this.#parts;
    const { note, proof } = notice;
    const { operator } = note;
    const verdict = verifyNote({
      note,
      self,
      router,
      known: notes.noteOf(operator)?.note,
      receivedWei: notes.receivedWei(operator),
      isProven: (structHash) => verifier.isProven(structHash, proof, router.address),
    });
    metrics.notes.add({ verdict: verdict.kind });
    if (verdict.kind === "refused") {
      log.warn("Credit note refused", { operator, reason: verdict.reason, router: router.address });
    } else if (verdict.kind !== "older") {
      await notes.addNote(notice);
    }
  }

  /** What a receipt doesn't pay stays, and is counted. */
  async #take(
    paid: Omit<ReceiptNotice, "proof">,
    router: AuthorisedPeer,
    { isProven, proofOf }: Proving,
  ): Promise<void> {
    const { outbox, notes, metrics, log } = this.#parts;
    const { taskId } = paid.receipt;
    for (const entry of outbox.ofTask(taskId)) {
      const { result: name } = entry.reoffered;
      // The same receipt may have come twice, and the other have been faster.
      if (outbox.find(name) === undefined) continue;
      const verdict = verifyReceipt({ ...paid, entry, router, isProven });
      metrics.receipts.add({ verdict: verdict.kind });
      if (verdict.kind === "refused") {
        log.warn("Receipt refused", { taskId, reason: verdict.reason, router: router.address });
        if (verdict.reason === "underpaid" || verdict.reason === "unknownSplits")
          await this.#dispute(entry, router.address);
        continue;
      }
      if (verdict.kind === "short") log.warn("Receipt is short", { taskId, missingWei: verdict.missingWei });
      const proof = proofOf(hashReceipt(paid.receipt));
      if (proof === undefined) continue;
      // Both in one turn: after a crash the result is still here, or what its receipt promises is.
      const added = notes.addReceipt({ ...paid, proof }, { name, netWei: verdict.netWei });
      await Promise.all([added, outbox.remove(name)]);
    }
  }

  /** Keeps the evidence; the fee still counts against the operator. */
  async onUnpaid(notice: UnpaidNotice, router: AuthorisedPeer): Promise<void> {
    const { outbox, metrics, log } = this.#parts;
    const entry = outbox.find(notice);
    if (entry === undefined || entry.operator !== router.owner || entry.isDisputed) return;
    metrics.unpaid.add({});
    log.warn("A result will not be paid", { taskId: notice.taskId, reason: notice.code, router: router.address });
    await this.#dispute(entry, router.address);
  }

  async #dispute(entry: OutboxEntry, router: Address): Promise<void> {
    if (!entry.isDisputed) await this.#parts.outbox.put({ ...this.#withProofs(entry, router), isDisputed: true });
  }

  /** Offers an operator's open results to one of its routers, no faster than the link takes them. */
  async reoffer(link: Link, entries: readonly OutboxEntry[]): Promise<void> {
    const { batcher, clock } = this.#parts;
    for (const entry of entries) {
      if (entry.operator !== link.peer.owner || entry.isDisputed) continue;
      const proven = this.#withProofs(entry, link.peer.address);
      link.notify("reoffer", proven.reoffered);
      batcher.add({ structHash: hashResult(proven.reoffered.result), peer: link.peer.address });
      this.#offeredAtMs.set(entry, clock.nowMs());
      await link.drained();
    }
  }

  /**
   * Whether a router's signed word is here that this miner has a task, on the disk. True for a task without an open result: it was paid.
   */
  async isPromised(taskId: Bytes32): Promise<boolean> {
    const { outbox } = this.#parts;
    for (const entry of outbox.ofTask(taskId)) {
      const signer = this.#shelf.signerOf(leafHash(hashAssignment(entry.reoffered.assignment)));
      const proven = signer === undefined ? entry : this.#withProofs(entry, signer);
      if (proven.reoffered.assignmentProof === undefined) return false;
      if (proven !== entry) await outbox.put(proven);
    }
    return true;
  }

  /** Writes down the proofs that came, offers again what has waited long enough, and forgets old disputes. */
  async keepHouse(links: ReadonlyMap<Address, Link>): Promise<void> {
    const { outbox, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const due = outbox.entries().filter((entry) => this.#dueMs(entry) <= nowMs);
    for (const entry of due) {
      if (entry.isDisputed) {
        await outbox.remove(entry.reoffered.result);
        continue;
      }
      const link = [...links.values()].find(({ peer }) => peer.owner === entry.operator);
      if (link === undefined) continue;
      const proven = this.#withProofs(entry, link.peer.address);
      if (proven !== entry) await outbox.put(proven);
      await this.reoffer(link, [proven]);
    }
  }

  #dueMs(entry: OutboxEntry): number {
    if (entry.isDisputed) return entry.storedAtMs + DISPUTE_KEPT_MS;
    return (this.#offeredAtMs.get(entry) ?? entry.storedAtMs) + REOFFER_AFTER_MS;
  }

  /** The entry with the router's signed words about it, as far as they came and hold. The same entry when nothing is new. */
  #withProofs(entry: OutboxEntry, router: Address): OutboxEntry {
    const { reoffered, acknowledgement } = entry;
    const prove = (structHash: Bytes32) => {
      const leaf = leafHash(structHash);
      return this.#shelf.signerOf(leaf) === router ? this.#shelf.find(leaf) : undefined;
    };
    const assignmentProof = reoffered.assignmentProof ?? prove(hashAssignment(reoffered.assignment));
    const proof = acknowledgement === undefined ? undefined : prove(hashAcknowledgement(acknowledgement));
    const acknowledged = reoffered.acknowledged ?? (acknowledgement && proof ? { acknowledgement, proof } : undefined);
    if (assignmentProof === reoffered.assignmentProof && acknowledged === reoffered.acknowledged) return entry;
    return {
      ...entry,
      reoffered: {
        ...reoffered,
        ...(assignmentProof === undefined ? {} : { assignmentProof }),
        ...(acknowledged === undefined ? {} : { acknowledged }),
      },
    };
  }
}
