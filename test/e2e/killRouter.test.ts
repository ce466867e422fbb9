import { setTimeout as pause } from "node:timers/promises";
import { encodeReceiptDocument } from "@cortensor/protocol";
import { type Answer, SdkError } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { LONG_PROMPT, longAnswer } from "./harness/longAnswer.js";
import { isRunning } from "./harness/processes.js";
import { readBooks } from "./harness/readBooks.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

/** Kills: a router, its database, both, and again. The deep run makes 200, in parts. */
const KILLS = Number(process.env.CORTENSOR_KILLS ?? 3);
const VICTIMS = [["router"], ["database"], ["router", "database"]] as const;
const CLIENTS = 4;
const RETRY_MS = 100;
/** Answers that the load must have brought since the last kill: some whole, some with a receipt, some still running. */
const ANSWERS_BETWEEN = 8;

describe("a router and its database, killed and started again under load", () => {
  let network: Network;

  beforeAll(async () => {
    // A router that is killed every few seconds would be kept waiting longer and longer.
    network = await startNetwork({ env: { CORTENSOR_RESTART_CAP: "500ms" } });
  });
  afterAll(() => network?.stop());

  it(
    `loses no acknowledged receipt and pays none twice, ${KILLS} times`,
    async () => {
      const load = startLoad(network);
      /** Receipts that a client has seen, as it saw them. */
      const acknowledged = new Map<string, string>();
      for (let kill = 0; kill < KILLS; kill++) {
        const before = load.answers.length;
        await until("answers since the last kill", () =>
          load.answers.length >= before + ANSWERS_BETWEEN ? true : undefined,
        );
        await keepReceipts(network, load.answers.slice(before), acknowledged);
        const victims = VICTIMS[kill % VICTIMS.length] ?? [];
        const killed = victims.map((victim) => pidOf(network, victim));
        for (const pid of killed) process.kill(pid, "SIGKILL");
        await until(`new ${victims.join(" and ")}`, () => isBack(network, { victims, killed }));
      }
      const before = load.answers.length;
      await until("answers after the last kill", () => (load.answers.length > before ? true : undefined));
      await load.stop();
      expect(load.failures.length, "requests that a kill cut off").toBeGreaterThan(0);
      for (const failure of load.failures) expect(expectedWhenKilled(failure), String(failure)).toBe(true);
      expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS);
      for (const [taskId, seen] of acknowledged) expect(await receiptText(network, taskId)).toBe(seen);
    },
    60_000 + KILLS * 60_000,
  );

  it("has books and chain that agree to the wei, each receipt settled once", async () => {
    const rows = await until("books with everything settled", async () => {
      const read = await readBooks(network);
      return read.every(({ isSettled }) => isSettled) ? read : undefined;
    });
    expect(new Set(rows.map(({ taskId }) => taskId)).size).toBe(rows.length);
    const receipts = await Promise.all(rows.map(({ taskId }) => network.client.receipt(taskId)));
    expect(receipts.map(({ receipt }) => receipt.feeWei)).toEqual(rows.map(({ feeWei }) => feeWei));
    const { expected, found } = await auditSettlements(network, receipts);
    expect(found).toEqual(expected);
  });
});

/** Clients that ask without pause until they are stopped, and try again what fails. */
function startLoad(network: Network) {
  const answers: Answer[] = [];
  const failures: unknown[] = [];
  const stop = new AbortController();
  const run = async (client: number): Promise<void> => {
    for (let request = 0; !stop.signal.aborted; request++) {
      const options = longAnswer({ maxTokens: 24 + ((client * 7 + request * 13) % 80), temperature: 1 });
      try {
        answers.push(await network.client.chat(LONG_PROMPT, options));
      } catch (error) {
        failures.push(error);
        // A client that is refused waits before it asks again, as any does.
        await pause(RETRY_MS);
      }
    }
  };
  const running = Promise.all(Array.from({ length: CLIENTS }, (_, client) => run(client)));
  return {
    answers,
    failures,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Some of the newest answers' receipts, as a client fetches them. */
async function keepReceipts(network: Network, answers: readonly Answer[], kept: Map<string, string>): Promise<void> {
  for (const { taskId } of answers.slice(0, 4)) kept.set(taskId, await receiptText(network, taskId));
}

async function receiptText(network: Network, taskId: string): Promise<string> {
  return JSON.stringify(encodeReceiptDocument(await network.client.receipt(taskId, { waitMs: 10_000 })));
}

type Victim = (typeof VICTIMS)[number][number];

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

/** No connection, one that broke, or a router without miner or database: never an answer that only looks whole. */
function expectedWhenKilled(error: unknown): boolean {
  if (!(error instanceof SdkError)) return false;
  if (error.data.code === "SDK_REFUSED") return WHILE_AWAY.has(error.data.reason);
  return error.data.code === "SDK_UNREACHABLE" || error.data.code === "SDK_STREAM_CUT";
}

const WHILE_AWAY: ReadonlySet<string> = new Set([
  "model_not_found",
  "no_miner",
  "miner_failed",
  "overloaded",
  "shutting_down",
  "temporarily_unavailable",
]);
