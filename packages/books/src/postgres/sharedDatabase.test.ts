import { connectDatabase, createManualClock, systemClock } from "@cortensor/runtime";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Books } from "../books.js";
import { aFee, aKey, aReceipt, aSession, LANE } from "../compliance/makers.js";
import { startTestDatabases, type TestDatabases } from "../compliance/startTestDatabases.js";
import { LEASE_MS } from "../limits.js";
import { createPostgresBooks } from "./createPostgresBooks.js";

/** However long a busy machine takes. */
const WAIT = { timeout: 30_000 };

let databases: TestDatabases;
let url: string;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  databases = await startTestDatabases();
});
beforeEach(async () => {
  await closePools();
  url = await databases.create();
});
afterAll(async () => {
  await closePools();
  await databases.stop();
});

async function closePools(): Promise<void> {
  for (const pool of pools.splice(0)) await pool.end();
}

function connect(max = 3): pg.Pool {
  const pool = connectDatabase({ url, max });
  pools.push(pool);
  return pool;
}

function start(routerId: string, clock = systemClock): Promise<Books> {
  return createPostgresBooks({ pool: connect(), routerId, lane: LANE, clock });
}

type Taken = { spent: string; leased: string };
async function taken(id: string): Promise<Taken | undefined> {
  const { rows } = await connect(1).query<Taken>(
    "SELECT spent_wei AS spent, leased_wei AS leased FROM budgets WHERE id = $1",
    [id],
  );
  return rows[0];
}

/** As if the router that took these epochs had died long ago. */
async function ageRouter(routerId: string): Promise<void> {
  await connect(1).query(
    "UPDATE routers SET expires_at = now() - interval '1 day', reclaim_at = now() - interval '1 hour' WHERE router_id = $1",
    [routerId],
  );
}

