import { setTimeout as pause } from "node:timers/promises";
import type { ReceiptDocument } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { type ClientLoad, isOfKill, receiptText, startClients } from "./harness/clientLoad.js";
import { isRunning } from "./harness/processes.js";
import { type BooksRow, readBooks } from "./harness/readBooks.js";
import { drawBelow } from "./harness/seeded.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

/** Kills of a router, its database, or both, drawn by seed. The deep run makes 200, in parts that go on where the one before ended. */
const KILLS = Number(process.env.CORTENSOR_KILLS ?? 3);
const FIRST_KILL = Number(process.env.CORTENSOR_KILLS_FROM ?? 0);
const SEED = process.env.CORTENSOR_KILLS_SEED ?? "kills";
const VICTIMS = [["router"], ["database"], ["router", "database"]] as const;
const CLIENTS = 50;
/** A kill comes after up to so many pieces of text, ends and receipts since all was back: anywhere in some dozens of answers. */
const PROGRESS_MAX = 1_500;
/** And up to so much later: between two of them. */
const LATER_MS_MAX = 30;
/** However long a busy machine takes to start a process again. */
const BACK_MS = 180_000;
/** Receipts asked for at once in the end. */
const AT_ONCE = 16;

type Victim = (typeof VICTIMS)[number][number];

/** What a kill takes, and when: the same for one seed. */
function drawKill(kill: number) {
  return {
    victims: VICTIMS[drawBelow(VICTIMS.length, SEED, `victims ${kill}`)] ?? [],
    afterProgress: 1 + drawBelow(PROGRESS_MAX, SEED, `progress ${kill}`),
    laterMs: drawBelow(LATER_MS_MAX, SEED, `later ${kill}`),
  };
}

describe(`a router and its database, killed at random instants while ${CLIENTS} clients work (seed ${SEED})`, () => {
  let network: Network;
  let load: ClientLoad | undefined;

  beforeAll(async () => {
    network = await startNetwork({
      // Miners without a model: what is killed here is the router, and two cores serve 50 clients.
      args: ["--scripted", "in-turns", "--miners", "2"],
      // A router that is killed every few seconds would be kept waiting longer and longer.
      env: { CORTENSOR_RESTART_CAP: "500ms" },
    });
  });
  afterAll(async () => {
    await load?.stop();
    await network?.stop();
  });

  it(
    `loses no acknowledged receipt, ${KILLS} times from kill ${FIRST_KILL} on`,
    async () => {
      const clients = startClients(network, CLIENTS);
      load = clients;
      for (let kill = FIRST_KILL; kill < FIRST_KILL + KILLS; kill += 1) {
        const { victims, afterProgress, laterMs } = drawKill(kill);
        const wanted = clients.progress() + afterProgress;
        await until(`progress up to kill ${kill}`, () => (clients.progress() >= wanted ? true : undefined), BACK_MS);
        await pause(laterMs);
        const killed = victims.map((victim) => pidOf(network, victim));
        for (const pid of killed) process.kill(pid, "SIGKILL");
        await until(`new ${victims.join(" and ")}`, () => isBack(network, { victims, killed }), BACK_MS);
      }
      const wanted = clients.acknowledged.size + CLIENTS;
      await until(
        "receipts after the last kill",
        () => (clients.acknowledged.size >= wanted ? true : undefined),
        BACK_MS,
      );
      await clients.stop();
      expect(clients.failures.length, "requests that a kill cut off").toBeGreaterThan(0);
      for (const failure of clients.failures) expect(isOfKill(failure), String(failure)).toBe(true);
      expect(clients.acknowledged.size).toBeGreaterThan(KILLS);
      await inTurns([...clients.acknowledged], async ([taskId, seen]) => {
        expect(await receiptText(network, taskId)).toBe(seen);
      });
    },
    120_000 + KILLS * 120_000,
  );

  it("has books and chain that agree to the wei, each receipt settled once", async () => {
    const rows = await until("books with everything settled", () => settledBooks(network), BACK_MS);
    const booked = new Set(rows.map(({ taskId }) => taskId));
    expect(booked.size).toBe(rows.length);
    for (const taskId of load?.acknowledged.keys() ?? []) expect(booked.has(taskId)).toBe(true);
    const receipts = new Map<string, ReceiptDocument>();
    await inTurns(rows, async ({ taskId }) => {
      receipts.set(taskId, await network.client.receipt(taskId));
    });
    const inOrder = rows.flatMap(({ taskId }) => receipts.get(taskId) ?? []);
    expect(inOrder.map(({ receipt }) => receipt.feeWei)).toEqual(rows.map(({ feeWei }) => feeWei));
    const { expected, found } = await auditSettlements(network, inOrder);
    expect(found).toEqual(expected);
  });
});

async function settledBooks(network: Network): Promise<readonly BooksRow[] | undefined> {
  const rows = await readBooks(network);
  return rows.every(({ isSettled }) => isSettled) ? rows : undefined;
}

/** The same work for many, a few at a time. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const run = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
}

function pidOf(network: Network, victim: Victim): number {
  return victim === "router" ? network.routerPid() : network.databasePid();
}

/** True once other processes stand in for the killed ones, and the router has miners. */
async function isBack(
  network: Network,
  { victims, killed }: { readonly victims: readonly Victim[]; readonly killed: readonly number[] },
): Promise<true | undefined> {
  const view = await network.client.network().catch(() => undefined);
  if (view === undefined || view.miners.length < 2) return undefined;
  if (killed.some(isRunning)) return undefined;
  try {
    return victims.every((victim) => !killed.includes(pidOf(network, victim))) ? true : undefined;
  } catch {
    // Not there yet.
    return undefined;
  }
}
