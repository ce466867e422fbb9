import type { Books } from "@cortensor/books";
import type { ListedClaim } from "@cortensor/chain";
import {
  type Address,
  type CreditNote,
  findSplits,
  hashCreditNote,
  netWei,
  type PaidSegment,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { LeafBatcher } from "../host/index.js";
import type { RouterMetrics } from "./metrics.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";

/** A claim that ends this soon may not be answered in time: whatever it stands on is left to it. In chain seconds. */
const ANSWER_SECONDS = 600;
/** Claims opened in the last blocks are looked for again: a reorganisation may have moved them. */
const AGAIN_BLOCKS = 12n;

export type ClaimWatchParts = {
  readonly operator: Address;
  readonly chain: Pick<RouterChain, "profile" | "readHead" | "listClaims" | "answerClaim">;
  readonly books: Pick<Books, "findReceipt" | "payeeStatus" | "provePaidSegment">;
  readonly batcher: Pick<LeafBatcher, "prove">;
  readonly time: Pick<ChainTime, "epoch">;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
};

/** A miner's part of a task, as claims and receipts name it. */
export type ClaimedSegment = Pick<ListedClaim, "taskId" | "replica" | "segment" | "payee">;

/**
 * Answers claims on the operator's bond from its books: a segment that a receipt pays is shown under a note that counts it. A claim on a
 * note is answered by settling; one on a segment that was never receipted can't be answered, and is paid. What a claim pays, no receipt
 * may pay again: this knows which segments those are.
 */
export class ClaimWatch {
  readonly #parts: ClaimWatchParts;
  readonly #open = new Map<string, ListedClaim>();
  /** Those of them that nothing in the books pays, as far as was seen. */
  readonly #unanswerable = new Set<string>();
  /** When each unanswered claim on a segment may be finalised. Each cost its payee a deposit: there are few. */
  readonly #finaliseAt = new Map<string, UnixSeconds>();
  #hasScanned = false;
  #fromBlock: bigint;

  constructor(parts: ClaimWatchParts) {
    this.#parts = parts;
    this.#fromBlock = parts.chain.profile.deployBlock;
  }

  /** Looks for new claims, and answers those that can be. What fails is tried again in the next round. */
  async round(): Promise<void> {
    const { chain } = this.#parts;
    const { blockNumber, timestamp } = await chain.readHead();
    for (const claim of await chain.listClaims(this.#fromBlock)) this.#note(claim, timestamp);
    const again = blockNumber - AGAIN_BLOCKS;
    if (again > this.#fromBlock) this.#fromBlock = again;
    this.#hasScanned = true;
    for (const claim of this.#open.values()) {
      if (claim.finaliseAt <= timestamp) this.#forget(claim);
      else if (claim.kind !== "note") await this.#tryToAnswer(claim);
    }
  }

  /**
   * Whether a claim has paid this segment, or will before it can be answered: then a receipt would pay it twice. Undefined until the
   * first look at the chain has told.
   */
  isLeftToClaim(segment: ClaimedSegment, nowSeconds: UnixSeconds): boolean | undefined {
    if (!this.#hasScanned) return undefined;
    const finaliseAt = this.#finaliseAt.get(nameOf(segment));
    return finaliseAt !== undefined && finaliseAt - ANSWER_SECONDS <= nowSeconds;
  }

  #note(claim: ListedClaim, timestamp: UnixSeconds): void {
    const { id, kind, payee, dueWei, finaliseAt, isAnswered, isClosed } = claim;
    if (isAnswered) this.#finaliseAt.delete(nameOf(claim));
    else if (kind !== "note") this.#finaliseAt.set(nameOf(claim), finaliseAt);
    if (isClosed || isAnswered || finaliseAt <= timestamp) {
      this.#forget(claim);
      return;
    }
    const isNew = !this.#open.has(id);
    this.#open.set(id, claim);
    if (!isNew) return;
    const data = { id, kind, payee, dueWei: dueWei.toString(), finaliseAt };
    this.#parts.log.warn("A claim on the operator's bond", data);
  }

  #forget({ id }: ListedClaim): void {
    this.#open.delete(id);
    this.#unanswerable.delete(id);
  }

  /** One claim whose answer fails keeps no other from its own. */
  async #tryToAnswer(claim: ListedClaim): Promise<void> {
    try {
      await this.#answer(claim);
    } catch (error) {
      this.#parts.log.error("A claim could not be answered; it is tried again", { id: claim.id }, error);
      this.#parts.metrics.claims.add({ outcome: "failed" });
    }
  }

  async #answer(claim: ListedClaim): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    const { id } = claim;
    const paid = await this.#paidSegment(claim);
    const shown = paid && (await this.#show(claim.payee, paid));
    if (paid === undefined || shown === undefined || paid.netWei < claim.dueWei) {
      if (this.#unanswerable.has(id)) return;
      log.error("A claim can't be answered: nothing in the books pays it", { id, payee: claim.payee });
      metrics.claims.add({ outcome: "unanswerable" });
      // Its miner may still offer the result: then a receipt pays it, and must be shown.
      this.#unanswerable.add(id);
      return;
    }
    await chain.answerClaim({ id, paid, ...shown });
    log.info("Claim answered", { id, payee: claim.payee });
    metrics.claims.add({ outcome: "answered" });
    this.#finaliseAt.delete(nameOf(claim));
    this.#forget(claim);
  }

  /** What the books' receipt pays for the claimed segment. */
  async #paidSegment({ taskId, replica, segment, payee }: ListedClaim): Promise<PaidSegment | undefined> {
    const booked = await this.#parts.books.findReceipt(taskId);
    const entry = booked?.payees.find(
      (one) => one.miner === payee && one.replica === replica && one.segment === segment,
    );
    const splits = booked && findSplits(booked.receipt.splitsHash);
    return entry && splits && { taskId, replica, segment, netWei: netWei(entry.wei, splits) };
  }

  /** The payee's note as the books have it now, signed, and the segment's path under it. */
  async #show(payee: Address, segment: PaidSegment) {
    const { operator, books, batcher, time } = this.#parts;
    const [status] = await books.payeeStatus([payee]);
    if (status === undefined) return undefined;
    const { cumulativeWei, count, receiptsRoot } = status;
    const proof = await books.provePaidSegment({ payee, count, segment });
    if (proof === undefined) return undefined;
    const note: CreditNote = { operator, payee, cumulativeWei, receiptsRoot, count, epoch: time.epoch() };
    const signed = await batcher.prove({ structHash: hashCreditNote(note) });
    return { proven: { note, proof: signed }, path: proof.path };
  }
}

function nameOf({ payee, taskId, replica, segment }: ClaimedSegment): string {
  return `${payee}.${taskId}.${replica}.${segment}`;
}
