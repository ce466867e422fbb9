import { type Books, PAGE_ROWS_MAX } from "@cortensor/books";
import {
  type Address,
  type Bytes32,
  hashAcknowledgement,
  hashAssignment,
  hashResult,
  hashTask,
  type Payee,
  type Task,
} from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { ReofferedResult, UnpaidNotice } from "@cortensor/wire";
import type { BatchVerifier } from "../host/index.js";
import { buildReceipt } from "./buildReceipt.js";
import type { ClaimWatch } from "./claimWatch.js";
import { isNonceOf } from "./keyNonce.js";
import type { RouterMetrics } from "./metrics.js";
import type { MinerSeat } from "./minerSeat.js";
import { inOrderOf, type Proven, provenPayout } from "./provenPayout.js";
import type { QueueDesk } from "./queue/queueDesk.js";
import type { ReceiptDesk } from "./receiptDesk.js";
import type { ChainTime } from "./routerCore.js";
import type { SessionBook } from "./sessionBook.js";
import type { TaskTable } from "./taskTable.js";

/** Re-offers of one task are gathered this long: its receipt is unique, and should name every miner that comes back. */
export const GATHER_MS = 2_000;
/** Re-offered results looked at or gathered at once; more are offered again later by their miners. */
const REOFFERS_MAX = 4_096;

export type ReofferParts = {
  readonly operator: Address;
  readonly self: Address;
  readonly books: Pick<Books, "findReceipt" | "listKeys">;
  readonly sessions: SessionBook;
  readonly tasks: TaskTable;
  readonly desk: ReceiptDesk;
  readonly verifier: BatchVerifier;
  readonly claims: Pick<ClaimWatch, "isLeftToClaim">;
  /** What the chain says of a task that came by the session queue: the commit is the promise there. */
  readonly queue: Pick<QueueDesk, "standing"> | undefined;
  /** Who a router's signing address belongs to; undefined when it is no router. */
  readonly routerOwner: (signer: Address) => Promise<Address | undefined>;
  readonly time: ChainTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RouterMetrics;
  readonly signal: AbortSignal;
};

/** A proven segment, with the task that it is of. */
type Gathered = Proven & {
  readonly offered: ReofferedResult;
  /** By its miner's commit on chain: a whole answer. */
  readonly isCommitted: boolean;
};
type Verdict =
  | { readonly kind: "proven"; readonly proven: Gathered }
  | { readonly kind: "unpaid"; readonly code: string }
  /** Another router may still be running it, or the chain was not looked at yet. */
  | { readonly kind: "later" };

/**
 * Results whose receipt never came to their miners: sends the receipt there is, or makes one out of what the operator's routers
 * signed before a crash. A task never gets a second receipt.
 */
export class ReofferDesk {
  readonly #parts: ReofferParts;
  readonly #gathered = new Map<Bytes32, Gathered[]>();
  readonly #work = new Set<Promise<void>>();

  constructor(parts: ReofferParts) {
    this.#parts = parts;
  }

