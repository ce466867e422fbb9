import type { BookedReceipt } from "@cortensor/books";
import { createMemoryOutbox, createMemorySinkStore, type SinkOutbox, type SinkStore } from "@cortensor/data";
import type { Bytes32 } from "@cortensor/protocol";
import { createManualClock, type ManualClock, silentLogger } from "@cortensor/runtime";
import { beforeEach, describe, expect, it } from "vitest";
import type { AcknowledgedReceipt } from "../receiptDesk.js";
import { DRAFT_MS_MAX, RECONCILE_MS } from "./sinkLimits.js";
import { SinkRecorder } from "./sinkRecorder.js";

const ACCOUNT = 7;
const hex = (byte: number): Bytes32 => `0x${byte.toString(16).padStart(64, "0")}`;
const SESSION = hex(1);

/** Of the nth task; no signature in it is anybody's. */
function aReceipt(n: number, over: Partial<AcknowledgedReceipt> = {}): AcknowledgedReceipt {
  const address = `0x${"ab".repeat(20)}` as const;
  return {
    receipt: {
      taskId: hex(100 + n),
      account: ACCOUNT,
      operator: address,
      resultsHash: hex(2),
      payeesHash: hex(3),
      feeWei: BigInt(n),
      nIn: 3,
      nOut: 4,
      custody: "self",
      finish: "stop",
      epoch: 1,
      splitsHash: hex(4),
    },
    payees: [{ miner: address, replica: 0, segment: 0, from: 0, to: 4, wei: BigInt(n) }],
    results: [hex(5)],
    proof: {
      batch: { root: hex(6), count: 1, sequence: 1 },
      signer: address,
      signature: `0x${"11".repeat(65)}`,
      path: [],
    },
    checkpoints: [],
    createdAtMs: 1_700_000_000_000,
    ...over,
  };
}

