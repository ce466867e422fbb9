import { readLane } from "@cortensor/chain";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fundedWallet } from "./harness/fundedWallet.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const COR = 10n ** 18n;
const RECEIPT_MS = 20_000;
/** Two epochs of a local network, the look at each, and a transaction or two. */
const CREDIT_MS = 150_000;

describe("what a session is promised", () => {
  let network: Network;
  let miner: string;
  beforeAll(async () => {
    network = await startNetwork({
      args: ["--scripted", "at-once", "--miners", "1"],
      env: { ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms" },
    });
    miner = await until("miner", async () => (await network.client.network()).miners[0]?.address);
  });
  afterAll(() => network?.stop());

  const cli = (...args: string[]) => runCommand(["--home", network.home, ...args]);
  const setLevel = async (level: number) =>
    expect(resultOf(await cli("node", "level", "set", miner, String(level)))).toMatchObject({ node: miner, level });
  /** Of every answer that was given. */
  const taskIds: string[] = [];
  const ask = async (client: Cortensor) => {
    const answer = await client.chat("say this", { maxTokens: 8 });
    taskIds.push(answer.taskId);
    return answer;
  };
  const isRefused = (client: Cortensor) =>
    ask(client).then(
      () => undefined,
      (error: { data?: { reason?: string } }) => (error.data?.reason === "no_miner" ? true : undefined),
    );
  const isServed = (client: Cortensor) =>
    ask(client).then(
      () => true,
      () => undefined,
    );

  it("is kept to nodes of its level, and gives a part of the fees back when it is missed, unasked", async () => {
    const wallet = await fundedWallet(network, 20n * COR);
    const client = createCortensor({ baseUrl: network.url, wallet });
    const depositWei = 10n * COR;
    const { account } = await client.openSession({ name: "promised", depositWei, params: { sla: 1 } });
    await until("refusal for want of a level", () => isRefused(client));
    await setLevel(1);
    await until("answer of a node with the level", () => isServed(client));
    while (taskIds.length < 16) await ask(client);
    await setLevel(0);
    await until("refusal once the level is gone", () => isRefused(client));
    for (let refused = 0; refused < 7; refused += 1) await expect(ask(client)).rejects.toThrow();

    const credited = async () => (await client.listSessions()).find((one) => one.account === account)?.credits[0];
    const credit = await until("credit", credited, CREDIT_MS);
    expect(credit).toMatchObject({ account, reason: "sla" });
    let feesWei = 0n;
    for (const taskId of taskIds) {
      const { receipt } = await client.receipt(taskId, { waitMs: RECEIPT_MS });
      if (receipt.epoch <= credit.epoch) feesWei += receipt.feeWei;
    }
    expect(credit.wei).toBe((feesWei * 50n) / 10_000n);
    const { operator: lane } = (await client.info()).router;
    expect(await readLane(network.chain, { account, lane })).toMatchObject({ allotmentWei: depositWei + credit.wei });
    expect(resultOf(await cli("audit", "balances"))).toMatchObject({ differences: [] });
  });

  it("names its nodes from the command line, and is served by them alone", async () => {
    const opened = resultOf(
      await cli("session", "open", "--deposit", "5", "--mode", "dedicated", "--dedicated", miner, "--max-tasks", "1"),
    );
    const account = String(opened.account);
    expect(resultOf(await cli("session", "show", account))).toMatchObject({
      mode: "dedicated",
      dedicatedNodes: [miner],
      maxTaskExecutionCount: 1,
      credits: [],
    });
    const chat = () => cli("chat", "--as", "client", "--account", account, "say this");
    await until("answer of the dedicated node", async () => ((await chat()).code === 0 ? true : undefined));
    expect(JSON.stringify((await chat()).lines)).toContain("task_limit_reached");

    const changed = await cli("session", "update", account, "--max-tasks", "0");
    expect(resultOf(changed)).toMatchObject({ params: { maxTaskExecutionCount: 0 } });
    expect(resultOf(await cli("session", "undedicate", account, miner))).toMatchObject({ node: miner });
    await until("refusal by name", async () => {
      const { lines } = await chat();
      return JSON.stringify(lines).includes("None of the session's dedicated nodes") ? true : undefined;
    });
  });
});
