import type { Priority } from "@cortensor/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ticket } from "./clientFlows.js";
import { BATCH_PATIENCE_MS, FairQueue } from "./fairQueue.js";

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
