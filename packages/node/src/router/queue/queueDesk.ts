import type { InferEvent, QueueAnswer, QueueGateway, Refusal } from "@cortensor/api";
import type { EnqueuedTask, SessionTaskRecord } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  hasCode,
  hashResult,
  type Result,
  SESSION_TASK_SECONDS_MAX,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Link } from "@cortensor/wire";
import type { Admitted } from "../admit.js";
import { type CopiesOutcome, closeTask } from "../closeTask.js";
import { createCompareCopies } from "../compareCopies.js";
import { startTask } from "../infer.js";
import type { RouterCore } from "../routerCore.js";
import { askAnswer, askAnswers } from "./askAnswer.js";
import { chooseSeats } from "./chooseSeats.js";
import { committedOutcome } from "./committedOutcome.js";
import { nextQueueMove, type QueueHolding } from "./nextQueueMove.js";
import { OracleDesk } from "./oracleDesk.js";
import { PostingMiners } from "./postingMiners.js";
import type { QueueChain } from "./queueChain.js";
import { admitQueued, missingSeats, type QueuedRequest, releaseQueued, startPartsOf } from "./queuedStart.js";
import type { QueueRefusal } from "./queueRefusal.js";
import { type HandedPrompt, readQueued } from "./readQueued.js";
import { type RequestContent, RequestDesk } from "./requestDesk.js";

/** Tasks of the queue followed at once; more are left to their deadlines. */
const FOLLOWED_MAX = 256;
/** Tasks that are over and won't be looked at again; the oldest leave first. */
const OVER_MAX = 4_096;
/** A transaction may take minutes to come into a block: a stop doesn't wait for it. */
const STOP_MS = 2_000;
/** Blocks looked at again in each round: a reorganisation that deep is seen at once. */
const REORG_BLOCKS = 64n;
/** How long after its task's deadline a contract's request may still be open. */
const REQUEST_SECONDS_MAX = 7 * 86_400;

const UTF8 = new TextDecoder();

type Followed = {
  readonly enqueued: EnqueuedTask;
  readonly abort: AbortController;
  handed: HandedPrompt | undefined;
  /** Undefined: the chain wasn't asked yet. */
  isOwn: boolean | undefined;
  run: QueueHolding["run"];
  /** Its hold, until it is run. */
  admitted: (QueuedRequest & { readonly salt: Bytes32; readonly admitted: Admitted }) | undefined;
  ended: { readonly outcome: CopiesOutcome; readonly holdId: number } | undefined;
  /** Whose answer was taken. */
  author: Address | undefined;
  /** Why it wasn't assigned when it was last tried. */
  refused: QueueRefusal["code"] | undefined;
};

export type QueueDeskParts = {
  readonly core: RouterCore;
  readonly chain: QueueChain;
  /** Where requests lie that the chain names by a CID. */
  readonly content?: RequestContent | undefined;
};

/**
 * Serves the session queue's tasks that name this operator: each is admitted, held for and matched as a request by REST, given to its miners on chain,
 * run by the same pipeline, and charged when they have committed. What is under way it finds on chain again after a restart: the task is written to the
 * chain alone, and its receipt is unique by task.
 */
export class QueueDesk {
  readonly #parts: QueueDeskParts;
  readonly #followed = new Map<Bytes32, Followed>();
  readonly #over = new Set<Bytes32>();
  readonly #work = new Map<Bytes32, Promise<void>>();
  readonly #posting: PostingMiners;
  readonly #oracle: OracleDesk;
  readonly #requests: RequestDesk;
  readonly #compare: ReturnType<typeof createCompareCopies>;
  #fromBlock: bigint;
  #headSeconds = 0;
  #isStopping = false;

  constructor(parts: QueueDeskParts) {
    const { core, chain, content } = parts;
    this.#parts = parts;
    this.#requests = new RequestDesk({ content, log: core.log, nowMs: () => core.clock.nowMs() });
    this.#fromBlock = chain.deployBlock;
    this.#posting = new PostingMiners({ chain, nowMs: () => core.clock.nowMs() });
    this.#oracle = new OracleDesk({ ...core, chain, nowSeconds: () => this.#nowSeconds() });
    this.#compare = createCompareCopies(core);
  }

