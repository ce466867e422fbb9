import { createManualClock, createMetrics, type ManualClock, silentLogger } from "@cortensor/runtime";
import { beforeEach, describe, expect, it } from "vitest";
import { aDraft, aRecord, NOW_MS, word } from "../compliance/makers.js";
import { BACKOFF_CAP_MS, DELIVERY_MS_MAX, IDLE_POLL_MS, LEASE_MS, LEASE_POLL_MS } from "../limits.js";
import { createMemoryOutbox } from "../outbox/createMemoryOutbox.js";
import type { SinkOutbox } from "../outbox/sinkOutbox.js";
import type { SinkRecord } from "../record/sinkRecord.js";
import { withhold } from "../record/withhold.js";
import type { DeliverOutcome, Sink, SinkBatch } from "../sink.js";
import { SinkError } from "../sinkError.js";
import { planDelivery } from "../sql/planDelivery.js";
import { createSinkPump, type SinkPump } from "./createSinkPump.js";
import { createSinkPumps } from "./createSinkPumps.js";
import { createSinkMetrics, NO_SINK_METRICS } from "./sinkMetrics.js";

const SESSION = word("session");

/** A sink that keeps what it gets as a database would, and can be told to fail. */
function aStore() {
  const rows: SinkRecord[] = [];
  const store = {
    rows,
    calls: 0,
    isClosed: false,
    fail: (_batch: SinkBatch, _signal: AbortSignal): DeliverOutcome | Promise<DeliverOutcome> | undefined => undefined,
    sequences: () => rows.map(({ sequence }) => sequence),
  };
  const headNow = () => {
    const last = rows.at(-1);
    return last && { sequence: last.sequence, taskId: last.taskId };
  };
  const sink: Sink = {
    kind: "sqlite",
    name: "a store",
    head: async () => headNow(),
    async deliver(batch, signal) {
      store.calls += 1;
      const instead = await store.fail(batch, signal);
      if (instead) return instead;
      const plan = planDelivery(headNow(), batch);
      if (plan.kind !== "write") throw new Error(plan.kind);
      rows.push(...plan.records);
      return { kind: "delivered", through: headNow()?.sequence ?? 0 };
    },
    async close() {
      store.isClosed = true;
    },
  };
  return { store, sink };
}

const down = () => {
  throw new SinkError({ code: "SINK_UNREACHABLE", sink: "a store", reason: "ECONNREFUSED" }, { isRetryable: true });
};