describe("routers on one database", () => {
  it("hold at once, without a promise, from a live slice", async () => {
    const books = await start("one");
    await books.putSession(aSession({ account: 1, allotmentWei: 1_000_000n }));
    expect(books.hold({ account: 1, wei: 10n })).toBeInstanceOf(Promise);
    await books.hold({ account: 1, wei: 10n });
    for (let n = 0; n < 20; n++) expect(books.hold({ account: 1, wei: 10n })).toMatchObject({ kind: "held" });
    await books.close();
  });

  it("never hold more than a key's budget together, and refuse only when it is all held", async () => {
    const [one, two] = [await start("one"), await start("two")];
    await one.putSession(aSession({ account: 1, allotmentWei: 10_000n }));
    const key = aKey({ account: 1, name: "shared", budgetWei: 3_000n });
    await one.putKey(key);
    const asked = Array.from({ length: 1_000 }, (_, n) =>
      (n % 2 === 0 ? one : two).hold({ account: 1, keyHash: key.keyHash, wei: 7n }),
    );
    const outcomes = await Promise.all(asked);
    const held = outcomes.filter(({ kind }) => kind === "held").length;
    expect(held).toBeLessThanOrEqual(428);
    // What the two may leave unheld is less than one hold in each slice, and one on the row.
    expect(held).toBeGreaterThanOrEqual(426);
    await one.close();
    await two.close();
  });

  it("leave the other half to the others", async () => {
    const [one, two] = [await start("one"), await start("two")];
    await one.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    await one.hold({ account: 1, wei: 100n });
    expect(BigInt((await taken("account:1"))?.leased ?? 0)).toBeLessThanOrEqual(250n);
    expect(await two.hold({ account: 1, wei: 600n })).toMatchObject({ kind: "held" });
    await one.close();
    await two.close();
  });

  it("give back what they don't use, and everything at their end", async () => {
    const clock = createManualClock(1_700_000_000_000);
    const books = await start("one", clock);
    await books.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    const outcome = await books.hold({ account: 1, wei: 10n });
    expect(outcome.kind).toBe("held");
    const leasedAtFirst = (await taken("account:1"))?.leased;
    expect(leasedAtFirst).toBe("500");
    // The first renewal sees it used, a later one idle.
    for (let renewal = 0; renewal < 3; renewal++) {
      await expect.poll(() => clock.sleepers(), WAIT).toBe(1);
      await clock.advance(LEASE_MS / 3);
    }
    await expect.poll(async () => (await taken("account:1"))?.leased, WAIT).toBe("10");
    if (outcome.kind === "held") books.release(outcome.holdId);
    await books.close();
    expect(await taken("account:1")).toEqual({ spent: "0", leased: "0" });
  });

  it("take over a dead router's slices once its tasks must have ended", async () => {
    const dead = await start("dead");
    await dead.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    await dead.hold({ account: 1, wei: 400n });
    const alive = await start("alive");
    expect(await alive.hold({ account: 1, wei: 900n })).toMatchObject({ kind: "insufficient" });
    await ageRouter("dead");
    const third = await start("third");
    await expect.poll(() => alive.hold({ account: 1, wei: 900n }), WAIT).toMatchObject({ kind: "held" });
    await third.close();
    await alive.close();
    await dead.close();
  });

  it("have all their money again after a crash and a restart, and the crashed process can't overspend it", async () => {
    const crashed = await start("one");
    await crashed.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    const outcome = await crashed.hold({ account: 1, wei: 400n });
    const restarted = await start("one");
    expect(await restarted.hold({ account: 1, wei: 800n })).toMatchObject({ kind: "held" });
    if (outcome.kind === "held") crashed.release(outcome.holdId, aFee("ghost", 300n));
    await expect(crashed.putReceipts([aReceipt({ task: "ghost", account: 1, feeWei: 300n })])).rejects.toMatchObject({
      code: "BOOKS_RECEIPTS_UNCOVERED",
    });
    const row = await taken("account:1");
    expect(BigInt(row?.spent ?? 0) + BigInt(row?.leased ?? 0)).toBeLessThanOrEqual(1_000n);
    await restarted.close();
    await crashed.close();
  });

  it("charge straight to the row when their own slices were reclaimed, and begin anew", async () => {
    const clock = createManualClock(1_700_000_000_000);
    const books = await start("slow", clock);
    await books.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    const outcome = await books.hold({ account: 1, wei: 400n });
    await ageRouter("slow");
    const other = await start("other");
    await expect.poll(async () => (await taken("account:1"))?.leased, WAIT).toBe("0");
    if (outcome.kind === "held") books.release(outcome.holdId, aFee("slow", 300n));
    await books.putReceipts([aReceipt({ task: "slow", account: 1, feeWei: 300n })]);
    expect(await taken("account:1")).toEqual({ spent: "300", leased: "0" });
    // In memory the slice is gone too: the next hold goes to the row, in a new epoch.
    expect(await books.hold({ account: 1, wei: 701n })).toMatchObject({ kind: "insufficient", availableWei: 700n });
    expect(await books.hold({ account: 1, wei: 700n })).toMatchObject({ kind: "held" });
    await books.close();
    await other.close();
  });

  it("leave out a receipt whose money was reclaimed and spent by others", async () => {
    const clock = createManualClock(1_700_000_000_000);
    const books = await start("slow", clock);
    await books.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    const outcome = await books.hold({ account: 1, wei: 400n });
    await ageRouter("slow");
    const other = await start("other");
    await expect.poll(() => other.hold({ account: 1, wei: 900n }), WAIT).toMatchObject({ kind: "held" });
    if (outcome.kind === "held") books.release(outcome.holdId, aFee("spent", 300n));
    await expect(books.putReceipts([aReceipt({ task: "spent", account: 1, feeWei: 300n })])).rejects.toMatchObject({
      code: "BOOKS_RECEIPTS_UNCOVERED",
    });
    const row = await taken("account:1");
    expect(BigInt(row?.spent ?? 0) + BigInt(row?.leased ?? 0)).toBeLessThanOrEqual(1_000n);
    await books.close();
    await other.close();
  });

  it("book one task once when two routers put its receipt at the same moment", async () => {
    const [one, two] = [await start("one"), await start("two")];
    await one.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    const receipts = Array.from({ length: 50 }, (_, n) => aReceipt({ task: `both ${n}`, account: 1, feeWei: 3n }));
    await Promise.all([one.putReceipts(receipts), two.putReceipts(receipts.toReversed())]);
    expect(await two.laneStatus(1)).toMatchObject({ spentWei: 150n, count: 50 });
    expect((await one.laneStatus(1))?.receiptsRoot).toBe((await two.laneStatus(1))?.receiptsRoot);
    await one.close();
    await two.close();
  });

  it("refuse retryably while the database is away, keep what they know, and charge nothing twice after", async () => {
    const books = await start("one");
    await books.putSession(aSession({ account: 1, allotmentWei: 1_000n }));
    const outcome = await books.hold({ account: 1, wei: 100n });
    if (outcome.kind === "held") books.release(outcome.holdId, aFee("cut", 60n));
    const receipts = [aReceipt({ task: "cut", account: 1, feeWei: 60n })];
    const admin = connect(1);
    await admin.query("BEGIN");
    await admin.query("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE");
    const cut = books.putReceipts(receipts);
    const failure = expect(cut).rejects.toMatchObject({ code: "BOOKS_DATABASE_FAILED", isRetryable: true });
    await expect
      .poll(async () => (await admin.query("SELECT pid FROM pg_locks WHERE NOT granted")).rowCount, WAIT)
      .toBe(1);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted");
    await failure;
    await admin.query("ROLLBACK");
    expect(await books.laneStatus(1)).toMatchObject({ spentWei: 0n, heldWei: 60n });
    await books.putReceipts(receipts);
    await books.putReceipts(receipts);
    expect(await books.laneStatus(1)).toMatchObject({ spentWei: 60n, heldWei: 0n, count: 1 });
    expect(await books.hold({ account: 1, wei: 941n })).toMatchObject({ kind: "insufficient", availableWei: 940n });
    await books.close();
  });
});
