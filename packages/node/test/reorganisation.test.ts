import { readCredit, readEarnings, readLane, readSettlements } from "@cortensor/chain";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RealNetwork, startRealNetwork } from "./realNetwork.js";
import { type Answer, aRequest, ask, receiptOf, tearDown, until } from "./testNetwork.js";

const COR = 10n ** 18n;
const FINALITY_BLOCKS = 12;

let network: RealNetwork;
beforeAll(async () => {
  network = await startRealNetwork({ finalityBlocks: FINALITY_BLOCKS, depositWei: 5n * COR });
});
afterAll(tearDown);

/** A request that could cost 1 COR, or as much as is said. */
const asking = (costCor = 1): Promise<Answer> => ask(network, aRequest(network, "hello", { maxTokens: 100 * costCor }));
const mine = (blocks: number) => network.rpc("anvil_mine", [blocks]);
const laneOf = () => readLane(network.operator, { account: network.account, lane: network.operator.account });
const allottedWei = async () => (await network.books.laneStatus(network.account))?.allotmentWei;
const settled = async () => (await network.books.totals()).settledReceipts;

/** What the lane's payee has been credited, and what its operator has earned. */
async function creditedWei(): Promise<bigint> {
  const lane = network.operator.account;
  const credit = await readCredit(network.operator, { lane, payee: network.miner });
  const { maturedWei, maturingWei } = await readEarnings(network.operator, lane);
  return credit.creditedWei + maturedWei + maturingWei;
}

/** Ids of all settlements that the chain holds. */
async function settlementsOnChain(): Promise<readonly string[]> {
  const { operator, profile } = network;
  const toBlock = await operator.client.getBlockNumber();
  const records = await readSettlements(operator, { fromBlock: profile.deployBlock, toBlock });
  return records.map(({ settlementId }) => settlementId);
}

/** Makes blocks until so many receipts are settled for good. */
async function settle(receipts: number): Promise<void> {
  await until(async () => {
    await mine(1);
    return (await settled()) === receipts;
  });
}

function feeOf({ done, failed }: Answer): bigint {
  if (done === undefined) throw new Error(`there is no answer: ${failed?.message}`);
  return done.feeWei;
}

describe("a router on a chain that is reorganised", () => {
  it("takes a dropped deposit back at once, and settles again what was dropped, exactly once", async () => {
    await mine(20);
    // A deposit and a settlement in the newest blocks.
    await network.topUp(5n * COR);
    await until(async () => (await allottedWei()) === 10n * COR);
    const first = await asking(6);
    const feeWei = feeOf(first);
    await receiptOf(network, first.taskId);
    await until(async () => (await laneOf()).cumulativeWei === feeWei);
    expect(await creditedWei()).toBe(feeWei);
    const [dropped] = await settlementsOnChain();

    await network.rpc("anvil_reorg", [12, []]);
    expect(await laneOf()).toMatchObject({ allotmentWei: 5n * COR, cumulativeWei: 0n });
    expect(await creditedWei()).toBe(0n);
    expect(await settlementsOnChain()).toEqual([]);

    await until(async () => (await allottedWei()) === 5n * COR);
    expect((await asking(6)).failed?.code).toBe("insufficient_balance");
    const second = await asking(1);
    await receiptOf(network, second.taskId);

    // Nothing of the settlement is on its way any more: after a while it is sent again, unchanged.
    network.passMs(61_000);
    await settle(2);
    const allWei = feeWei + feeOf(second);
    expect((await laneOf()).cumulativeWei).toBe(allWei);
    expect(await creditedWei()).toBe(allWei);
    expect(await settlementsOnChain()).toEqual([dropped, expect.any(String)]);
    expect((await network.books.laneStatus(network.account))?.spentWei).toBe(allWei);
  });
});

describe("a router whose chain is gone", () => {
  it("answers within what it knows of, acknowledges, says so, and settles when the chain is back", async () => {
    const before = await creditedWei();
    const settledBefore = await settled();
    await network.stopChain();
    await until(() => network.router.readiness().reasons.includes("The chain can't be read."));
    expect(network.router.readiness().isReady).toBe(false);
    const answers = [await asking(), await asking()];
    for (const { taskId } of answers) await receiptOf(network, taskId);
    expect((await asking(6)).failed?.code).toBe("insufficient_balance");
    // Ten minutes without a chain.
    network.passMs(600_000);
    await network.restartChain();
    await until(() => network.router.readiness().isReady);
    await settle(settledBefore + 2);
    const wei = answers.reduce((sum, answer) => sum + feeOf(answer), 0n);
    expect((await creditedWei()) - before).toBe(wei);
  });
});