describe("a pump", () => {
  let clock: ManualClock;
  let outbox: SinkOutbox;
  let running: { stop: AbortController; ended: Promise<void> }[];
  beforeEach(() => {
    clock = createManualClock(NOW_MS);
    outbox = createMemoryOutbox({ clock });
    running = [];
    return async () => {
      for (const { stop, ended } of running) {
        stop.abort();
        await clock.advance(0);
        await ended;
      }
    };
  });
  const append = async (from: number, to: number) => {
    for (let n = from; n <= to; n++) await outbox.append(aDraft(SESSION, n));
  };
  const start = (sink: Sink, holder = "one"): SinkPump => {
    const parts = { session: SESSION, sink, outbox, holder, clock, random: () => 0.5, log: silentLogger };
    const pump = createSinkPump({ ...parts, metrics: NO_SINK_METRICS });
    const stop = new AbortController();
    running.push({ stop, ended: pump.run(stop.signal) });
    return pump;
  };
  /** Lets everything run that waits for no time. */
  const settle = async () => {
    for (let n = 0; n < 40; n++) await clock.advance(0);
  };
  const numbers = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

  it("carries all that waits, in order, and what comes later as soon as it is told", async () => {
    const { store, sink } = aStore();
    await append(1, 250);
    const pump = start(sink);
    await settle();
    expect(store.sequences()).toEqual(numbers(250));
    expect(pump.state()).toMatchObject({ phase: "idle", lag: 0, deliveredThrough: 250, failures: 0 });
    await append(251, 252);
    pump.wake();
    await settle();
    expect(store.sequences()).toEqual(numbers(252));
  });

  it("finds what another router appended, when it looks again", async () => {
    const { store, sink } = aStore();
    start(sink);
    await settle();
    await append(1, 1);
    await clock.advance(IDLE_POLL_MS);
    await settle();
    expect(store.sequences()).toEqual([1]);
  });

  it("loses nothing of a sink that is down, pauses ever longer, and goes on when it is back", async () => {
    const { store, sink } = aStore();
    store.fail = down;
    await append(1, 3);
    const pump = start(sink);
    await clock.advance(600_000);
    expect(pump.state()).toMatchObject({ phase: "failing", lastError: "SINK_UNREACHABLE", lag: 3 });
    expect(store.calls).toBeGreaterThan(8);
    expect(store.calls).toBeLessThan(40);
    expect((await outbox.status(SESSION)).records).toBe(3);
    store.fail = () => undefined;
    await clock.advance(BACKOFF_CAP_MS);
    await settle();
    expect(store.sequences()).toEqual([1, 2, 3]);
    expect(pump.state()).toMatchObject({ phase: "idle", failures: 0 });
    expect(pump.state().lastError).toBeUndefined();
  });

  it("sends nothing again that the sink has and that nobody acknowledged", async () => {
    const { store, sink } = aStore();
    await append(1, 5);
    store.rows.push(...(await outbox.read(SESSION, { after: 0, recordsMax: 3, bytesMax: 1_000_000 })));
    start(sink);
    await settle();
    expect(store.sequences()).toEqual([1, 2, 3, 4, 5]);
    expect(store.calls).toBe(1);
  });

  it("asks the sink what it has after a delivery whose end it never heard", async () => {
    const { store, sink } = aStore();
    await append(1, 3);
    store.fail = (batch) => {
      store.rows.push(...batch.records);
      store.fail = () => undefined;
      return down();
    };
    start(sink);
    await clock.advance(1_000);
    await settle();
    expect(store.sequences()).toEqual([1, 2, 3]);
    expect(await outbox.status(SESSION)).toMatchObject({ deliveredThrough: 3 });
  });

  it("gives a sink that never answers up after its time, and tries again", async () => {
    const { store, sink } = aStore();
    await append(1, 1);
    store.fail = (_batch, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const pump = start(sink);
    await clock.advance(DELIVERY_MS_MAX);
    await settle();
    expect(pump.state()).toMatchObject({ phase: "failing", lastError: "SINK_TIMEOUT" });
    store.fail = () => undefined;
    await clock.advance(BACKOFF_CAP_MS);
    await settle();
    expect(store.sequences()).toEqual([1]);
  });

  it("gets a record that is refused past the sink without its texts, and all others whole", async () => {
    const { store, sink } = aStore();
    await append(1, 120);
    const isPoison = ({ sequence, content }: SinkRecord) => sequence === 57 && content.kind === "whole";
    store.fail = ({ records }) => (records.some(isPoison) ? { kind: "refused", reason: "22001" } : undefined);
    const pump = start(sink);
    await clock.advance(600_000);
    await settle();
    expect(store.sequences()).toEqual(numbers(120));
    expect(store.rows[56]).toEqual(withhold(aRecord(SESSION, 57), "refused_by_sink"));
    expect(store.rows.filter(({ content }) => content.kind === "withheld")).toHaveLength(1);
    expect(pump.state()).toMatchObject({ phase: "idle", withheld: 1, failures: 0 });
  });

  it("keeps everything when even that is refused, and says so", async () => {
    const { store, sink } = aStore();
    await append(1, 2);
    store.fail = () => ({ kind: "refused", reason: "42000" });
    const pump = start(sink);
    await clock.advance(600_000);
    expect(pump.state()).toMatchObject({ phase: "failing", lastError: "SINK_REFUSES", lag: 2 });
    store.fail = () => undefined;
    await clock.advance(BACKOFF_CAP_MS);
    await settle();
    expect(store.sequences()).toEqual([1, 2]);
  });

  it("shares an outbox with another: one delivers, and the other when the first is gone", async () => {
    const first = aStore();
    const { store, sink } = first;
    const second: Sink = { ...sink };
    await append(1, 10);
    const one = start(sink, "one");
    const two = start(second, "two");
    await settle();
    expect([one.state().phase, two.state().phase].sort()).toEqual(["elsewhere", "idle"]);
    expect(store.sequences()).toEqual(numbers(10));
    running[0]?.stop.abort();
    await running[0]?.ended;
    await append(11, 20);
    await clock.advance(LEASE_POLL_MS);
    await settle();
    expect(store.sequences()).toEqual(numbers(20));
    expect(two.state().phase).toBe("idle");
  });

  it("sends nothing after its lease has run out, and acknowledges nothing of it", async () => {
    const { store, sink } = aStore();
    await append(1, 2);
    let reached: AbortSignal | undefined;
    store.fail = (_batch, signal) => {
      reached ??= signal;
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    start(sink, "stalled");
    await settle();
    await clock.advance(LEASE_MS);
    expect(reached?.aborted).toBe(true);
    expect((await outbox.status(SESSION)).deliveredThrough).toBe(0);
  });

  it("delivers nothing to a sink that has other records under its numbers, until a person has looked", async () => {
    const { store, sink } = aStore();
    await append(1, 3);
    store.rows.push({ ...aRecord(SESSION, 1), taskId: word("another's") });
    const pump = start(sink);
    await clock.advance(60_000);
    expect(pump.state()).toMatchObject({ phase: "failing", lastError: "SINK_DIVERGED", lag: 3 });
    expect(store.calls).toBe(0);
  });

  it("says how many records a sink lacks that nobody keeps, and goes on with the next", async () => {
    const full = aStore();
    await append(1, 4);
    start(full.sink);
    await settle();
    running[0]?.stop.abort();
    await running[0]?.ended;
    await append(5, 6);
    const fresh = aStore();
    const pump = start(fresh.sink);
    await settle();
    expect(fresh.store.sequences()).toEqual([5, 6]);
    expect(pump.state()).toMatchObject({ missing: 4, deliveredThrough: 6 });
  });

  it("lets go of its lease and its sink when it is stopped", async () => {
    const { store, sink } = aStore();
    const pump = start(sink);
    await settle();
    running[0]?.stop.abort();
    await running[0]?.ended;
    expect(pump.state().phase).toBe("closed");
    expect(store.isClosed).toBe(true);
    expect(await outbox.lease(SESSION, { holder: "next", ms: 1 })).toBeDefined();
  });
});

describe("the pumps of a process", () => {
  const clock = createManualClock(NOW_MS);
  const outbox = createMemoryOutbox({ clock });
  const parts = { outbox, holder: "one", clock, random: () => 0.5, log: silentLogger };
  const settle = async () => {
    for (let n = 0; n < 40; n++) await clock.advance(0);
  };

  it("deliver each session to its own sink, whatever becomes of another's, and count it", async () => {
    const metrics = createMetrics();
    const pumps = createSinkPumps({ ...parts, metrics: createSinkMetrics(metrics), max: 2 });
    const [broken, good, third] = [aStore(), aStore(), aStore()];
    broken.store.fail = down;
    const other = word("other session");
    for (let n = 1; n <= 3; n++) for (const session of [SESSION, other]) await outbox.append(aDraft(session, n));
    await pumps.attach(SESSION, broken.sink);
    await pumps.attach(other, good.sink);
    await settle();
    expect(good.store.sequences()).toEqual([1, 2, 3]);
    expect(broken.store.sequences()).toEqual([]);
    expect(pumps.states().map(({ lag }) => lag)).toEqual([3, 0]);
    await expect(pumps.attach(word("third"), third.sink)).rejects.toMatchObject({ code: "SINK_TOO_MANY" });
    await pumps.attach(SESSION, third.sink);
    await settle();
    expect(broken.store.isClosed).toBe(true);
    expect(third.store.sequences()).toEqual([1, 2, 3]);
    const { body } = await metrics.render();
    expect(body).toContain('sink_records_delivered_total{kind="sqlite"} 6');
    expect(body).toContain('sink_failures_total{kind="sqlite"} 1');
    await pumps.close();
    expect(pumps.states()).toEqual([]);
    await expect(pumps.attach(SESSION, third.sink)).rejects.toMatchObject({ code: "SINK_CLOSED" });
  });

  it("have one pump a session, however many sinks are attached at once", async () => {
    const pumps = createSinkPumps({ ...parts, metrics: NO_SINK_METRICS });
    const stores = [aStore(), aStore(), aStore()];
    const session = word("contested session");
    await Promise.all(stores.map(({ sink }) => pumps.attach(session, sink)));
    expect(pumps.states()).toHaveLength(1);
    expect(stores.map(({ store }) => store.isClosed)).toEqual([true, true, false]);
    await pumps.close();
    expect(stores.every(({ store }) => store.isClosed)).toBe(true);
  });
});
