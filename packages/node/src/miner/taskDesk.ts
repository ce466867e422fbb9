import type { Address, Bytes32 } from "@cortensor/protocol";
import type { AuthorisedPeer, LinkStream, Start, StartEmbedding, StreamMessage } from "@cortensor/wire";
import { acceptTask, type Verdict } from "./acceptTask.js";
import type { Bench } from "./offers.js";
import { runEmbedding } from "./runEmbedding.js";
import { runTask, type TaskTools } from "./runTask.js";

export type TaskDeskParts = {
  readonly self: Address;
  readonly chainId: number;
  readonly benches: ReadonlyMap<Bytes32, Bench>;
  readonly tools: TaskTools;
  /** Chain time. */
  readonly nowSeconds: () => number;
  readonly owedMaxWei: bigint;
  readonly bondMinWei: bigint;
  readonly bondWeiOf: (operator: Address) => bigint;
};

/** Takes on, or refuses, what routers send, and owns the tasks that run. */
export class TaskDesk {
  readonly #parts: TaskDeskParts;
  readonly #tasks = new Set<Promise<void>>();
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
    if (first.kind !== "start" && first.kind !== "startEmbedding") {
      stream.end();
      return;
    }
    const { tools, benches } = this.#parts;
    const bench = benches.get(first.task.modelId);
    const verdict = this.#judge(first, router, bench);
    if (verdict.kind === "refused" || bench === undefined) {
      this.#refuse(stream, verdict);
      return;
    }
    const leave = bench.workload.enter();
    const work = this.#run({ first, stream, router, bench }).then((ending) => {
      leave();
      tools.metrics.tasks.add({ ending });
      this.#tasks.delete(work);
    });
    this.#tasks.add(work);
  }

  #run(parts: { first: Start | StartEmbedding; stream: LinkStream; router: AuthorisedPeer; bench: Bench }) {
    const { first, stream, router, bench } = parts;
    const { engine, offer } = bench;
    const { tools } = this.#parts;
    if (first.kind === "start") return runTask({ start: first, stream, router, engine, offer, tools });
    return runEmbedding({ start: first, stream, router, engine, offer, tools });
  }

  #judge(first: Start | StartEmbedding, router: AuthorisedPeer, bench: Bench | undefined): Verdict {
    const { self, chainId, tools, nowSeconds, owedMaxWei, bondMinWei, bondWeiOf } = this.#parts;
    const { owner } = router;
    const workload = bench?.workload;
    const isClosed = this.#isStopping || tools.outbox.isFull;
    return acceptTask(first, {
      self,
      chainId,
      nowSeconds: nowSeconds(),
      offer: bench?.offer,
      tasks: workload?.tasks ?? 0,
      capacity: isClosed ? 0 : (workload?.capacity ?? 1),
      owedWei: tools.outbox.owedWei(owner),
      owedMaxWei,
      bondWei: bondWeiOf(owner),
      bondMinWei,
    });
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
