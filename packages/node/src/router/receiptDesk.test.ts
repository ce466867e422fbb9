import { BooksError } from "@cortensor/books";
import {
  type Bytes32,
  keccak256,
  payeesHash,
  registryDomain,
  resultsHash,
  splitsHash,
  splitsOf,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createManualClock, createMetrics, Secret, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { BATCH_DELAY_MS, createLeafBatcher, createNodeSigner, createSignatureCounter } from "../host/index.js";
import { createRouterMetrics } from "./metrics.js";
import { type IssuedReceipt, ReceiptDesk } from "./receiptDesk.js";

function anIssued(name: string): IssuedReceipt {
  const taskId = keccak256(utf8ToBytes(name));
  const receipt = {
    taskId,
    account: 1,
    operator: `0x${"0e".repeat(20)}`,
    resultsHash: resultsHash([]),
    payeesHash: payeesHash([]),
    feeWei: 5n,
    nIn: 1,
    nOut: 1,
    custody: "custodial",
    finish: "stop",
    epoch: 0,
    splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
  } as const;
  return { receipt, payees: [], results: [] };
}

function setUp(putReceipts: (taskIds: readonly Bytes32[]) => Promise<void>) {
  const clock = createManualClock(1_000);
  const signatures = createSignatureCounter(createMetrics());
  const signer = createNodeSigner(new Secret<`0x${string}`>(`0x${"22".repeat(32)}`), signatures);
  const domain = registryDomain({ chainId: 31_337, registry: `0x${"aa".repeat(20)}` });
  const batcher = createLeafBatcher({ signer, domain, clock, log: silentLogger });
  const acknowledged: Bytes32[] = [];
  const writes: number[] = [];
  const desk = new ReceiptDesk({
    batcher,
    books: {
      putReceipts: (receipts) => {
        writes.push(receipts.length);
        return putReceipts(receipts.map(({ receipt }) => receipt.taskId));
      },
    },
    clock,
    random: () => 0,
    log: silentLogger,
    metrics: createRouterMetrics(createMetrics(), {
      running: () => 0,
      miners: () => 0,
      verifiedMiners: () => 0,
      receiptsPending: () => 0,
    }),
    onAcknowledged: (receipts) => acknowledged.push(...receipts.map(({ receipt }) => receipt.taskId)),
  });
  return { desk, clock, acknowledged, writes, signatures };
}

const names = Array.from({ length: 300 }, (_, index) => `task ${index}`);

describe("the receipt desk", () => {
  it("signs and writes a batch's receipts once, and acknowledges each when it is durable", async () => {
    let finish: () => void = () => undefined;
    const { desk, clock, acknowledged, writes, signatures } = setUp(() => new Promise((resolve) => (finish = resolve)));
    for (const name of names) desk.issue(anIssued(name));
    expect(desk.pending).toBe(300);
    await clock.advance(BATCH_DELAY_MS);
    expect(writes).toEqual([300]);
    expect(signatures.counts().signed).toBe(1);
    expect(acknowledged).toEqual([]);
    expect(desk.has(anIssued("task 7").receipt.taskId)).toBe(true);
    finish();
    await clock.advance(0);
    expect(acknowledged).toHaveLength(300);
    expect(desk.pending).toBe(0);
    expect(desk.has(anIssued("task 7").receipt.taskId)).toBe(false);
  });

  it("loses nothing while the database is away, and says so until it is back", async () => {
    let isAway = true;
    const { desk, clock, acknowledged } = setUp(() =>
      isAway ? Promise.reject(new Error("no connection")) : Promise.resolve(),
    );
    for (const name of names) desk.issue(anIssued(name));
    await clock.advance(BATCH_DELAY_MS + 5_000);
    expect(desk.isStoreDown).toBe(true);
    expect(desk.pending).toBe(300);
    isAway = false;
    await clock.advance(5_000);
    expect(desk.isStoreDown).toBe(false);
    expect(acknowledged).toHaveLength(300);
  });

  it("leaves out what no account covers, and acknowledges the others", async () => {
    const bad = anIssued("task 3").receipt.taskId;
    const { desk, clock, acknowledged } = setUp((taskIds) =>
      taskIds.includes(bad)
        ? Promise.reject(new BooksError({ code: "BOOKS_RECEIPTS_UNCOVERED", taskIds: [bad] }))
        : Promise.resolve(),
    );
    for (const name of names.slice(0, 10)) desk.issue(anIssued(name));
    await clock.advance(BATCH_DELAY_MS);
    expect(acknowledged).toHaveLength(9);
    expect(acknowledged).not.toContain(bad);
    expect(desk.pending).toBe(0);
  });

  it("stops trying when it is told to", async () => {
    const { desk, clock, acknowledged } = setUp(() => Promise.reject(new Error("no connection")));
    desk.issue(anIssued("one"));
    await clock.advance(BATCH_DELAY_MS);
    const stop = new AbortController();
    const drained = desk.drain(stop.signal);
    stop.abort();
    await clock.advance(0);
    await drained;
    expect(acknowledged).toEqual([]);
    expect(desk.pending).toBe(1);
  });
});
