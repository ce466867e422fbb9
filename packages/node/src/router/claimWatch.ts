import type { Books } from "@cortensor/books";
import type { ListedClaim } from "@cortensor/chain";
import {
  type Address,
  type CreditNote,
  findSplits,
  hashCreditNote,
  netWei,
  type PaidSegment,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { LeafBatcher } from "../host/index.js";
import type { RouterMetrics } from "./metrics.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";

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

/**
 * Answers claims on the operator's bond from its books: a segment that a receipt pays is shown under a note that counts it. A claim on a
 * note is answered by settling; one on a segment that was never receipted can't be answered, and is paid.
 */
export class ClaimWatch {
  readonly #parts: ClaimWatchParts;
  readonly #open = new Map<string, ListedClaim>();
  #fromBlock: bigint;

  constructor(parts: ClaimWatchParts) {
    this.#parts = parts;
    this.#fromBlock = parts.chain.profile.deployBlock;
  }

  /** Looks for new claims, and answers those that can be. What fails is tried again in the next round. */
  async round(): Promise<void> {
    const { chain, log } = this.#parts;
    const { blockNumber, timestamp } = await chain.readHead();
    for (const claim of await chain.listClaims(this.#fromBlock)) {
      const isNew = !this.#open.has(claim.id);
      const isOver = claim.isClosed || claim.isAnswered || claim.finaliseAt <= timestamp;
      if (isOver) this.#open.delete(claim.id);
      else this.#open.set(claim.id, claim);
      if (!isNew || isOver) continue;
      const { id, kind, payee, dueWei, finaliseAt } = claim;
      log.warn("A claim on the operator's bond", { id, kind, payee, dueWei: dueWei.toString(), finaliseAt });
    }
    const again = blockNumber - AGAIN_BLOCKS;
    if (again > this.#fromBlock) this.#fromBlock = again;
    for (const claim of this.#open.values()) {
      if (claim.finaliseAt <= timestamp) this.#open.delete(claim.id);
      else if (claim.kind !== "note") await this.#answer(claim);
    }
  }

  async #answer(claim: ListedClaim): Promise<void> {
    const { chain, metrics, log } = this.#parts;
    const { id } = claim;
    const paid = await this.#paidSegment(claim);
    const shown = paid && (await this.#show(claim.payee, paid));
    if (paid === undefined || shown === undefined || paid.netWei < claim.dueWei) {
      log.error("A claim can't be answered: nothing in the books pays it", { id, payee: claim.payee });
      metrics.claims.add({ outcome: "unanswerable" });
      this.#open.delete(id);
      return;
    }
    await chain.answerClaim({ id, paid, ...shown });
    log.info("Claim answered", { id, payee: claim.payee });
    metrics.claims.add({ outcome: "answered" });
    this.#open.delete(id);
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