describe("a router's records for sinks", () => {
  let clock: ManualClock;
  let store: SinkStore;
  let outbox: SinkOutbox;
  let booked: Map<Bytes32, AcknowledgedReceipt>;
  let hasSink: boolean;
  beforeEach(() => {
    clock = createManualClock(1_700_000_000_000);
    store = createMemorySinkStore();
    outbox = createMemoryOutbox({ clock });
    booked = new Map();
    hasSink = true;
  });
  /** A router's; after a kill the next one has the same books, store and outbox, and nothing else. */
  const start = () =>
    new SinkRecorder({
      sinks: { store, outbox },
      book: { sessionOf: (account) => (hasSink && account === ACCOUNT ? SESSION : undefined), wake: () => undefined },
      books: { findReceipt: async (taskId) => booked.get(taskId) as BookedReceipt | undefined },
      clock,
      log: silentLogger,
    });
  const serve = (recorder: SinkRecorder, n: number): AcknowledgedReceipt => {
    const capture = recorder.capture(ACCOUNT, "tiny", { kind: "text", text: `question ${n}` });
    capture?.bind(hex(100 + n));
    for (const text of ["answer ", `${n}`]) capture?.hear({ kind: "text", text, ids: [] });
    return aReceipt(n);
  };
  const book = (one: AcknowledgedReceipt): void => {
    booked.set(one.receipt.taskId, one);
  };
  const records = () => outbox.read(SESSION, { after: 0, recordsMax: 99, bytesMax: 1_000_000 });

  it("are appended in the order of receipts, once those are durable, and not before", async () => {
    const recorder = start();
    const receipts = [2, 1].map((n) => serve(recorder, n));
    await recorder.keep(receipts);
    expect(await records()).toEqual([]);
    recorder.acknowledged(receipts);
    await recorder.drain();
    expect((await records()).map(({ content, usage }) => [content, usage.feeWei])).toEqual([
      [{ kind: "whole", promptKind: "text", prompt: "question 2", result: "answer 2" }, 2n],
      [{ kind: "whole", promptKind: "text", prompt: "question 1", result: "answer 1" }, 1n],
    ]);
    expect(await store.draftsBefore(clock.nowMs() + 1, 9)).toEqual([]);
  });

  it.each(["a draft", "a receipt", "an append"])(
    "lose and double nothing when their router is killed after %s",
    async (after) => {
      const killed = start();
      const receipt = serve(killed, 1);
      await killed.keep([receipt]);
      if (after !== "a draft") book(receipt);
      if (after === "an append") {
        store = { ...store, drop: () => Promise.reject(new Error("killed")) };
        const dying = start();
        await dying.round();
        expect(await records()).toHaveLength(1);
        store = { ...store, drop: createMemorySinkStore().drop };
      }
      const next = start();
      await next.round();
      expect(await records()).toHaveLength(after === "a draft" ? 0 : 1);
      // Its miner offers the result again: the receipt comes now, and the texts are those that were kept.
      if (after === "a draft") {
        const late = aReceipt(1, { isReoffered: true });
        await next.keep([late]);
        book(late);
        next.acknowledged([late]);
        await next.round();
      }
      expect(await records()).toMatchObject([{ sequence: 1, content: { kind: "whole", prompt: "question 1" } }]);
    },
  );

  it("say that texts are lost where the router that knew them died with them", async () => {
    const recorder = start();
    const receipt = aReceipt(1, { isReoffered: true });
    await recorder.keep([receipt]);
    book(receipt);
    recorder.acknowledged([receipt]);
    await recorder.round();
    expect(await records()).toMatchObject([{ sequence: 1, content: { kind: "lost" }, usage: { feeWei: 1n } }]);
  });

  it("keep what was said of a task that is left to another process", async () => {
    const stopping = start();
    const receipt = serve(stopping, 1);
    stopping.leave(receipt.receipt.taskId);
    await stopping.drain();
    book(receipt);
    await start().round();
    expect(await records()).toMatchObject([{ content: { prompt: "question 1", result: "answer 1" } }]);
  });

  it("are none of tasks without a receipt, of sessions without a sink, and of one that was taken away", async () => {
    const recorder = start();
    const dropped = serve(recorder, 1);
    recorder.drop(dropped.receipt.taskId);
    await recorder.keep([dropped]);
    recorder.acknowledged([dropped]);
    const foreign = { ...aReceipt(2, { isReoffered: true }) };
    await recorder.keep([{ ...foreign, receipt: { ...foreign.receipt, account: 8 } }]);
    const late = serve(recorder, 3);
    await recorder.keep([late]);
    hasSink = false;
    expect(recorder.capture(ACCOUNT, "tiny", { kind: "text", text: "unheard" })).toBeUndefined();
    recorder.acknowledged([late]);
    await recorder.drain();
    expect(await records()).toEqual([]);
    expect(await store.draftsBefore(clock.nowMs() + 1, 9)).toEqual([]);
  });

  it("wait for a database that is away, and close the door to more when too many wait", async () => {
    const away = { ...outbox, append: () => Promise.reject(new Error("away")) };
    const recorder = new SinkRecorder({
      sinks: { store, outbox: away },
      book: { sessionOf: () => SESSION, wake: () => undefined },
      books: { findReceipt: async () => undefined },
      clock,
      log: silentLogger,
      appendsMax: 5,
    });
    for (let n = 1; n <= 5; n++) recorder.acknowledged([serve(recorder, n)]);
    await recorder.round();
    expect(recorder.isFull).toBe(true);
    Object.assign(away, { append: outbox.append });
    await recorder.round();
    expect(recorder.isFull).toBe(false);
    expect((await outbox.status(SESSION)).lastSequence).toBe(5);
  });

  it("forget a draft whose receipt never came", async () => {
    const recorder = start();
    await recorder.keep([serve(recorder, 1)]);
    const next = start();
    await next.round();
    await clock.advance(DRAFT_MS_MAX + RECONCILE_MS);
    await next.round();
    expect(await store.draftsBefore(clock.nowMs() + 1, 9)).toEqual([]);
  });
});
