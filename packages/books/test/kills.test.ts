import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectDatabase, pickFreePort, type RunningPostgres, startPostgres, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleChild } from "../../runtime/test/bundleChild.js";
import { aFee, aKey, aReceipt, aSession, LANE, MINER } from "../src/compliance/makers.js";
import { type Books, createPostgresBooks } from "../src/index.js";
import { ACCOUNT, FEE_WEI, spendAll } from "./spendAll.js";

const BUDGET_WEI = 6_000n;
const TASKS = 2_000;

let folder: string;
let server: RunningPostgres;
let port: number;
const childPath = fileURLToPath(new URL("../dist/test/routerChild.mjs", import.meta.url));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cortensor-kills-"));
  // As root the server runs as another account, which must get in.
  await chmod(folder, 0o755);
  port = await pickFreePort();
  server = await startPostgres({ folder, port });
  await bundleChild(fileURLToPath(new URL("./routerChild.ts", import.meta.url)), childPath);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function withDatabase(name: string, work: (url: string) => Promise<void>): Promise<void> {
  const admin = connectDatabase({ url: server.url, max: 1 });
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  await work(server.url.replace(/[^/]+$/, name));
}

async function readMoney(
  url: string,
  keyHash: string,
): Promise<{ spent: bigint; leased: bigint; fees: bigint; receipts: number }> {
  const pool = connectDatabase({ url, max: 1 });
  const { rows } = await pool.query(
    `SELECT spent_wei AS spent, leased_wei AS leased, (SELECT coalesce(sum(fee_wei), 0) FROM receipts) AS fees,
       (SELECT count(*) FROM receipts) AS receipts FROM budgets WHERE id = $1`,
    [`key:${keyHash}`],
  );
  await pool.end();
  const [row] = rows;
  return {
    spent: BigInt(row.spent),
    leased: BigInt(row.leased),
    fees: BigInt(row.fees),
    receipts: Number(row.receipts),
  };
}

describe("a router killed half-way", () => {
  it("never leads two routers over a key's budget, and loses no acknowledged receipt", async () => {
    await withDatabase("router_killed", async (url) => {
      const pool = connectDatabase({ url, max: 2 });
      const books = await createPostgresBooks({ pool, routerId: "parent", lane: LANE, clock: systemClock });
      const key = aKey({ account: ACCOUNT, name: "contested", budgetWei: BUDGET_WEI });
      await books.putSession(aSession({ account: ACCOUNT, allotmentWei: 1_000_000n }));
      await books.putKey(key);

      const child = spawn(process.execPath, [childPath, url, key.keyHash, String(TASKS)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const said = listen(child);
      await said.atLeast("h", 20);
      const mine = spendAll(books, {
        name: "parent",
        keyHash: key.keyHash,
        tasks: TASKS,
        onHeld: () => undefined,
        onDurable: () => undefined,
      });
      await said.atLeast("r", 20);
      child.kill("SIGKILL");
      const text = await said.ended;
      const heldHere = await mine;
      const held = BigInt(heldHere + count(text, "h"));
      expect(heldHere).toBeGreaterThan(0);

      const money = await readMoney(url, key.keyHash);
      expect(held * FEE_WEI).toBeLessThanOrEqual(BUDGET_WEI);
      expect(money.spent + money.leased).toBeLessThanOrEqual(BUDGET_WEI);
      expect(money.spent).toBe(money.fees);
      expect(money.receipts).toBeGreaterThanOrEqual(count(text, "r"));
      await books.close();
      await pool.end();
    });
  });
});

describe("a database killed under load", () => {
  it("loses no acknowledged receipt, charges none twice, and goes on when it is back", async () => {
    await withDatabase("database_killed", async (url) => {
      const pool = connectDatabase({ url, max: 2 });
      const books = await createPostgresBooks({ pool, routerId: "one", lane: LANE, clock: systemClock });
      await books.putSession(aSession({ account: ACCOUNT, allotmentWei: 1_000_000n }));
      const acknowledged = new Set<string>();
      const failed: number[] = [];
      let killed: Promise<void> | undefined;
      for (let n = 0; n < 60; n++) {
        if (n === 30) killed = killServer();
        if (!(await putOne(books, n))) failed.push(n);
        else acknowledged.add(taskName(n));
      }
      await killed;
      expect(failed.length).toBeGreaterThan(0);
      server = await startPostgres({ folder, port });
      for (const n of [...failed, 5, 6]) expect(await putOne(books, n, failed.includes(n))).toBe(true);
      const lane = await books.laneStatus(ACCOUNT);
      expect(lane).toMatchObject({ count: 60, spentWei: 60n * FEE_WEI, heldWei: 0n });
      // Seven wei a task, of which its miner has six: the counters were written with the receipts, or not at all.
      expect(await books.payeeStatus([MINER])).toMatchObject([{ count: 60, cumulativeWei: 60n * 6n }]);
      for (let n = 0; n < 60; n++) expect(await books.findReceipt(aTask(n).receipt.taskId)).toEqual(aTask(n));
      expect(acknowledged.size).toBeGreaterThanOrEqual(30);
      await books.close();
      await pool.end();
    });
  });
});

async function killServer(): Promise<void> {
  process.kill(server.pid, "SIGKILL");
  await server.exited;
}

const taskName = (n: number): string => `kill ${n}`;
const aTask = (n: number) => aReceipt({ task: taskName(n), account: ACCOUNT, feeWei: FEE_WEI });
const released = new Set<number>();

/** Holds, releases and books task `n`; false when the database failed. A task's fee is released once, however often it is put. */
async function putOne(books: Books, n: number, isRetry = false): Promise<boolean> {
  try {
    if (!isRetry || !released.has(n)) {
      const outcome = await books.hold({ account: ACCOUNT, wei: FEE_WEI });
      if (outcome.kind !== "held") throw new Error(outcome.kind);
      books.release(outcome.holdId, aFee(taskName(n), FEE_WEI));
      released.add(n);
    }
    await books.putReceipts([aTask(n)]);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "BOOKS_DATABASE_FAILED", isRetryable: true });
    return false;
  }
}

function listen(child: ChildProcess) {
  let text = "";
  const waiters = new Set<() => void>();
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const wake of waiters) wake();
  });
  const ended = new Promise<string>((resolve) => child.once("close", () => resolve(text)));
  const atLeast = (letter: string, wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (count(text, letter) < wanted) return;
        waiters.delete(check);
        resolve();
      };
      waiters.add(check);
      void ended.then(() => reject(new Error(`the child ended after: ${text}`)));
      check();
    });
  return { atLeast, ended };
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
