import type { Bytes32 } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type RawMiner, type RawTask, startRawMiner } from "./rawMiner.js";
import { type Answer, aRequest, ask, startTestRouter, tearDown, until } from "./testNetwork.js";

afterEach(tearDown);

const TOKENS = 64;
/** Tokens a second, before and after: a task's tokens take one second, then two. */
const [FULL, HALF] = [64, 32];
const PROMPT_MS = 100;
const WINDOW_MS = 30_000;
/** Tasks that a miner of one sequence is sent at once. */
const STARTS_MAX = 2;
const NAMES = ["steady", "throttled"] as const;
type Name = (typeof NAMES)[number];

/** Does what is due by a clock that nothing else moves, each act to its end. */
class Schedule {
  nowMs = Date.now();
  #due: { readonly atMs: number; readonly act: () => Promise<void> }[] = [];

  in(ms: number, act: () => Promise<void>): void {
    this.#due.push({ atMs: this.nowMs + ms, act });
    this.#due.sort((left, right) => left.atMs - right.atMs);
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    for (let next = this.#due[0]; next !== undefined && next.atMs <= endMs; next = this.#due[0]) {
      this.#due.shift();
      this.nowMs = next.atMs;
      await next.act();
    }
    this.nowMs = endMs;
  }
}

/** A router, and two miners that work on one task after another at the speed that the test sets, all by one clock. */
class Load {
  readonly schedule = new Schedule();
  readonly tokensPerSecond: Record<Name, number> = { steady: FULL, throttled: FULL };
  /** Who got each task, in order. */
  readonly given: Name[] = [];
  readonly #seen = new Map<Bytes32, { hasText: boolean; isDone: boolean }>();
  readonly #queues: Record<Name, RawTask[]> = { steady: [], throttled: [] };
  readonly #miners = new Map<Name, RawMiner>();
  readonly #answers: Promise<Answer>[] = [];
  #router: Awaited<ReturnType<typeof startTestRouter>> | undefined;
  #ended = 0;

  async start(): Promise<void> {
    const router = await startTestRouter({ nowMs: () => this.schedule.nowMs });
    this.#router = router;
    for (const name of NAMES) {
      const onTask = (task: RawTask): void => this.#take(name, task);
      this.#miners.set(name, await startRawMiner(router, { name, offer: { sequences: 1 }, onTask }));
    }
  }

  /** Asks a task every so often, for a while. */
  async steadily(everyMs: number, forMs: number): Promise<readonly Name[]> {
    const from = this.given.length;
    for (let atMs = 0; atMs < forMs; atMs += everyMs) {
      await this.#ask();
      await this.schedule.pass(everyMs);
    }
    return this.given.slice(from);
  }

  async end(): Promise<void> {
    await this.schedule.pass(10 * WINDOW_MS);
    await Promise.all(this.#answers);
  }

  async #ask(): Promise<void> {
    const router = this.#router;
    if (router === undefined) throw new Error("the router was never started");
    const seen = { hasText: false, isDone: false };
    let isBegun = false;
    const answer = ask(router, aRequest(router, `question ${this.#answers.length}`, { maxTokens: TOKENS }), {
      onEvent: (event) => {
        if (event.kind === "started") {
          this.#seen.set(event.taskId, seen);
          isBegun = true;
        }
        seen.hasText ||= event.kind === "text";
        seen.isDone ||= event.kind === "done";
      },
    });
    this.#answers.push(answer);
    await until(() => isBegun);
    await this.#allGiven();
  }

  /** Every task that a miner has room for is with it. */
  #allGiven(): Promise<void> {
    return until(() => this.given.length === Math.min(this.#answers.length, this.#ended + NAMES.length * STARTS_MAX));
  }

  #take(name: Name, task: RawTask): void {
    this.given.push(name);
    task.accept();
    const queue = this.#queues[name];
    queue.push(task);
    if (queue.length === 1) this.#work(name, task);
  }

  #work(name: Name, task: RawTask): void {
    const seen = (): { hasText: boolean; isDone: boolean } | undefined => this.#seen.get(task.assignment.taskId);
    this.schedule.in(PROMPT_MS, async () => {
      task.tokensTo(1);
      await until(() => seen()?.hasText === true);
      this.schedule.in(((TOKENS - 1) * 1_000) / this.tokensPerSecond[name], async () => {
        task.tokensTo(TOKENS).finish();
        this.#miners.get(name)?.sign();
        await until(() => seen()?.isDone === true);
        this.#ended += 1;
        const queue = this.#queues[name];
        queue.shift();
        await this.#allGiven();
        if (queue[0] !== undefined) this.#work(name, queue[0]);
      });
    });
  }
}

const shareOf = (given: readonly Name[]): number => given.filter((name) => name === "throttled").length / given.length;

describe("a miner that slows down to half of its speed", () => {
  it.each([
    { load: "with a miner idle whenever a task comes", everyMs: 1_250, keepsAtMost: 0 },
    { load: "with more tasks than both can do then", everyMs: 700, keepsAtMost: 0.4 },
  ])("loses its share of the tasks within thirty seconds, $load", async ({ everyMs, keepsAtMost }) => {
    const load = new Load();
    await load.start();
    const before = shareOf(await load.steadily(everyMs, 2 * WINDOW_MS));
    load.tokensPerSecond.throttled = HALF;
    const given = await load.steadily(everyMs, WINDOW_MS);
    const after = await load.steadily(everyMs, WINDOW_MS);
    await load.end();
    // Of equal miners that are both idle chance decides, so this is no exact half.
    expect(before).toBeGreaterThan(0.2);
    expect(shareOf(given)).toBeLessThan(before);
    expect(shareOf(after)).toBeLessThanOrEqual(keepsAtMost);
  });
});
