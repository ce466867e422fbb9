import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readBond, readCorBalance, readEarnings, readSetChallenge, readSettlements } from "@cortensor/chain";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRouterKeys } from "./harness/lyingRouter.js";
import { passSeconds } from "./harness/passSeconds.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { takeFromLane } from "./harness/takeFromLane.js";
import { until } from "./harness/until.js";

const COR = 10n ** 18n;
const HOUR_SECONDS = 3_600;
const TAKEN_WEI = 5_000n;

describe("an operator that sleeps while somebody asks for its settlements' sets", () => {
  let network: Network;
  let lane: Address;

  beforeAll(async () => {
    const env = { ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms" };
    network = await startNetwork({ args: ["--scripted", "at-once", "--miners", "1"], env });
    lane = readRouterKeys(network).operator;
  });
  afterAll(() => network?.stop());

  const cli = (...args: readonly string[]) => runCommand(["--home", network.home, ...args]);
  const open = async (settlementId: Bytes32) => resultOf(await cli("challenge", "open", settlementId)).id as Bytes32;
  const stateOf = async (id: Bytes32) => (await readSetChallenge(network.chain, id))?.state;
  const moneyOf = async () => ({
    bondWei: (await readBond(network.chain, lane)).bondWei,
    maturingWei: (await readEarnings(network.chain, lane)).maturingWei,
    balanceWei: await readCorBalance(network.chain, lane),
  });

  /** How many challenges came to that end, as the router itself counts. */
  async function counted(outcome: string): Promise<number> {
    const text = await (await fetch(`${network.url}/metrics`)).text();
    const found = text.match(new RegExp(`router_set_challenges_total\\{outcome="${outcome}"\\} (\\d+)`));
    return Number(found?.[1] ?? 0);
  }

  async function firstSettlement(): Promise<Bytes32> {
    const { fromBlock, chain } = { fromBlock: network.profile.deployBlock, chain: network.chain };
    return until("settlement", async () => {
      const toBlock = await chain.client.getBlockNumber({ cacheTime: 0 });
      return (await readSettlements(chain, { fromBlock, toBlock, lane }))[0]?.settlementId;
    });
  }

  it("has its router answer within the hour: nothing is frozen, no bond pays, and the deposit is its own", async () => {
    const { taskId } = await network.client.chat("What is in a settlement?", { maxTokens: 16 });
    await network.client.receipt(taskId, { waitMs: 20_000 });
    const settlementId = await firstSettlement();
    const before = await moneyOf();
    expect(before.maturingWei).toBeGreaterThan(0n);
    const id = await open(settlementId);
    await until("answer", async () => ((await stateOf(id)) === "answered" ? true : undefined));
    await until("counted answer", async () => ((await counted("answered")) === 1 ? true : undefined));

    await passSeconds(network.rpcUrl, HOUR_SECONDS);
    const late = await cli("challenge", "condemn", id);
    expect(late.lines.at(-1)).toMatchObject({ event: "error", code: "CHAIN_REVERTED", error: "ChallengeNotOpen" });
    expect(await moneyOf()).toEqual({ ...before, balanceWei: before.balanceWei + COR });
    expect(await counted("late")).toBe(0);
  });

  it("loses what it earned and a tenth of its bond for a set that its books haven't, and its router says so in time", async () => {
    const keys = readRouterKeys(network);
    const { settlementId } = await takeFromLane(network, { keys, account: network.account, wei: TAKEN_WEI });
    const id = await open(settlementId);
    await until("word that the set is missing", async () => ((await counted("missing")) === 1 ? true : undefined));
    const log = readFileSync(join(network.home, "logs", "router.log"), "utf8");
    const line = log.split("\n").find((one) => one.includes(id) && one.includes("the books haven't its set"));
    expect(line).toContain(`cortensor challenge answer ${id}`);
    expect(line).not.toContain(keys.signer.slice(2));
    expect(await stateOf(id)).toBe("open");

    const before = await moneyOf();
    await passSeconds(network.rpcUrl, HOUR_SECONDS);
    await until("counted loss", async () => ((await counted("late")) === 1 ? true : undefined));
    const condemned = resultOf(await cli("challenge", "condemn", id));
    const slashedWei = (before.bondWei + 9n) / 10n;
    expect(condemned).toMatchObject({ frozenWei: String(before.maturingWei), slashedWei: String(slashedWei) });
    expect(await moneyOf()).toEqual({ ...before, maturingWei: 0n, bondWei: before.bondWei - slashedWei });
    expect(await counted("answered")).toBe(1);
  });
});
