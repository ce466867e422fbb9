import { type Books, type CutReceipt, PAGE_ROWS_MAX, type SessionCredit } from "@cortensor/books";
import { type Bytes32, NO_SERVICE, serviceCreditWei, serviceLevelOf, splitsOf } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { chooseRefunds, type Judgement, judgeService } from "./judgeService.js";
import type { RouterMetrics } from "./metrics.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";
import type { ServiceMeter } from "./serviceMeter.js";
import type { SessionBook } from "./sessionBook.js";

/** Credits given in one round: each is a transaction or two. */
const GIVEN_AT_ONCE = 16;

export type CreditDeskParts = {
  readonly books: Books;
  readonly chain: Pick<RouterChain, "profile" | "readHead" | "readSessionCredit" | "creditSession">;
  readonly sessions: Pick<SessionBook, "find">;
  readonly service: ServiceMeter;
  /** Names this process among the operator's: 32 random bytes. */
  readonly meter: Bytes32;
  readonly time: Pick<ChainTime, "chainSeconds">;
  /** Most wei of cut tasks' fees that are given back in one epoch, over all sessions. */
  readonly refundsMaxWei: bigint;
  readonly finalityBlocks: number;
  readonly metrics: Pick<RouterMetrics, "sessionCredits">;
  readonly log: Logger;
};

/**
 * Gives sessions back what they are owed, without their asking: a part of the fees of epochs in which their level's promise was missed, and
 * the fees of tasks that were cut. Judged half an epoch after its end, booked once, and given on chain once, whatever crashes in between.
 */
export class CreditDesk {
  readonly #parts: CreditDeskParts;
  #refundedEpoch = -1;

  constructor(parts: CreditDeskParts) {
    this.#parts = parts;
  }

  /** Keeps what was counted, judges what is over, and gives what is owed. */
  async round(): Promise<void> {
    await this.keep();
    const beforeEpoch = this.#beforeEpoch();
    await this.#judge(beforeEpoch);
    await this.#refund(beforeEpoch);
    await this.#give();
  }

  /** Makes durable what was counted since the last time. */
  async keep(): Promise<void> {
    const { books, service, meter } = this.#parts;
    const rows = service.takeChanged();
    try {
      for (let from = 0; from < rows.length; from += PAGE_ROWS_MAX) {
        await books.keepService(meter, rows.slice(from, from + PAGE_ROWS_MAX));
      }
    } catch (error) {
      service.again(rows);
      throw error;
    }
  }

  /** Epochs below it ended at least half an epoch ago: their tasks have ended, and the operator's other routers have told of them. */
  #beforeEpoch(): number {
    const { time, chain } = this.#parts;
    const { t0, epochSeconds } = chain.profile;
    return Math.floor((time.chainSeconds() - t0 - epochSeconds / 2) / epochSeconds);
  }

  async #judge(beforeEpoch: number): Promise<void> {
    const rows = await this.#parts.books.unjudgedService(beforeEpoch, PAGE_ROWS_MAX);
    for (const judgement of judgeService(rows, beforeEpoch)) await this.#book(judgement);
  }

  async #book({ account, sla, fromEpoch, epoch, figures, verdict }: Judgement): Promise<void> {
    const { books, log } = this.#parts;
    const wei = verdict.kind === "missed" ? await this.#creditWei({ account, sla, fromEpoch, epoch }) : 0n;
    const state = wei > 0n ? "owed" : "none";
    const credit = { account, reason: "sla", fromEpoch, epoch, wei, state, sla, figures } as const;
    const isNew = await books.bookSessionCredit(credit, []);
    if (!isNew || verdict.kind !== "missed") return;
    log.warn("A session was served below its level", { account, sla, epoch, ...figures, wei: wei.toString() });
  }

  /** Of the operator's own session there is nobody to give anything to. */
  async #creditWei(span: {
    readonly account: number;
    readonly sla: number;
    readonly fromEpoch: number;
    readonly epoch: number;
  }): Promise<bigint> {
    const session = await this.#parts.sessions.find(span.account);
    const level = serviceLevelOf(span.sla);
    if (session === undefined || session.custody === "custodial" || level === undefined) return 0n;
    const { routerBps } = splitsOf({ sessionClass: session.sessionClass, hasModelOwner: false });
    return serviceCreditWei({ feesWei: await this.#parts.books.feesOf(span), level, routerBps });
  }

  /** Once for each epoch: what doesn't fit into one waits for the next. */
  async #refund(beforeEpoch: number): Promise<void> {
    const { books, refundsMaxWei } = this.#parts;
    if (beforeEpoch - 1 <= this.#refundedEpoch) return;
    const cut = await books.cutReceipts(beforeEpoch, PAGE_ROWS_MAX);
    for (const [account, receipts] of chooseRefunds(cut, refundsMaxWei)) {
      await this.#bookRefund(account, { receipts, epoch: beforeEpoch - 1 });
    }
    this.#refundedEpoch = beforeEpoch - 1;
  }

  /** Of the operator's own session its API keys alone are given something back, in the books. */
  async #bookRefund(
    account: number,
    { receipts, epoch }: { readonly receipts: readonly CutReceipt[]; readonly epoch: number },
  ): Promise<void> {
    const { books, sessions, log } = this.#parts;
    const wei = receipts.reduce((sum, { feeWei }) => sum + feeWei, 0n);
    const fromEpoch = Math.min(epoch, ...receipts.map((receipt) => receipt.epoch));
    const session = await sessions.find(account);
    const state = session?.custody === "custodial" ? "given" : "owed";
    const credit = { account, reason: "cut", fromEpoch, epoch, wei, state, sla: 0, figures: NO_SERVICE } as const;
    const taskIds = receipts.map(({ taskId }) => taskId);
    if (!(await books.bookSessionCredit(credit, taskIds))) return;
    log.info("Cut tasks are given back", { account, epoch, tasks: taskIds.length, wei: wei.toString() });
  }

  async #give(): Promise<void> {
    const { books, chain, finalityBlocks, metrics, log } = this.#parts;
    const owed = await books.owedSessionCredits(GIVEN_AT_ONCE);
    if (owed.length === 0) return;
    const { blockNumber: head } = await chain.readHead();
    for (const credit of owed) {
      try {
        await this.#giveOne(credit, head - BigInt(finalityBlocks));
      } catch (error) {
        const { account, epoch, reason, wei } = credit;
        metrics.sessionCredits.add({ outcome: "failed" });
        log.error(
          "A session's credit could not be given; it is tried again",
          { account, epoch, reason, wei: wei.toString() },
          error,
        );
      }
    }
  }

  /** The chain itself says whether it was given: at its final block for good, at its latest for now. */
  async #giveOne(credit: SessionCredit, finalBlock: bigint): Promise<void> {
    const { books, chain, metrics, log } = this.#parts;
    const { account, epoch, reason, wei } = credit;
    const key = { account, epoch, reason };
    if (finalBlock > chain.profile.deployBlock) {
      if ((await chain.readSessionCredit({ ...key, blockNumber: finalBlock })) > 0n) {
        await books.markSessionCredit(key, { state: "given" });
        metrics.sessionCredits.add({ outcome: "final" });
        return;
      }
    }
    if ((await chain.readSessionCredit(key)) > 0n) return;
    const { txHash } = await chain.creditSession({ ...key, wei });
    await books.markSessionCredit(key, { state: "owed", txHash });
    metrics.sessionCredits.add({ outcome: "given" });
    log.info("Credit given to a session", { account, epoch, reason, wei: wei.toString(), txHash });
  }
}
