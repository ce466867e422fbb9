import { rmSync } from "node:fs";
import { join } from "node:path";
import { createChainReader, readBond, readCorBalance, readEarnings, readHead } from "@cortensor/chain";
import { parseAddress, type ReceiptDocument } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonLine } from "./harness/jsonLines.js";
import { type RouterKeys, readRouterKeys } from "./harness/lyingRouter.js";
import { makeHome } from "./harness/makeHome.js";
import { passSeconds } from "./harness/passSeconds.js";
import { environmentOf } from "./harness/processes.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { takeFromLane } from "./harness/takeFromLane.js";
import { until } from "./harness/until.js";

const COR = 10n ** 18n;
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
const ANSWERS = 4;
/** The miners' part of each entry, in basis points. */
const MINERS_BPS = 9_200n;
const TAKEN_WEI = 5_000n;

describe("a router that is gone for good, and never settled what it promised", () => {
  const home = makeHome("e2e-force");
  const receipts: ReceiptDocument[] = [];
  let network: Network | undefined;
  let chain: StartedProcess | undefined;
  let profile: Network["profile"];
  let account: number;
  let keys: RouterKeys;
  let outbox: string;

  beforeAll(async () => {
    const args = ["--scripted", "at-once", "--miners", "1"];
    const started = await startNetwork({ home, args, env: { ROUTER_SETTLE_AGE: "1h" } });
    network = started;
    profile = started.profile;
    account = started.account;
    keys = readRouterKeys(started);
    const [minerPid] = started.minerPids().values();
    outbox = environmentOf(minerPid ?? 0, "MINER_OUTBOX") ?? "";
    for (let answer = 1; answer <= ANSWERS; answer += 1) {
      const { taskId } = await started.client.chat("abc".repeat(answer * 5), { maxTokens: answer * 5 });
      receipts.push(await started.client.receipt(taskId, { waitMs: 10_000 }));
    }
    process.kill(started.routerPid(), "SIGKILL");
    await started.stop();
    network = undefined;
    chain = startProcess(home, ["chain", "--port", new URL(started.rpcUrl).port]);
    await until("chain that answers", () =>
      readHead(createChainReader({ profile })).then(
        () => true as const,
        () => undefined,
      ),
    );
  });
  afterAll(async () => {
    await network?.stop();
    if (chain !== undefined) await endAll(chain);
    rmSync(home, { recursive: true, force: true });
  });

  const cli = (...args: readonly string[]) => runCommand(["--home", home, ...args]);
  const claim = (...args: readonly string[]) => cli("claim", "--as", "miner-1", "--outbox", outbox, ...args);
  const bondWei = async () => (await readBond(createChainReader({ profile }), keys.operator)).bondWei;

  const pass = (seconds: number) => passSeconds(profile.rpcUrls[0] ?? "", seconds);

  it("pays its miner all of it from the bond, by two commands and a day between them, and nothing twice", async () => {
    const payees = receipts.flatMap((receipt) => receipt.payees);
    const dueWei = payees.reduce((sum, { wei }) => sum + (wei * MINERS_BPS) / 10_000n, 0n);
    const before = await bondWei();
    const planned = resultOf(await claim("--dry-run"));
    expect(Number(planned.open)).toBeGreaterThan(0);
    const opened = resultOf(await claim());
    expect(opened).toMatchObject({ opened: planned.open, paidWei: "0", withdrawnWei: "0" });
    // What claims on receipts put down comes back with the pay.
    const claims = opened.claims as readonly JsonLine[];
    const deposits = BigInt(claims.filter(({ kind }) => kind !== "note").length);
    const early = resultOf(await claim());
    expect(early).toMatchObject({ opened: 0, paidWei: "0" });

    await pass(DAY_SECONDS);
    const paid = resultOf(await claim());
    expect(paid).toMatchObject({ opened: 0, paidWei: String(dueWei), withdrawnWei: String(dueWei), claims: [] });
    // The penalty is as much again: a fifth of it for who claimed, three tenths for the payee, and it was both.
    const balanceWei = await readCorBalance(createChainReader({ profile }), parseAddress(String(paid.address)));
    const shareWei = balanceWei - dueWei - deposits * COR;
    expect(shareWei).toBeLessThanOrEqual(dueWei / 2n);
    expect(shareWei).toBeGreaterThan(dueWei / 2n - 2n * BigInt(claims.length + 1));
    expect(before - (await bondWei())).toBe(2n * dueWei);
    expect(resultOf(await claim())).toMatchObject({ opened: 0, paidWei: "0", withdrawnWei: "0" });
  });

  it("loses what had not matured, and a tenth of its bond, for a set that nobody can show within an hour", async () => {
    const { settlementId } = await takeFromLane({ profile }, { keys, account, wei: TAKEN_WEI });
    const { id } = resultOf(await cli("challenge", "open", settlementId));
    const early = await cli("challenge", "condemn", String(id));
    expect(early.lines.at(-1)).toMatchObject({ event: "error", code: "CHAIN_REVERTED", error: "CondemnTooEarly" });
    const unshown = await cli("challenge", "answer", String(id));
    expect(unshown.lines.at(-1)).toMatchObject({ event: "error", code: "CLI_BAD_FILE" });
    const before = await bondWei();
    expect((await readEarnings(createChainReader({ profile }), keys.operator)).maturingWei).toBe(TAKEN_WEI);

    await pass(HOUR_SECONDS);
    const condemned = resultOf(await cli("challenge", "condemn", String(id)));
    expect(condemned).toMatchObject({ frozenWei: String(TAKEN_WEI), slashedWei: String((before + 9n) / 10n) });
    const { maturedWei, maturingWei } = await readEarnings(createChainReader({ profile }), keys.operator);
    expect([maturedWei, maturingWei]).toEqual([0n, 0n]);
    expect(before - (await bondWei())).toBe(BigInt(String(condemned.slashedWei)));
  });

  it("keeps both when the set is shown, by anyone who has it", async () => {
    const setsFolder = join(home, "settlements");
    const { settlementId } = await takeFromLane({ profile }, { keys, account, wei: TAKEN_WEI, setsFolder });
    const { id } = resultOf(await cli("challenge", "open", settlementId));
    const before = await bondWei();
    expect(resultOf(await cli("challenge", "answer", String(id)))).toMatchObject({ settlementId });
    await pass(HOUR_SECONDS);
    const late = await cli("challenge", "condemn", String(id));
    expect(late.lines.at(-1)).toMatchObject({ event: "error", code: "CHAIN_REVERTED", error: "ChallengeNotOpen" });
    expect(await bondWei()).toBe(before);
    expect((await readEarnings(createChainReader({ profile }), keys.operator)).maturingWei).toBe(TAKEN_WEI);
  });
});
