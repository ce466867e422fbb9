import type { InferenceRecord, SessionTaskRecord } from "@cortensor/chain";
import { type Address, type Bytes32, hasCode, type UnixSeconds } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { RouterMetrics } from "../metrics.js";
import type { MinerBoard } from "../minerBoard.js";
import { askAnswers } from "./askAnswer.js";
import { chooseOpenings } from "./chooseOpenings.js";
import type { QueueChain } from "./queueChain.js";

/** Requests followed at once; more are delivered or closed by anybody else. */
const REQUESTS_MAX = 1_024;

export type OracleDeskParts = {
  readonly chain: Pick<QueueChain, "readInference" | "readTask" | "deliver" | "close">;
  readonly board: Pick<MinerBoard, "seatOf">;
  readonly nowSeconds: () => UnixSeconds;
  readonly metrics: Pick<RouterMetrics, "oracle">;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Answers what contracts asked by this operator's tasks: shows the oracle what the miners committed to, as they show it, and closes what is over without an
 * answer. It remembers no answer: the miners keep them, and the chain says which they are bound to.
 */
export class OracleDesk {
  readonly #parts: OracleDeskParts;
  /** By task: whose answer the session's validation took, as far as it is known. */
  readonly #open = new Map<Bytes32, Address | undefined>();

  constructor(parts: OracleDeskParts) {
    this.#parts = parts;
  }

  /** A contract's task has its commits, or is over. */
  follow(taskId: Bytes32, author: Address | undefined): void {
    if (author !== undefined || (!this.#open.has(taskId) && this.#open.size < REQUESTS_MAX))
      this.#open.set(taskId, author);
  }

  async round(): Promise<void> {
    for (const [taskId, author] of this.#open) {
      try {
        if (await this.#look(taskId, author)) this.#open.delete(taskId);
      } catch (error) {
        this.#parts.log.warn("A request to the oracle could not be answered now", { taskId }, error);
      }
    }
  }

  /** True when nothing is left to do. */
  async #look(taskId: Bytes32, author: Address | undefined): Promise<boolean> {
    const { chain, nowSeconds } = this.#parts;
    const [request, task] = await Promise.all([chain.readInference(taskId), chain.readTask(taskId)]);
    if (request?.state !== "open" || task === undefined) return true;
    const isVain = task.phase === "ended" && !task.seats.some(({ hasCommitted }) => hasCommitted);
    if (isVain || nowSeconds() >= request.deadlineSeconds)
      return this.#send(taskId, "closed", () => chain.close(taskId));
    if (task.phase !== "committed" && task.phase !== "ended") return false;
    return this.#deliver({ request, task, author });
  }

  async #deliver(parts: {
    readonly request: InferenceRecord;
    readonly task: SessionTaskRecord;
    readonly author: Address | undefined;
  }): Promise<boolean> {
    const { request, task, author } = parts;
    const { taskId } = task;
    const answers = await askAnswers(this.#parts, task);
    const openings = chooseOpenings(answers, { policy: request.policy, redundancy: task.redundancy, author });
    if (openings === undefined) return false;
    return this.#send(taskId, "delivered", () => this.#parts.chain.deliver({ taskId, openings }));
  }

  async #send(taskId: Bytes32, outcome: "delivered" | "closed", send: () => Promise<unknown>): Promise<boolean> {
    const { metrics, log } = this.#parts;
    try {
      await send();
    } catch (error) {
      if (!hasCode(error, "CHAIN_REVERTED")) throw error;
      // Somebody else did it, or the chain's clock is behind this one: the next round looks anew.
      log.warn("The oracle took no answer", { taskId, outcome }, error);
      return false;
    }
    metrics.oracle.add({ outcome });
    log.info("A request to the oracle is over", { taskId, outcome });
    return true;
  }
}
