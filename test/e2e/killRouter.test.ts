import { setTimeout as pause } from "node:timers/promises";
import { encodeReceiptDocument } from "@cortensor/protocol";
import { type Answer, SdkError } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { LONG_PROMPT, longAnswer } from "./harness/longAnswer.js";
import { readBooks } from "./harness/readBooks.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

/** Routers killed in an ordinary run, and in the deep one. */
const KILLS = process.env.CORTENSOR_DEEP === "kills" ? 200 : 3;
const CLIENTS = 4;
const RETRY_MS = 100;
/** Answers that the load must have brought since the last kill: some whole, some with a receipt, some still running. */
const ANSWERS_BETWEEN = 8;

describe("a router killed and started again under load", () => {
  let network: Network;

  beforeAll(async () => {
    network = await startNetwork();
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
        const pid = network.routerPid();
        process.kill(pid, "SIGKILL");
        const next = await until("router after its kill", () => findRouter(network, pid));
        expect(next).not.toBe(pid);
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

/** The process of the router that came after `killed`, once it has miners. */
async function findRouter(network: Network, killed: number): Promise<number | undefined> {
  const view = await network.client.network().catch(() => undefined);
  if (view === undefined || view.miners.length < 2) return undefined;
  const pid = network.routerPid();
  return pid === killed ? undefined : pid;
}

/** No connection, one that broke, or a router that has no miner yet: never an answer that only looks whole. */
function expectedWhenKilled(error: unknown): boolean {
  if (!(error instanceof SdkError)) return false;
  if (error.data.code === "SDK_REFUSED")
    return [502, 503].includes(error.data.status) || error.data.reason === "model_not_found";
  return error.data.code === "SDK_UNREACHABLE" || error.data.code === "SDK_STREAM_CUT";
}
