import type { Address, Bytes32 } from "@cortensor/protocol";
import type { AuthorisedPeer, LinkStream, Start, StartEmbedding, StartSealed, StreamMessage } from "@cortensor/wire";
import type { BeaconBook } from "../host/index.js";
import { acceptTask, type MinerState, type Verdict } from "./acceptTask.js";
import { mostWei } from "./earnings.js";
import type { NoteBook } from "./noteBook.js";
import type { Bench } from "./offers.js";
import type { Standing } from "./operatorWatch.js";
import type { SeatDesk } from "./queue/seatDesk.js";
import { runEmbedding } from "./runEmbedding.js";
import { runTask, type TaskTools } from "./runTask.js";
import type { EnvelopeDesk } from "./sealed/envelopeDesk.js";

export type TaskDeskParts = {
  readonly self: Address;
  readonly beacons: Pick<BeaconBook, "find" | "mayBeOf" | "read">;
  readonly benches: ReadonlyMap<Bytes32, Bench>;
  readonly tools: TaskTools;
  /** Chain time. */
  readonly nowSeconds: () => number;
  readonly notes: NoteBook;
  readonly limits: Pick<MinerState, "owedMaxWei" | "bondMinWei" | "bondSharePercent" | "isPrivate">;
  readonly standingOf: (operator: Address) => Standing;
  /** Absent: no seats in the session queue are taken here. */
  readonly seats: Pick<SeatDesk, "isBound" | "onTaken"> | undefined;
  /** Absent: nothing can be sealed to this miner. */
  readonly envelopes: Pick<EnvelopeDesk, "open"> | undefined;
};

/** What a router asks for, on the stream that it asks by. */
type Arrival = {
  readonly first: Start | StartEmbedding;
  readonly stream: LinkStream;
  readonly router: AuthorisedPeer;
  /** Of a sealed task. */
  readonly answerSalt?: Bytes32;
};

const BOUND: Verdict = {
  kind: "refused",
  code: "badAssignment",
  detail: "a precommit on chain binds this miner to an earlier result",
};

/** Tasks that may wait for a beacon to be read, a second at most: more come only from a router that is ahead of the chain. */
const PARKED_MAX = 64;

/** Takes on, or refuses, what routers send, and owns the tasks that run. */
export class TaskDesk {
  readonly #parts: TaskDeskParts;
  readonly #tasks = new Set<Promise<void>>();
  /** The most that running tasks may earn, by operator. */
  readonly #atRisk = new Map<Address, bigint>();
  #parked = 0;
  #isStopping = false;

  constructor(parts: TaskDeskParts) {
    this.#parts = parts;
  }

  /** Refuses everything from here on. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Resolves when no task runs. */
  async idle(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  onStream(stream: LinkStream, first: StreamMessage, router: AuthorisedPeer): void {
    if (first.kind === "startSealed") this.#own(this.#openSealed(first, { stream, router }));
    else if (first.kind === "start" || first.kind === "startEmbedding") this.#arrive({ first, stream, router });
    else stream.end();
  }

  #arrive(arrival: Arrival): void {
    const verdict = this.#judge(arrival);
    const isEarly = verdict.kind === "refused" && verdict.code === "beaconUnknown" && this.#parked < PARKED_MAX;
    if (isEarly) this.#own(this.#park(arrival));
    else this.#begin(verdict, arrival);
  }

  #own(work: Promise<void>): void {
    const owned = work.finally(() => this.#tasks.delete(owned));
    this.#tasks.add(owned);
  }

