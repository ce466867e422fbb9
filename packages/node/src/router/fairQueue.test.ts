import type { Priority } from "@cortensor/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ticket } from "./clientFlows.js";
import { BATCH_PATIENCE_MS, FairQueue } from "./fairQueue.js";
import { CREDIT_TOKENS_MAX } from "./turnAccount.js";

type Task = {
  readonly client: number;
  readonly priority: Priority;
  readonly serviceTokens: number;
  readonly order: number;
};

const anywhere = () => true;
const tokens = fc.integer({ min: 1, max: 1_000 });

let order = 0;
function aTask(client: number, change: Partial<Task> = {}): Task {
  order += 1;
  return { client, priority: "interactive", serviceTokens: 100, order, ...change };
}

function takeNext(queue: FairQueue<Task>, nowMs = 0): Task {
  const taken = queue.take(anywhere, nowMs);
  if (taken === undefined) throw new Error("the queue stopped though tasks wait");
  return taken.task;
}

describe("any mix of arrivals, departures and free miners", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("add"), client: fc.nat(4), tokens, batch: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("take"), passMs: fc.nat(40_000) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("remove"), which: fc.nat() }) },
  );

  it("serves each waiting task once, a client's in the order they came, and something whenever something waits", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new FairQueue<Task>();
        const waiting: Ticket<Task>[] = [];
        let nowMs = 0;
        const take = (): void => {
          const task = takeNext(queue, nowMs);
          const line = waiting.filter((one) => one.task.client === task.client && one.task.priority === task.priority);
          expect(line[0]?.task).toBe(task);
          waiting.splice(
            waiting.findIndex((one) => one.task === task),
            1,
          );
        };
        for (const one of steps) {
          if ("client" in one) {
            const priority = one.batch ? "batch" : "interactive";
            waiting.push(queue.add(aTask(one.client, { priority, serviceTokens: one.tokens }), nowMs));
          } else if ("passMs" in one) {
            nowMs += one.passMs;
            if (waiting.length > 0) take();
          } else if (waiting.length > 0) {
            const [gone] = waiting.splice(one.which % waiting.length, 1);
            if (gone !== undefined) queue.remove(gone);
          }
          expect(queue.size).toBe(waiting.length);
          expect(queue.tokens).toBe(waiting.reduce((sum, { task }) => sum + task.serviceTokens, 0));
        }
        expect(new Set(queue.tasks())).toEqual(new Set(waiting.map(({ task }) => task)));
        while (waiting.length > 0) take();
        expect(queue.take(anywhere, nowMs)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe("clients that wait together", () => {
  it("are served the same tokens, to within one task of each", () => {
    const clients = fc.array(fc.array(tokens, { minLength: 5, maxLength: 30 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(clients, (costs) => {
        const queue = new FairQueue<Task>();
        for (const [client, mine] of costs.entries())
          for (const serviceTokens of mine) queue.add(aTask(client, { serviceTokens }), 0);
        const served = costs.map(() => 0);
        const left = costs.map(({ length }) => length);
        const most = costs.map((mine) => Math.max(...mine));
        let worst = Number.NEGATIVE_INFINITY;
        while (left.every((count) => count > 0)) {
          const { client, serviceTokens } = takeNext(queue);
          served[client] = (served[client] ?? 0) + serviceTokens;
          left[client] = (left[client] ?? 0) - 1;
          for (const [one, first] of served.entries())
            for (const [other, second] of served.entries())
              worst = Math.max(worst, Math.abs(first - second) - (most[one] ?? 0) - (most[other] ?? 0));
        }
        expect(worst).toBeLessThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });

  it("take turns when their tasks are alike, however long each takes", () => {
    const pauses = fc.array(fc.nat(600_000), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), pauses, (clients, passMs) => {
        const queue = new FairQueue<Task>();
        for (let task = 0; task < 100 * clients; task += 1) queue.add(aTask(task % clients), 0);
        const counts = Array.from({ length: clients }, () => 0);
        let nowMs = 0;
        for (const ms of passMs) {
          nowMs += ms;
          const { client } = takeNext(queue, nowMs);
          counts[client] = (counts[client] ?? 0) + 1;
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("tasks that cost other than expected", () => {
  const SLOTS = 4;
  const SERVED_MAX = 500;
  const APART_MAX = 2 * SLOTS * SERVED_MAX + 2 * CREDIT_TOKENS_MAX;
  const claim = fc.record({ expected: tokens, least: fc.integer({ min: 1, max: SERVED_MAX }) });

  /** Serves clients on so many sequences, each token a step of time. What each was served in all, when `steps` are over. */
  function serve(
    claims: readonly { readonly expected: number; readonly least: number }[],
    { steps, waiting, seed }: { readonly steps: number; readonly waiting: number; readonly seed: number },
  ): readonly number[] {
    const queue = new FairQueue<Task>();
    const served = claims.map(() => 0);
    let random = seed;
    const costOf = (client: number): number => {
      random = (random * 48_271) % 2_147_483_647;
      const least = claims[client]?.least ?? 1;
      return least + (random % (SERVED_MAX - least + 1));
    };
    const submit = (client: number): void =>
      void queue.add(aTask(client, { serviceTokens: claims[client]?.expected ?? 1 }), 0);
    for (let task = 0; task < waiting; task += 1) for (const client of claims.keys()) submit(client);
    let running: { readonly task: Task; readonly cost: number; left: number }[] = [];
    for (let step = 0; step < steps; step += 1) {
      while (running.length < SLOTS && queue.size > 0) {
        const task = takeNext(queue);
        const cost = costOf(task.client);
        running.push({ task, cost, left: cost });
      }
      for (const one of running) {
        one.left -= 1;
        served[one.task.client] = (served[one.task.client] ?? 0) + 1;
        if (one.left > 0) continue;
        queue.ended(one.task, one.cost);
        submit(one.task.client);
      }
      running = running.filter(({ left }) => left > 0);
    }
    return served;
  }

  it("leave clients that always wait the same tokens in the long run, however little was expected of each", () => {
    const clients = fc.array(claim, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(clients, fc.integer({ min: 1, max: 2_147_483_646 }), (drawn, seed) => {
        // No more than they cost on average.
        const claims = drawn.map(({ expected, least }) => ({
          least,
          expected: Math.min(expected, Math.floor((least + SERVED_MAX) / 2) - 20),
        }));
        const run = { waiting: 2 * SLOTS, seed };
        const [short, long] = [serve(claims, { ...run, steps: 20_000 }), serve(claims, { ...run, steps: 60_000 })];
        // What runs isn't settled yet, and credit is bounded: that much they differ by at any time.
        for (const served of [short, long])
          expect(Math.max(...served) - Math.min(...served)).toBeLessThanOrEqual(APART_MAX);
      }),
      { numRuns: 15 },
    );
  });

  it("gain nobody anything by claims: with a few tasks each, who claims other than it has is served no more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_147_483_646 }), tokens, (seed, expected) => {
        const claims = [
          { expected: 250, least: 1 },
          { expected, least: 1 },
        ];
        const [honest = 0, other = 0] = serve(claims, { waiting: SLOTS, seed, steps: 60_000 });
        expect(other - honest).toBeLessThanOrEqual(APART_MAX);
      }),
      { numRuns: 20 },
    );
  });

  it("are settled once: a second end, or that of a task that was never served, changes nothing", () => {
    const queue = new FairQueue<Task>();
    const [first, second, third, fourth] = [aTask(1), aTask(1), aTask(2, { serviceTokens: 150 }), aTask(2)];
    for (const task of [first, second, third, fourth]) queue.add(task, 0);
    expect([takeNext(queue), takeNext(queue)]).toEqual([first, third]);
    queue.ended(second, 1_000);
    queue.ended(third, 140);
    // From here on client 1 is charged 120 in all, before the 150 of client 2.
    queue.ended(first, 120);
    queue.ended(first, 1_000);
    expect(takeNext(queue)).toBe(second);
    expect(takeNext(queue)).toBe(fourth);
  });

  it("count from their end on, for who waits and for who comes again", () => {
    const queue = new FairQueue<Task>();
    const [long, next, other] = [aTask(1), aTask(1), aTask(2, { serviceTokens: 150 })];
    for (const task of [long, next, other, aTask(2)]) queue.add(task, 0);
    expect([takeNext(queue), takeNext(queue)]).toEqual([long, other]);
    queue.ended(long, 2_000);
    queue.ended(other, 150);
    for (let task = 0; task < 10; task += 1) queue.add(aTask(2), 0);
    expect(Array.from({ length: 11 }, () => takeNext(queue).client)).toEqual(Array.from({ length: 11 }, () => 2));
    expect(takeNext(queue)).toBe(next);
  });
});

describe("one client's flood", () => {
  it("never stands before another's single task, while its own tasks run at more than a token a second", () => {
    const run = fc.record({ passed: fc.nat(8), taken: fc.nat(500), tokens, speed: fc.integer({ min: 2, max: 500 }) });
    fc.assert(
      fc.property(run, ({ passed, taken, tokens: serviceTokens, speed }) => {
        const queue = new FairQueue<Task>();
        const serviceMs = (serviceTokens * 1_000) / speed;
        for (let task = 0; task < passed; task += 1) queue.pass(aTask(1, { serviceTokens }));
        for (let task = 0; task < 1_000; task += 1) queue.add(aTask(1, { serviceTokens }), 0);
        let nowMs = 0;
        for (let turn = 0; turn < taken; turn += 1) {
          nowMs += serviceMs;
          takeNext(queue, nowMs);
        }
        // What already runs of the flood is what the newcomer finds: without it, both are new.
        fc.pre(passed + taken > 0);
        nowMs += serviceMs / 2;
        queue.add(aTask(2), nowMs);
        expect(takeNext(queue, nowMs).client).toBe(2);
      }),
    );
  });

  it("isn't forgotten by leaving the queue for a moment", () => {
    const queue = new FairQueue<Task>();
    queue.add(aTask(1, { serviceTokens: 1_000 }), 0);
    queue.add(aTask(2), 0);
    expect([takeNext(queue).client, takeNext(queue).client]).toEqual([1, 2]);
    queue.add(aTask(1), 0);
    for (let task = 0; task < 8; task += 1) queue.add(aTask(2), 0);
    const next = Array.from({ length: 9 }, () => takeNext(queue).client);
    expect(next).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 1]);
  });

  it("doesn't starve under an endless stream of new clients", () => {
    const load = fc.record({ serviceMs: fc.integer({ min: 200, max: 4_000 }), newcomers: fc.constantFrom(1, 2) });
    fc.assert(
      fc.property(load, ({ serviceMs, newcomers }) => {
        const queue = new FairQueue<Task>();
        const mine = 3;
        for (let task = 0; task < mine; task += 1) queue.add(aTask(0), 0);
        let nowMs = 0;
        let nextClient = 1;
        let left = mine;
        while (left > 0) {
          for (let one = 0; one < newcomers; one += 1, nextClient += 1) queue.add(aTask(nextClient), nowMs);
          if (takeNext(queue, nowMs).client === 0) left -= 1;
          nowMs += serviceMs;
          // 100 tokens of ageing are 100 s; as many newcomers as came meanwhile may stand before.
          if (nowMs > mine * newcomers * 2 * (100_000 + 2 * serviceMs)) break;
        }
        expect(left).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

describe("batch tasks", () => {
  it("let interactive ones go first, and use what those leave", () => {
    const queue = new FairQueue<Task>();
    const batch = queue.add(aTask(1, { priority: "batch" }), 0).task;
    const later = queue.add(aTask(2), 1).task;
    expect([takeNext(queue, 1), takeNext(queue, 1)]).toEqual([later, batch]);
  });

  it("have their turn when they have waited long, whatever comes", () => {
    const flood = fc.record({
      clients: fc.integer({ min: 1, max: 5 }),
      serviceMs: fc.integer({ min: 200, max: 20_000 }),
    });
    fc.assert(
      fc.property(flood, ({ clients, serviceMs }) => {
        const queue = new FairQueue<Task>();
        for (let task = 0; task < 5; task += 1) queue.add(aTask(99, { priority: "batch" }), 0);
        let nowMs = 0;
        let sinceMs = 0;
        let longestMs = 0;
        for (let left = 5; left > 0; nowMs += serviceMs) {
          for (let client = 0; client < clients; client += 1) queue.add(aTask(client), nowMs);
          const { priority } = takeNext(queue, nowMs);
          if (priority === "interactive") continue;
          longestMs = Math.max(longestMs, nowMs - sinceMs);
          left -= 1;
          sinceMs = nowMs;
        }
        expect(longestMs).toBeGreaterThanOrEqual(BATCH_PATIENCE_MS);
        expect(longestMs).toBeLessThan(BATCH_PATIENCE_MS + serviceMs);
      }),
      { numRuns: 50 },
    );
  });

  it("never go twice in a row before an interactive one, however many are due", () => {
    const queue = new FairQueue<Task>();
    for (let client = 0; client < 10; client += 1) queue.add(aTask(client, { priority: "batch" }), 0);
    for (let client = 0; client < 4; client += 1) queue.add(aTask(client), BATCH_PATIENCE_MS);
    const classes = Array.from({ length: 8 }, () => takeNext(queue, BATCH_PATIENCE_MS).priority);
    expect(classes).toEqual(Array.from({ length: 4 }, () => ["batch", "interactive"]).flat());
  });
});

describe("a task that fits no free miner", () => {
  it("is passed over, keeps its turn, and holds back its own client alone", () => {
    const queue = new FairQueue<Task>();
    const large = queue.add(aTask(1), 0).task;
    const behind = queue.add(aTask(1), 0).task;
    const other = queue.add(aTask(2), 0).task;
    const small = (task: Task) => (task === large ? undefined : "a small miner");
    expect(queue.take(small, 0)).toEqual({ task: other, place: "a small miner" });
    expect(queue.take(small, 0)).toBeUndefined();
    queue.add(aTask(3), 0);
    expect(takeNext(queue)).toBe(large);
    expect([takeNext(queue).client, takeNext(queue)]).toEqual([3, behind]);
  });
});
