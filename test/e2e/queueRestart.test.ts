import {
  type EnqueuedTask,
  listEnqueuedTasks,
  readHead,
  readSessionTask,
  type SessionTaskRecord,
} from "@cortensor/chain";
import { type Bytes32, digestOfRequestCid, parseBytes32 } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { isRunning } from "./harness/processes.js";
import { readBooks } from "./harness/readBooks.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

/** Longer than a transaction takes: the chain names it by its CID. */
const QUESTION = "Which word comes next? ".repeat(500);
const BACK_MS = 120_000;

describe("a router that is killed while tasks of the session queue are under way", () => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork({
      args: ["--scripted", "at-once", "--miners", "1"],
      env: { ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms", CORTENSOR_RESTART_CAP: "500ms" },
    });
  });
  afterAll(() => network?.stop());

  const cli = (...args: string[]) => runCommand(["--home", network.home, ...args]);
  const enqueue = async (question: string): Promise<Bytes32> => {
    const options = ["--as", "operator", "--account", String(network.account), "--max-tokens", "8", "--no-wait"];
    return parseBytes32(String(resultOf(await cli("queue", "enqueue", question, ...options)).taskId));
  };
  const untilPhase = (taskId: Bytes32, ...phases: readonly string[]): Promise<SessionTaskRecord> =>
    until(
      `task ${phases.join(" or ")}`,
      async () => {
        const task = await readSessionTask(network.chain, taskId);
        return task !== undefined && phases.includes(task.phase) ? task : undefined;
      },
      BACK_MS,
    );
  const killRouter = async (): Promise<void> => {
    const killed = network.routerPid();
    process.kill(killed, "SIGKILL");
    await until("end of the router", () => (isRunning(killed) ? undefined : true));
  };

  it("goes on with what it assigned, its prompt found by its CID, and pays for it once", async () => {
    const enqueued = enqueue(QUESTION);
    const taskId = await until("task in the queue", async () => (await listTasks())[0]?.taskId, BACK_MS);
    // As soon as it is assigned: its miner has begun at most.
    await untilPhase(taskId, "assigned", "acked", "precommitted");
    await killRouter();
    expect(await enqueued).toBe(taskId);
    const { seats } = await untilPhase(taskId, "committed", "ended");
    expect(seats.map(({ hasCommitted }) => hasCommitted)).toEqual([true]);
    await untilPaid(taskId);
    const body = await fetch(`${network.url}/api/v1/requests/${await digestOnChain(taskId)}`);
    expect(new TextDecoder().decode(await body.arrayBuffer())).toContain(QUESTION.trim());
  });

  it("that dies after its miner is bound charges what it commits to, once, from the miner's own offer", async () => {
    const taskId = await enqueue("What is a receipt?");
    await untilPhase(taskId, "acked", "precommitted", "committed");
    await killRouter();
    await untilPhase(taskId, "committed", "ended");
    await untilPaid(taskId);
  });

  it("has books and chain that agree to the wei", async () => {
    const rows = await until("books with everything settled", async () => {
      const all = await readBooks(network).catch(() => []);
      return all.length > 0 && all.every(({ isSettled }) => isSettled) ? all : undefined;
    });
    const receipts = await Promise.all(rows.map(({ taskId }) => network.client.receipt(taskId)));
    const { expected, found } = await auditSettlements(network, receipts);
    expect(found).toEqual(expected);
  });

  async function untilPaid(taskId: Bytes32): Promise<void> {
    const rows = await until(
      "receipt of the task",
      async () => {
        // The router, and with it its database's address, may not be back.
        const all = await readBooks(network).catch(() => []);
        const own = all.filter((row) => row.taskId === taskId);
        return own.length > 0 ? own : undefined;
      },
      BACK_MS,
    );
    expect(rows).toHaveLength(1);
  }

  async function listTasks(): Promise<readonly EnqueuedTask[]> {
    const { blockNumber: toBlock } = await readHead(network.chain);
    return listEnqueuedTasks(network.chain, { fromBlock: network.profile.deployBlock, toBlock });
  }

  async function digestOnChain(taskId: Bytes32): Promise<Bytes32 | undefined> {
    const enqueued = (await listTasks()).find((one) => one.taskId === taskId);
    expect(enqueued?.payload.kind).toBe("cid");
    return digestOfRequestCid(enqueued?.payload.data ?? new Uint8Array(0));
  }
});
