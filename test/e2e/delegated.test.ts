import { readLane, readSpendingKey } from "@cortensor/chain";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fundedWallet } from "./harness/fundedWallet.js";
import { readRouterKeys } from "./harness/lyingRouter.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { takeFromLane } from "./harness/takeFromLane.js";
import { until } from "./harness/until.js";

const COR = 10n ** 18n;
const RECEIPT_MS = 20_000;
const DAY_SECONDS = 86_400;

describe("a session whose debits the router may sign, within caps", () => {
  let network: Network;
  beforeAll(async () => {
    network = await startNetwork({
      args: ["--scripted", "at-once", "--miners", "1"],
      env: { ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms" },
    });
  });
  afterAll(() => network?.stop());

  const cli = (...args: string[]) => runCommand(["--home", network.home, ...args]);

  it("is delegated, pays by the router's key alone, is refused beyond its caps by name, and is taken back", async () => {
    const wallet = await fundedWallet(network, 20n * COR);
    const client = createCortensor({ baseUrl: network.url, wallet });
    const { account } = await client.openSession({ name: "delegated", depositWei: 10n * COR });
    const [model] = await client.models();
    if (model === undefined) throw new Error("no model is offered");
    // An answer of the whole context costs more than the caps; one of a few words doesn't.
    const capWei = (BigInt(model.contextTokens) * model.weiPerTokenOut) / 2n;
    const expires = Math.floor(Date.now() / 1_000) + DAY_SECONDS;
    const { key } = await client.delegate({ account, capPerEpochWei: capWei, totalCapWei: capWei, expires });
    expect(key).toBe((await client.info()).router.spendingKey);
    await untilCustody(client, "delegated");

    const { taskId } = await client.chat("say this", { maxTokens: 16 });
    const { receipt } = await client.receipt(taskId, { waitMs: RECEIPT_MS });
    expect(receipt).toMatchObject({ account, custody: "delegated" });
    expect(receipt.feeWei).toBeGreaterThan(0n);
    await expect(client.chat("say this", { maxTokens: model.contextTokens })).rejects.toMatchObject({
      data: { code: "SDK_REFUSED", status: 402, reason: "spending_cap_reached" },
    });

    const lane = (await client.info()).router.operator;
    await until("settlement by the router's key", async () => {
      const { cumulativeWei } = await readLane(network.chain, { account, lane });
      return cumulativeWei === receipt.feeWei ? true : undefined;
    });
    const record = await readSpendingKey(network.chain, { account, key });
    expect(record).toMatchObject({ state: "active", spentTotalWei: receipt.feeWei, totalCapWei: capWei });
    expect((await client.listSessions())[0]?.delegation).toMatchObject({ state: "active", totalCapWei: capWei });

    const second = await client.chat("say that", { maxTokens: 16 });
    await client.revokeDelegation({ account });
    await untilCustody(client, "self");
    await until("settlement of what was served before", async () => {
      const { cumulativeWei } = await readLane(network.chain, { account, lane });
      return cumulativeWei > receipt.feeWei ? true : undefined;
    });
    const before = await client.receipt(second.taskId, { waitMs: RECEIPT_MS });
    expect(before.custody).toBe("delegated");
    const third = await client.chat("say it yourself", { maxTokens: 16 });
    expect((await client.receipt(third.taskId, { waitMs: RECEIPT_MS })).custody).toBe("self");
    expect(await client.payLane()).toBeGreaterThan(0n);
    await until("settlement by the client's own debit", async () => {
      const { cumulativeWei } = await readLane(network.chain, { account, lane });
      return cumulativeWei > receipt.feeWei + before.receipt.feeWei ? true : undefined;
    });
    const spent = (await readSpendingKey(network.chain, { account, key })).spentTotalWei;
    expect(spent, "nothing that was served after").toBe(receipt.feeWei + before.receipt.feeWei);
    await expect(client.delegate({ account, capPerEpochWei: 1n, totalCapWei: 1n, expires })).rejects.toMatchObject({
      data: { code: "CHAIN_REVERTED", error: "SpendingKeyExists" },
    });
  });

  it("is made and taken back on the command line; listing makes no key", async () => {
    const keysBefore = resultOf(await cli("key", "list")).keys;
    expect(resultOf(await cli("session", "list"))).toMatchObject({ sessions: [] });
    expect(resultOf(await cli("key", "list")).keys).toEqual(keysBefore);

    const account = String(resultOf(await cli("session", "open", "--deposit", "5")).account);
    const caps = ["--cap-per-epoch", "0.5", "--total", "2"];
    const delegated = resultOf(await cli("session", "delegate", account, ...caps, "--expires", "30d"));
    expect(delegated).toMatchObject({ custody: "delegated", capPerEpochWei: "500000000000000000" });
    expect(resultOf(await cli("session", "list"))).toMatchObject({ sessions: [{ delegation: { state: "active" } }] });
    expect(resultOf(await cli("session", "revoke", account))).toMatchObject({ custody: "self" });
    expect(resultOf(await cli("session", "list"))).toMatchObject({ sessions: [{ delegation: { state: "revoked" } }] });

    const tooMuch = ["--cap-per-epoch", "3", "--total", "2", "--expires", "30d"];
    const refused = await cli("session", "delegate", account, ...tooMuch);
    expect(refused.code).toBe(1);
    expect(refused.lines.at(-1)).toMatchObject({ event: "error", code: "CLI_BAD_ARGUMENT" });
  });

  it("gives an operator that signs more for itself no more than the caps, whatever is deposited and allotted", async () => {
    const keys = readRouterKeys(network);
    const wallet = await fundedWallet(network, 10n * COR);
    const client = createCortensor({ baseUrl: network.url, wallet });
    const { account } = await client.openSession({ name: "robbed", depositWei: 5n * COR });
    const take = (wei: bigint) => takeFromLane(network, { keys, account, wei });
    const refusedFor = (error: unknown) => ({ data: { code: "CHAIN_REVERTED", error } });
    await expect(take(1n), "of a session that never let it").rejects.toMatchObject(refusedFor("SpendingKeyUnknown"));

    const capWei = COR / 10n;
    const expires = Math.floor(Date.now() / 1_000) + DAY_SECONDS;
    const { key } = await client.delegate({ account, capPerEpochWei: capWei, totalCapWei: capWei, expires });
    await expect(take(capWei + 1n)).rejects.toMatchObject(refusedFor("EpochCapExceeded"));
    await take(capWei);
    // In the same epoch or, had it just ended, in the next: there is nothing more to be had.
    await expect(take(1n)).rejects.toMatchObject(refusedFor(expect.stringMatching(/^(Epoch|Total)CapExceeded$/)));
    const { cumulativeWei, allotmentWei } = await readLane(network.chain, { account, lane: keys.operator });
    expect({ cumulativeWei, allotmentWei }).toEqual({ cumulativeWei: capWei, allotmentWei: 5n * COR });
    expect(await readSpendingKey(network.chain, { account, key })).toMatchObject({ spentTotalWei: capWei });
  });
});

/** The router follows the chain a moment later. */
function untilCustody(client: Cortensor, custody: string): Promise<true> {
  return until(`custody ${custody}`, async () => ((await client.lane()).custody === custody ? true : undefined));
}