  /** Looks for new tasks, and at each that is followed. A task's own steps don't hold up another's. */
  async round(): Promise<void> {
    await this.#find();
    for (const followed of this.#followed.values()) this.#look(followed);
    await this.#oracle.round();
  }

  /** Takes the prompt of a task that doesn't have it on chain, from whoever pays for it. */
  async hand(account: number, taskId: Bytes32, handed: HandedPrompt): ReturnType<QueueGateway["hand"]> {
    const followed = this.#followed.get(taskId);
    if (followed === undefined || followed.enqueued.task.account !== account) return { kind: "unknown" };
    const read = readQueued(followed.enqueued, handed);
    if (read.kind === "refused") return { kind: "refused", ...read.refusal };
    await this.#requests.keep(followed.enqueued, handed.prompt);
    followed.handed = handed;
    this.#look(followed);
    return { kind: "taken" };
  }

  /** What a client handed in that a chain names by this SHA-256, for all to read. */
  request(digest: Bytes32): Promise<Uint8Array | undefined> {
    return this.#requests.show(digest);
  }

  /** What the miners of an account's task answered that have committed; undefined when it has no such task. */
  async answers(account: number, taskId: Bytes32): Promise<readonly QueueAnswer[] | undefined> {
    const { chain, core } = this.#parts;
    const task = await chain.readTask(taskId);
    if (task?.account !== account) return undefined;
    const shown = await askAnswers(core, task);
    return shown.map(({ seat, result, output }) => ({ seat, miner: result.miner, text: UTF8.decode(output) }));
  }

  /** Whether a result that its miner offers again may be paid though nobody here remembers it. `foreign`: no task of the queue. */
  async standing(result: Result, link: Pick<Link, "open">): Promise<"foreign" | "later" | "uncommitted" | "committed"> {
    const { chain, core } = this.#parts;
    const { taskId, miner } = result;
    const task = await chain.readTask(taskId);
    if (task === undefined) return "foreign";
    const hasCommits = task.phase === "committed" || task.phase === "ended";
    if (!hasCommits) return "later";
    const seat = task.seats.find((one) => one.miner === miner);
    const committed = hashResult(result);
    if (seat?.hasCommitted !== true || seat.bound !== committed) return "uncommitted";
    const answer = await askAnswer(link, { taskId, committed }, core.clock);
    if (answer === undefined) return "later";
    const isWhole = result.segment === 0 && result.from === 0 && result.nOut === result.to;
    return isWhole ? "committed" : "uncommitted";
  }

  /** No new task begins. What waits for its commits is given up here: its miners offer it again, and the chain says what is owed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#requests.stop();
    const { clock } = this.#parts.core;
    const done = new AbortController();
    const late = clock.sleep(STOP_MS, done.signal).catch(() => undefined);
    await Promise.race([Promise.all(this.#work.values()), late]);
    done.abort();
    for (const followed of this.#followed.values()) this.#drop(followed);
  }

  #nowSeconds(): UnixSeconds {
    return Math.max(this.#parts.core.time.chainSeconds(), this.#headSeconds);
  }

  async #find(): Promise<void> {
    const { chain, core } = this.#parts;
    const { blockNumber: toBlock, timestamp } = await chain.readHead();
    this.#headSeconds = timestamp;
    for (const enqueued of await chain.listEnqueued({ fromBlock: this.#fromBlock, toBlock })) {
      const { taskId } = enqueued;
      if (this.#followed.has(taskId) || this.#over.has(taskId) || this.#isLongOver(enqueued)) continue;
      if (this.#followed.size >= FOLLOWED_MAX) {
        core.metrics.queueRefusals.add({ code: "queue_full" });
        continue;
      }
      this.#followed.set(taskId, {
        ...{ enqueued, abort: new AbortController(), handed: undefined, isOwn: undefined, run: "idle" },
        ...{ admitted: undefined, ended: undefined, author: undefined, refused: undefined },
      });
    }
    const again = toBlock + 1n - REORG_BLOCKS;
    this.#fromBlock = again > chain.deployBlock ? again : chain.deployBlock;
  }

  #isLongOver({ task, enqueuer }: EnqueuedTask): boolean {
    const openSeconds = enqueuer === this.#parts.chain.oracle ? REQUEST_SECONDS_MAX : 0;
    return this.#nowSeconds() > task.deadline + SESSION_TASK_SECONDS_MAX + openSeconds;
  }

  #look(followed: Followed): void {
    const { taskId } = followed.enqueued;
    if (this.#isStopping || this.#work.has(taskId)) return;
    const work = this.#advance(followed)
      .catch((error: unknown) => this.#parts.core.log.warn("A queued task could not be looked at", { taskId }, error))
      .finally(() => this.#work.delete(taskId));
    this.#work.set(taskId, work);
  }

  async #advance(followed: Followed): Promise<void> {
    const { chain } = this.#parts;
    const { enqueued, ended } = followed;
    const { taskId } = enqueued;
    const task = await chain.readTask(taskId);
    const isWorking = task?.phase === "assigned" || task?.phase === "acked";
    if (isWorking) followed.isOwn ??= await chain.readIsOwn({ taskId, fromBlock: enqueued.blockNumber });
    const isAnswered = task?.phase === "committed" || task?.phase === "ended";
    if (isAnswered && enqueued.enqueuer === chain.oracle) this.#oracle.follow(taskId, followed.author);
    const hasAnswer = ended !== undefined && ended.outcome.results.length > 0;
    const holding = { isOwn: followed.isOwn ?? false, run: followed.run, hasAnswer };
    switch (nextQueueMove(task, holding, this.#nowSeconds())) {
      case "assign":
        return this.#assign(followed);
      case "run":
        return task === undefined ? undefined : this.#run(followed, task);
      case "settle":
        return this.#settle(followed, task);
      case "expire":
        return this.#expire(taskId);
      case "stop":
        return followed.abort.abort();
      case "forget":
        return this.#forget(followed);
      case "wait":
        return undefined;
    }
  }

  /** Its fee set aside; undefined, with the reason said, when it can't be served now. */
  async #admit(followed: Followed): Promise<Followed["admitted"]> {
    if (followed.admitted !== undefined) return followed.admitted;
    const { core } = this.#parts;
    const fetched = followed.handed ?? (await this.#requests.find(followed.enqueued));
    if (fetched === "later") return undefined;
    // What the client handed in meanwhile counts.
    followed.handed ??= fetched;
    const read = readQueued(followed.enqueued, followed.handed);
    if (read.kind === "refused") return this.#refuse(followed, read.refusal);
    const { request, salt } = read;
    const { caller, admission } = await admitQueued(core, followed.enqueued, request);
    if (admission.kind === "refused") return this.#refuse(followed, admission.refusal);
    followed.admitted = { caller, request, salt, admitted: admission };
    return followed.admitted;
  }

  async #assign(followed: Followed): Promise<void> {
    const { core, chain } = this.#parts;
    const { taskId } = followed.enqueued;
    const known = await this.#admit(followed);
    if (known === undefined) return;
    const parts = startPartsOf(core, { ...known, ...this.#shared(followed) });
    const seats = await chooseSeats(core, parts, (miner) => this.#posting.canPost(miner));
    if (seats.kind === "none") {
      this.#release(followed);
      this.#refuse(followed, { code: seats.code, message: "Too few miners can take it now." });
      return;
    }
    const { miners } = seats;
    try {
      await chain.assign({ taskId, miners });
    } catch (error) {
      this.#release(followed);
      // It may have come all the same, or another router of the operator was faster: the next look says.
      this.#refuse(followed, { code: "assign_failed", message: String(error) });
      return;
    }
    followed.isOwn = true;
    core.metrics.queueTasks.add({ outcome: "assigned" });
    core.log.info("A queued task is assigned", { taskId, miners });
    const task = await chain.readTask(taskId);
    if (task !== undefined) await this.#run(followed, task);
  }

  /** Runs a task with the miners that the chain names. After a restart its miners may still be on their way back. */
  async #run(followed: Followed, task: SessionTaskRecord): Promise<void> {
    const { core } = this.#parts;
    const { taskId, seats, phase, deadlineSeconds, workSeconds } = task;
    if (phase === "assigned" && missingSeats(core, seats).length > 0) return;
    const known = await this.#admit(followed);
    if (known === undefined) return;
    const leftSeconds = deadlineSeconds - this.#nowSeconds() + (phase === "assigned" ? workSeconds : 0);
    const miners = seats.map(({ miner }) => miner);
    const { salt, ...request } = known;
    const queued = { task: followed.enqueued.task, salt, seats: miners, timeoutMs: Math.max(1, leftSeconds) * 1_000 };
    for (const miner of miners) core.board.seatOf(miner)?.link.notify("queued", { taskId });
    const started = startTask(
      core,
      startPartsOf(core, { ...request, ...this.#shared(followed), queued }),
      this.#compare,
    );
    if (started.kind === "refused") {
      this.#release(followed);
      this.#refuse(followed, started.refusal);
      return;
    }
    followed.admitted = undefined;
    // A run may have ended within its own start.
    if (followed.run === "idle") followed.run = "running";
    void this.#read(followed, started.queue, miners);
  }

  #shared(followed: Followed) {
    const closing = (_core: RouterCore, outcome: CopiesOutcome, holdId: number): void => {
      followed.ended = { outcome, holdId };
      followed.run = "ended";
      if (this.#isStopping) this.#drop(followed);
      else this.#look(followed);
    };
    return { signal: followed.abort.signal, closing };
  }

  /** Nobody listens to the words here: the miners keep them. */
  async #read(followed: Followed, events: AsyncIterable<InferEvent>, seats: readonly Address[]): Promise<void> {
    for await (const event of events) {
      if (event.kind === "done") followed.author = seats[event.copies?.answer ?? 0];
      if (event.kind === "failed") this.#refuse(followed, event.refusal);
    }
  }

  /** What the miners committed to is charged and receipted, as by REST; the rest of the hold falls back. */
  #settle(followed: Followed, task: SessionTaskRecord | undefined): void {
    const { core } = this.#parts;
    const { ended } = followed;
    if (ended === undefined) return;
    const seats = (task?.seats ?? []).filter(({ hasCommitted }) => hasCommitted);
    const outcome = committedOutcome(ended.outcome, new Set(seats.map(({ bound }) => bound)));
    followed.ended = undefined;
    followed.run = "closed";
    closeTask(core, outcome, ended.holdId);
    const isPaid = outcome.payout.payees.length > 0;
    core.metrics.queueTasks.add({ outcome: isPaid ? "receipted" : "unpaid" });
    core.log.info("A queued task is charged", {
      taskId: outcome.plan.taskId,
      feeWei: outcome.payout.feeWei.toString(),
    });
  }

  async #expire(taskId: Bytes32): Promise<void> {
    const { chain, core } = this.#parts;
    try {
      await chain.expire(taskId);
      core.metrics.queueTasks.add({ outcome: "expired" });
    } catch (error) {
      // Anyone may: somebody was faster, or the chain's clock is behind this one.
      if (!hasCode(error, "CHAIN_REVERTED")) throw error;
    }
  }

  #forget(followed: Followed): void {
    const { taskId } = followed.enqueued;
    this.#release(followed);
    this.#followed.delete(taskId);
    this.#requests.forget(taskId);
    this.#over.add(taskId);
    const [oldest] = this.#over;
    if (this.#over.size > OVER_MAX && oldest !== undefined) this.#over.delete(oldest);
  }

  #release(followed: Followed): void {
    if (followed.admitted !== undefined) releaseQueued(this.#parts.core, followed.admitted.admitted);
    followed.admitted = undefined;
  }

  #drop(followed: Followed): void {
    const { core } = this.#parts;
    const { ended, enqueued } = followed;
    this.#release(followed);
    if (ended === undefined) return;
    followed.ended = undefined;
    followed.run = "closed";
    core.sinks.leave(enqueued.taskId);
    core.books.release(ended.holdId);
    core.limits.drop(enqueued.task.account);
    core.tasks.remove(enqueued.taskId);
  }

  /** Says why a task isn't served, once for each reason. */
  #refuse(followed: Followed, { code, message }: QueueRefusal | Refusal): undefined {
    if (followed.refused === code) return undefined;
    followed.refused = code;
    const { account } = followed.enqueued.task;
    this.#parts.core.metrics.queueRefusals.add({ code });
    this.#parts.core.log.warn("A queued task isn't served", {
      taskId: followed.enqueued.taskId,
      account,
      code,
      message,
    });
    return undefined;
  }
}
