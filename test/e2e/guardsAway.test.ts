import { epochAt } from "@cortensor/chain";
import { cutOffOf, gapOf } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  nowSeconds,
  postedOf,
  ROOTS_MS,
  startGuardedNetwork,
  virtualBlockFrom,
  wholeAfter,
} from "./harness/guardedNetwork.js";
import { readRouterKeys } from "./harness/lyingRouter.js";
import { passSeconds } from "./harness/passSeconds.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import type { Network } from "./harness/startNetwork.js";
import { takeFromLane } from "./harness/takeFromLane.js";
import { until } from "./harness/until.js";

const HOUR_SECONDS = 3_600;
const TAKEN_WEI = 5_000n;
/** Roots that are made of the chain alone. */
const WITHOUT_SETS = ["settlement", "beacon", "checkpoint"] as const;

/** Minutes of a local chain's time, in which little runs: part of `npm run deep -- guards` alone. */
describe("five guards that are away, or are shown nothing", { timeout: 600_000 }, () => {
  let network: Network;

  beforeAll(async () => {
    network = await startGuardedNetwork();
  });
  afterAll(() => network?.stop());

  it("are missed by no user while all of them stand still for an epoch, and cover it afterwards", async () => {
    const missed = epochAt(network.profile, nowSeconds());
    for (const pid of network.guardPids()) process.kill(pid, "SIGSTOP");
    const before = (await network.client.network()).totals;
    const over = cutOffOf(network.profile, missed + 1);
    let answers = 0;
    while (nowSeconds() < over) {
      const answer = await network.client.chat("Say something.", { maxTokens: 8 });
      expect(answer.completionTokens).toBeGreaterThan(0);
      answers += 1;
      const answeredAt = nowSeconds();
      await until("the next second", () => (nowSeconds() > answeredAt ? true : undefined));
    }
    await until("payment", async () => {
      const { receipts, settledReceipts } = (await network.client.network()).totals;
      return receipts >= before.receipts + answers && settledReceipts === receipts ? true : undefined;
    });
    expect((await postedOf(network)).filter(({ epoch }) => epoch === missed)).toEqual([]);
    for (const pid of network.guardPids()) process.kill(pid, "SIGCONT");
    const next = await until("a whole epoch", () => wholeAfter(network, missed), ROOTS_MS);
    const block = await until("a virtual block", () => virtualBlockFrom(network, missed), ROOTS_MS);
    const gap = gapOf(block);
    expect(block.epoch).toBeLessThanOrEqual(next);
    expect([gap !== undefined && gap.from <= missed, (gap?.to ?? -1) >= missed]).toEqual([true, true]);
  });

  it("sign neither results nor the reputations made of them while a router shows no set of what it took, and both again once that is condemned", async () => {
    const kindsOf = async (epoch: number) =>
      (await postedOf(network)).filter((one) => one.epoch === epoch).map(({ kind }) => kind);
    const keys = readRouterKeys(network);
    const { settlementId } = await takeFromLane(network, { keys, account: network.account, wei: TAKEN_WEI });
    const epoch = epochAt(network.profile, nowSeconds()) + 1;
    await until(
      "an epoch without results",
      async () => {
        const kinds = await kindsOf(epoch + 1);
        return WITHOUT_SETS.every((kind) => kinds.includes(kind)) ? true : undefined;
      },
      ROOTS_MS,
    );
    for (const of of [epoch, epoch + 1]) expect(await kindsOf(of)).not.toContain("results");
    expect(await kindsOf(epoch + 1)).not.toContain("reputation");
    const cli = (...args: readonly string[]) => runCommand(["--home", network.home, "challenge", ...args]);
    const { id } = resultOf(await cli("open", settlementId));
    await passSeconds(network.rpcUrl, HOUR_SECONDS);
    resultOf(await cli("condemn", String(id)));
    const next = await until("a whole epoch", () => wholeAfter(network, epoch + 1), ROOTS_MS);
    const block = await until("a virtual block", () => virtualBlockFrom(network, next), ROOTS_MS);
    expect(block.epoch).toBeGreaterThanOrEqual(next);
  });
});