  /** Looks at a re-offered result. Never throws; what can't be answered now is offered again by its miner. */
  take(seat: MinerSeat, offered: ReofferedResult): void {
    const { log, metrics } = this.#parts;
    if (this.#work.size >= REOFFERS_MAX) {
      metrics.reoffers.add({ outcome: "full" });
      return;
    }
    const { taskId } = offered.result;
    const work = this.#answer(seat, offered)
      .catch((error: unknown) => log.warn("A re-offered result could not be looked at", { taskId }, error))
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async idle(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #answer(seat: MinerSeat, offered: ReofferedResult): Promise<void> {
    const { tasks, desk, books, metrics } = this.#parts;
    const { result } = offered;
    const { taskId } = result;
    // Its receipt is on the way, and goes to every miner that it pays.
    if (tasks.has(taskId) || desk.has(taskId)) return;
    const booked = await books.findReceipt(taskId);
    if (booked !== undefined) {
      const { receipt, payees, proof } = booked;
      metrics.reoffers.add({ outcome: "known" });
      if (payees.some((payee) => isPayeeOf(payee, offered))) seat.link.notify("receipt", { receipt, payees, proof });
      else seat.link.notify("unpaid", unpaid(offered, "notPaid"));
      return;
    }
    const verdict = await this.#verify(seat, offered);
    metrics.reoffers.add({ outcome: verdict.kind });
    if (verdict.kind === "unpaid") seat.link.notify("unpaid", unpaid(offered, verdict.code));
    if (verdict.kind === "proven") await this.#gather(taskId, verdict.proven);
  }

  async #verify(seat: MinerSeat, offered: ReofferedResult): Promise<Verdict> {
    const { verifier, operator, self, time, routerOwner } = this.#parts;
    const { task, assignment, result, assignmentProof, acknowledged } = offered;
    const { taskId, miner, replica, segment } = assignment;
    const isSame = result.taskId === taskId && result.replica === replica && result.segment === segment;
    if (!isSame || miner !== seat.miner || result.miner !== miner || hashTask(task) !== taskId)
      return no("badIdentity");
    if (assignmentProof === undefined) return no("unknownTask");
    const signer = assignmentProof.signer;
    if (signer !== self && (await routerOwner(signer)) !== operator) return no("foreignRouter");
    if (!verifier.isProven(hashAssignment(assignment), assignmentProof, signer)) return no("badProof");
    if (signer !== self && time.chainSeconds() <= task.deadline) return { kind: "later" };
    const standing = (await this.#parts.queue?.standing(result, seat.link)) ?? "foreign";
    if (standing === "later") return { kind: "later" };
    if (standing === "uncommitted") return no("uncommitted");
    if (standing === "committed") return this.#judge(offered, { ackedTo: result.to, isCommitted: true });
    if (acknowledged === undefined) return no("nothingAcknowledged");
    const { acknowledgement, proof } = acknowledged;
    const isOwn =
      acknowledgement.taskId === taskId &&
      acknowledgement.miner === miner &&
      acknowledgement.replica === replica &&
      acknowledgement.segment === segment;
    if (!isOwn || !verifier.isProven(hashAcknowledgement(acknowledgement), proof, signer)) return no("badProof");
    const ackedTo = acknowledgement.position;
    if (ackedTo <= assignment.from || ackedTo > result.to) return no("nothingAcknowledged");
    return this.#judge(offered, { ackedTo, isCommitted: false });
  }

  /** What the router itself has promised of a segment: whether it can be paid now. */
  #judge(offered: ReofferedResult, promised: Pick<Gathered, "ackedTo" | "isCommitted">): Verdict {
    const { time } = this.#parts;
    const { task, assignment, result } = offered;
    const { miner } = assignment;
    if (result.nIn < 1 || result.nIn > task.maxIn) return no("badPromptCount");
    const isLeftToClaim = this.#parts.claims.isLeftToClaim({ ...assignment, payee: miner }, time.chainSeconds());
    if (isLeftToClaim === undefined) return { kind: "later" };
    return isLeftToClaim ? no("claimed") : { kind: "proven", proven: { offered, ...promised } };
  }

  async #gather(taskId: Bytes32, proven: Gathered): Promise<void> {
    const { clock, signal } = this.#parts;
    const known = this.#gathered.get(taskId);
    if (known !== undefined) {
      if (!known.some(({ offered }) => isSameSegment(offered, proven.offered))) known.push(proven);
      return;
    }
    const gathered = [proven];
    this.#gathered.set(taskId, gathered);
    try {
      await clock.sleep(GATHER_MS, signal);
      await this.#issue(gathered);
    } finally {
      this.#gathered.delete(taskId);
    }
  }

  async #issue(gathered: readonly Gathered[]): Promise<void> {
    const { sessions, desk, operator, log, metrics } = this.#parts;
    const inOrder = inOrderOf(gathered);
    const first = inOrder[0]?.offered;
    if (first === undefined) return;
    const { task, assignment } = first;
    const session = await sessions.find(task.account);
    const payout = provenPayout(inOrder);
    if (session === undefined || payout.feeWei > task.feeCapWei) {
      log.error("A proven result can't be paid", { taskId: assignment.taskId, feeWei: payout.feeWei.toString() });
      return;
    }
    const keyHash = await this.#keyOf(task);
    metrics.reoffers.add({ outcome: "receipted" });
    const last = inOrder.at(-1)?.offered.result;
    const isCommitted = inOrder.every((one) => one.isCommitted);
    const isWhole = isCommitted || (inOrder.length === 1 && last?.to === inOrder[0]?.ackedTo);
    const built = buildReceipt({
      taskId: assignment.taskId,
      account: task.account,
      operator,
      custody: session.custody,
      sessionClass: session.sessionClass,
      epoch: assignment.epoch,
      finish: isWhole && last !== undefined ? last.finish : "error",
      payout,
      results: inOrder.map(({ offered }) => hashResult(offered.result)),
    });
    desk.issue({ ...built, isReoffered: true, ...(keyHash === undefined ? {} : { keyHash }) });
  }

  /** The API key whose budget the task was held from. A task with its client's own nonce doesn't say. */
  async #keyOf({ account, userNonce }: Task): Promise<Bytes32 | undefined> {
    const keys = await this.#parts.books.listKeys({ account, limit: PAGE_ROWS_MAX });
    return keys.find(({ keyHash }) => isNonceOf(userNonce, keyHash))?.keyHash;
  }
}

function isSameSegment(left: ReofferedResult, right: ReofferedResult): boolean {
  return left.result.replica === right.result.replica && left.result.segment === right.result.segment;
}

function isPayeeOf(payee: Payee, { result }: ReofferedResult): boolean {
  return payee.miner === result.miner && payee.replica === result.replica && payee.segment === result.segment;
}

function unpaid({ result }: ReofferedResult, code: string): UnpaidNotice {
  const { taskId, miner, replica, segment } = result;
  return { taskId, miner, replica, segment, code };
}

function no(code: string): Verdict {
  return { kind: "unpaid", code };
}
