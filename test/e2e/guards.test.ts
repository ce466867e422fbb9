import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  epochAt,
  readAttestations,
  readBeacon,
  readBlock,
  readGuardSet,
  readHead,
  readWorkRecords,
} from "@cortensor/chain";
import {
  ATTESTATION_KINDS,
  addressOfPrivateKey,
  beaconWithoutGuards,
  cutOffOf,
  decodeVirtualBlock,
  epochStart,
  gapOf,
  leaderOfSlot,
  leaderOrder,
  type VirtualBlock,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRouterKeys } from "./harness/lyingRouter.js";
import { passSeconds } from "./harness/passSeconds.js";
import { environmentOf } from "./harness/processes.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { takeFromLane } from "./harness/takeFromLane.js";
import { until, within } from "./harness/until.js";

const HOUR_SECONDS = 3_600;
const TAKEN_WEI = 5_000n;
/** Six epochs of a local network. */
const ROOTS_MS = 180_000;

describe("five guards of a local network, each a process of its own", { timeout: 600_000 }, () => {
  let network: Network;

  beforeAll(async () => {
    const args = ["--scripted", "at-once", "--miners", "1", "--guards", "5"];
    network = await startNetwork({ args, env: { ROUTER_SETTLE_AGE: "500ms" } });
    await within(
      "five guards",
      network.output.find(({ event }) => event === "guards.ready"),
      ROOTS_MS,
    );
  });
  afterAll(() => network?.stop());

  const posted = async () => {
    const { blockNumber: toBlock } = await readHead(network.chain);
    return readAttestations(network.chain, { fromBlock: network.profile.deployBlock, toBlock });
  };
  /** The first epoch above one of which every kind has a root. */
  const wholeAfter = async (epoch: number): Promise<number | undefined> => {
    const found = await posted();
    const epochs = [...new Set(found.map((one) => one.epoch))].filter((one) => one > epoch).sort((a, b) => a - b);
    return epochs.find((one) => found.filter((root) => root.epoch === one).length === ATTESTATION_KINDS.length);
  };

  /** A local chain's time is the machine's. */
  const nowSeconds = () => Math.floor(Date.now() / 1_000);
  /** The process that leads the first slot of an epoch's roots. */
  const leaderPid = async (epoch: number): Promise<number> => {
    const beacon = (await readBeacon(network.chain, epoch)) ?? beaconWithoutGuards(network.profile.chainId, epoch);
    const leader = leaderOfSlot(leaderOrder(await readGuardSet(network.chain, epoch), beacon), 0);
    const pid = network.guardPids().find((one) => signerOf(one) === leader);
    if (pid === undefined) throw new Error(`no process is the guard ${leader}`);
    return pid;
  };
  /** The first virtual block from an epoch on, as a guard shows it. */
  const virtualBlockFrom = async (epoch: number): Promise<VirtualBlock | undefined> => {
    const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
    const endpoints = (status.guards as readonly { readonly endpoint: string }[]).map(({ endpoint }) => endpoint);
    for (let of = epoch; of <= epoch + 3; of += 1) {
      const answer = await fetch(new URL(`/v1/virtual-blocks/${of}`, endpoints[0]));
      if (answer.ok) return decodeVirtualBlock(new Uint8Array(await answer.arrayBuffer()));
    }
    return undefined;
  };

  it("post a root of every kind of an epoch, and say so", async () => {
    await network.client.chat("Say something.", { maxTokens: 8 });
    await until("a whole epoch", () => wholeAfter(0), ROOTS_MS);
    const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
    expect(status.guards).toEqual(Array(5).fill(expect.objectContaining({ isUp: true, isFrozen: false })));
  });

  it("attest what their router told of its tasks, and anybody makes the same of it", async () => {
    const told = await until(
      "a work record that tells of the task",
      async () => {
        const { blockNumber: toBlock } = await readHead(network.chain);
        const range = { fromBlock: network.profile.deployBlock, toBlock };
        return (await readWorkRecords(network.chain, range)).find(({ ended }) => ended > 0);
      },
      ROOTS_MS,
    );
    const epoch = await until("a whole epoch after it", () => wholeAfter(told.epoch + 1), ROOTS_MS);
    await until("its records' end", async () => {
      const { timestamp } = await readHead(network.chain);
      return timestamp >= cutOffOf(network.profile, epoch) ? true : undefined;
    });
    const audit = async (what: string, of: number) => {
      const args = ["audit", what, String(of), "--network", join(network.home, "network.json")];
      return runCommand(["--home", network.home, ...args]);
    };
    const ofEpoch = await audit("epoch", epoch);
    expect(ofEpoch.code, ofEpoch.stdout).toBe(0);
    const roots = resultOf(ofEpoch).roots as readonly Record<string, unknown>[];
    const reputation = roots.find(({ kind }) => kind === "reputation");
    expect(reputation).toMatchObject({ leaves: 1, state: "posted", root: reputation?.posted });
    const ofBlock = await audit("vblock", epoch);
    expect(ofBlock.code, ofBlock.stdout).toBe(0);
    const ranked = resultOf(await audit("ranking", epoch)).ranking as readonly Record<string, unknown>[];
    expect(Number(ranked[0]?.reputationPpm)).toBeGreaterThan(0);

    const file = join(network.home, "settlements", told.recordCid);
    const bytes = readFileSync(file);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const tampered = await audit("epoch", epoch);
    expect(tampered.code).toBe(1);
    expect(JSON.stringify(resultOf(tampered).differences)).toContain("workTampered");
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  });

  it("go on when their leader is killed, and that one comes back and signs no second root", async () => {
    const last = epochAt(network.profile, nowSeconds());
    const victim = await leaderPid(last);
    const endsAt = epochStart(network.profile, last + 1);
    await until("the epoch's end", () => (nowSeconds() >= endsAt - 1 ? true : undefined));
    process.kill(victim, "SIGKILL");
    const killedAt = nowSeconds();
    await until("another process", () => {
      const pids = network.guardPids();
      return pids.length === 5 && !pids.includes(victim) ? true : undefined;
    });
    await until("two more whole epochs", () => wholeAfter(last + 1), ROOTS_MS);
    const [next] = (await posted()).filter(({ epoch }) => epoch >= last);
    const block = next && (await readBlock(network.chain, next.blockNumber));
    process.stdout.write(
      `The next root after the leader's end: ${(block?.timestamp ?? 0) - killedAt} s of chain time\n`,
    );
    const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
    expect(status.guards).toEqual(Array(5).fill(expect.objectContaining({ isFrozen: false })));
  });

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
    expect((await posted()).filter(({ epoch }) => epoch === missed)).toEqual([]);
    for (const pid of network.guardPids()) process.kill(pid, "SIGCONT");
    const next = await until("a whole epoch", () => wholeAfter(missed), ROOTS_MS);
    const block = await until("a virtual block", () => virtualBlockFrom(missed), ROOTS_MS);
    const gap = gapOf(block);
    expect(block.epoch).toBeLessThanOrEqual(next);
    expect([gap !== undefined && gap.from <= missed, (gap?.to ?? -1) >= missed]).toEqual([true, true]);
  });

  it("sign all but results while a router shows no set of what it took, and results again once that is condemned", async () => {
    const kindsOf = async (epoch: number) =>
      (await posted()).filter((one) => one.epoch === epoch).map(({ kind }) => kind);
    const keys = readRouterKeys(network);
    const { settlementId } = await takeFromLane(network, { keys, account: network.account, wei: TAKEN_WEI });
    const epoch = epochAt(network.profile, nowSeconds()) + 1;
    await until(
      "an epoch without results",
      async () => ((await kindsOf(epoch + 1)).length === ATTESTATION_KINDS.length - 1 ? true : undefined),
      ROOTS_MS,
    );
    for (const of of [epoch, epoch + 1]) expect(await kindsOf(of)).not.toContain("results");
    const cli = (...args: readonly string[]) => runCommand(["--home", network.home, "challenge", ...args]);
    const { id } = resultOf(await cli("open", settlementId));
    await passSeconds(network.rpcUrl, HOUR_SECONDS);
    resultOf(await cli("condemn", String(id)));
    const next = await until("a whole epoch", () => wholeAfter(epoch + 1), ROOTS_MS);
    const block = await until("a virtual block", () => virtualBlockFrom(next), ROOTS_MS);
    expect(block.epoch).toBeGreaterThanOrEqual(next);
  });
});

/** A guard is given its key by its environment, which only its own account may read. */
function signerOf(pid: number): string {
  const key = environmentOf(pid, "GUARD_SIGNER_KEY") ?? "";
  return addressOfPrivateKey(`0x${key.replace(/^0x/, "")}`);
}
