import {
  type Address,
  type Bytes32,
  networkResultHash,
  networkTopic,
  outcomeOf,
  questionSource,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { WatchedTask } from "../../host/index.js";
import type { Bench } from "../offers.js";
import { answerQuestions } from "./answerQuestions.js";
import type { LifeView, Work } from "./lifeView.js";
import type { ResultShelf } from "./resultShelf.js";

export type TaskWorkParts = {
  readonly self: Address;
  readonly benches: Iterable<Bench>;
  readonly results: ResultShelf;
  readonly randomBytes32: () => Bytes32;
  readonly log: Logger;
  /** There is something to tell the chain. */
  readonly onDone: () => void;
};

/** Solves and scores the network's own tasks with the miner's engines, beside everything else, and owns what runs. */
export class TaskWork {
  readonly #parts: TaskWorkParts;
  readonly #benchOf: ReadonlyMap<Bytes32, Bench>;
  readonly #work = new Map<Bytes32, Work>();
  readonly #running = new Map<Bytes32, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(parts: TaskWorkParts) {
    this.#parts = parts;
    // What an engine of somebody else's makes can't be made again.
    const able = [...parts.benches].filter(({ offer }) => offer.canScore);
    this.#benchOf = new Map(able.map((bench) => [networkTopic(bench.offer), bench]));
  }

  get topics(): LifeView["topics"] {
    return [...this.#benchOf].map(([topicHash, { offer }]) => ({ topicHash, tokensPerSecond: offer.tokensPerSecond }));
  }

  get isEngineFree(): boolean {
    return [...this.#benchOf.values()].every(({ workload, offer }) => workload.tasks < offer.sequences);
  }

  /** How far the own parts in these tasks are; what is of no other is forgotten. */
  of(tasks: readonly WatchedTask[]): ReadonlyMap<Bytes32, Work> {
    const going = new Set(tasks.map(({ taskId }) => taskId));
    for (const taskId of this.#work.keys()) {
      if (!going.has(taskId) && !this.#running.has(taskId)) this.#work.delete(taskId);
    }
    for (const { taskId, seated } of tasks) {
      if (this.#work.has(taskId) || seated?.solvers.includes(this.#parts.self) !== true) continue;
      const kept = this.#parts.results.find(taskId);
      if (kept !== undefined) this.#work.set(taskId, { kind: "solved", ...kept });
    }
    return this.#work;
  }

  /** Answers the questions of the node's own seat. */
  solve(task: WatchedTask): void {
    this.#start(task, async (bench) => {
      const { self, results, randomBytes32 } = this.#parts;
      const made = await this.#make(task, self, bench);
      if (made === undefined) return { kind: "failed" };
      const result = { salt: randomBytes32(), resultHash: made.resultHash };
      // On the disk before the chain hears of it: what is bound must be shown.
      await results.put(task.taskId, result);
      return { kind: "solved", ...result };
    });
  }

  /** Makes every result that was shown again, and says which are right and were in time. */
  score(task: WatchedTask): void {
    this.#start(task, async (bench) => {
      const { seated, difficulty, precommittedAt } = task;
      const good: boolean[] = [];
      for (const { solver, resultHash } of seated?.committed ?? []) {
        const made = await this.#make(task, solver, bench);
        if (made === undefined) return { kind: "failed" };
        const boundAt = precommittedAt.get(solver) ?? Number.POSITIVE_INFINITY;
        const seconds = boundAt - (seated?.startedAtSeconds ?? 0);
        const answer = { isRight: made.resultHash === resultHash, tokens: made.tokens, seconds };
        good.push(outcomeOf(difficulty, answer) === "passed");
      }
      return { kind: "scored", good };
    });
  }

  get isWorking(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.idle();
  }

  async #make(
    { taskId, difficulty, seated }: WatchedTask,
    solver: Address,
    { engine }: Bench,
  ): Promise<{ readonly resultHash: Bytes32; readonly tokens: number } | undefined> {
    if (seated === undefined) return undefined;
    const { topicHash, questionsHash, startedAtSeconds } = seated;
    const source = questionSource({ taskId, topicHash, questionsHash, startedAtSeconds, solver });
    const answered = await answerQuestions(engine, { source, difficulty, signal: this.#stopping.signal });
    if (answered === undefined) return undefined;
    return { resultHash: networkResultHash(source, answered.answers), tokens: answered.tokens };
  }

  #start(task: WatchedTask, work: (bench: Bench) => Promise<Work>): void {
    const { taskId, seated } = task;
    const bench = seated && this.#benchOf.get(seated.topicHash);
    if (bench === undefined || this.#running.has(taskId) || this.#stopping.signal.aborted) return;
    this.#work.set(taskId, { kind: "running" });
    this.#running.set(taskId, this.#run(taskId, bench, work));
  }

  async #run(taskId: Bytes32, bench: Bench, work: (bench: Bench) => Promise<Work>): Promise<void> {
    const { log, onDone } = this.#parts;
    const leave = bench.workload.enter();
    try {
      this.#work.set(taskId, await work(bench));
    } catch (error) {
      this.#work.set(taskId, { kind: "failed" });
      if (!this.#stopping.signal.aborted) log.warn("A network task could not be done", { taskId }, error);
    } finally {
      leave();
      this.#running.delete(taskId);
    }
    if (!this.#stopping.signal.aborted) onDone();
  }
}