  /** What is sealed becomes an arrival like any other, with a stream that seals its answer. */
  async #openSealed(first: StartSealed, { stream, router }: Pick<Arrival, "stream" | "router">): Promise<void> {
    const { envelopes } = this.#parts;
    if (envelopes === undefined) {
      this.#refuse(stream, { kind: "refused", code: "badEnvelope", detail: "nothing is sealed to this miner" });
      return;
    }
    try {
      const opened = await envelopes.open(first, stream);
      if (opened.kind === "opened") {
        const { start, answerSalt } = opened;
        this.#arrive({ first: start, stream: opened.stream, router, answerSalt });
      } else this.#refuse(stream, { kind: "refused", code: "badEnvelope", detail: opened.refusal });
    } catch (error) {
      const { taskId } = first.assignment;
      this.#parts.tools.log.error("An envelope could not be opened", { taskId }, error);
      this.#refuse(stream, { kind: "refused", code: "badEnvelope", detail: "badContents" });
    }
  }

  /** Asks the chain once more, and judges again unless the router has gone meanwhile. */
  async #park(arrival: Arrival): Promise<void> {
    const { first, stream } = arrival;
    let hasEnded = false;
    void stream.ended.then(() => {
      hasEnded = true;
    });
    this.#parked += 1;
    await this.#parts.beacons.read(first.assignment.epoch);
    this.#parked -= 1;
    if (!hasEnded) this.#begin(this.#judge(arrival), arrival);
  }

  #begin(verdict: Verdict, arrival: Arrival): void {
    const { first, stream, router } = arrival;
    const { tools, benches } = this.#parts;
    const bench = benches.get(first.task.modelId);
    if (verdict.kind === "refused" || bench === undefined) {
      this.#refuse(stream, verdict);
      return;
    }
    this.#parts.seats?.onTaken(first.assignment.taskId);
    const leave = bench.workload.enter();
    const settle = this.#risk(router.owner, mostWei(first, bench.offer));
    const work = this.#run({ ...arrival, bench }).then((ending) => {
      leave();
      settle();
      tools.metrics.tasks.add({ ending });
      this.#tasks.delete(work);
    });
    this.#tasks.add(work);
  }

  #run(parts: Arrival & { readonly bench: Bench }) {
    const { first, stream, router, bench, answerSalt } = parts;
    const { engine, offer } = bench;
    const { tools } = this.#parts;
    if (first.kind === "start") return runTask({ start: first, stream, router, engine, offer, tools, answerSalt });
    return runEmbedding({ start: first, stream, router, engine, offer, tools });
  }

  #judge({ first, router, answerSalt }: Arrival): Verdict {
    const { self, beacons, benches, tools, notes, nowSeconds, limits, standingOf, seats } = this.#parts;
    const { taskId, epoch } = first.assignment;
    if (seats?.isBound(taskId) === true) return BOUND;
    const bench = benches.get(first.task.modelId);
    const { owner } = router;
    const { bondWei, creditedWei } = standingOf(owner);
    const promisedWei = notes.noteOf(owner)?.note.cumulativeWei ?? 0n;
    const workload = bench?.workload;
    const isClosed = this.#isStopping || tools.outbox.isFull || notes.isFull;
    return acceptTask(first, {
      self,
      isSealed: answerSalt !== undefined,
      mayBeOfEpoch: beacons.mayBeOf(epoch),
      beacon: beacons.find(epoch),
      nowSeconds: nowSeconds(),
      offer: bench?.offer,
      tasks: workload?.tasks ?? 0,
      capacity: isClosed ? 0 : (workload?.capacity ?? 1),
      owedWei: tools.outbox.owedWei(owner) + notes.unnotedWei(owner) + (this.#atRisk.get(owner) ?? 0n),
      uncreditedWei: promisedWei > creditedWei ? promisedWei - creditedWei : 0n,
      bondWei,
      ...limits,
    });
  }

  /** Counts what a task may earn until it has ended: by then its result is in the outbox. */
  #risk(operator: Address, wei: bigint): () => void {
    const add = (step: bigint): void => {
      const sum = (this.#atRisk.get(operator) ?? 0n) + step;
      if (sum === 0n) this.#atRisk.delete(operator);
      else this.#atRisk.set(operator, sum);
    };
    add(wei);
    return () => add(-wei);
  }

  #refuse(stream: LinkStream, verdict: Verdict): void {
    const { metrics } = this.#parts.tools;
    if (verdict.kind === "refused") {
      stream.send(verdict);
      metrics.refusals.add({ code: verdict.code });
    }
    metrics.tasks.add({ ending: "refused" });
    stream.end();
  }
}
