import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { epochAt, readBeacon, readBlock, readGuardSet, readHead, readWorkRecords } from "@cortensor/chain";
import {
  addressOfPrivateKey,
  beaconWithoutGuards,
  cutOffOf,
  epochStart,
  leaderOfSlot,
  leaderOrder,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nowSeconds, postedOf, ROOTS_MS, startGuardedNetwork, wholeAfter } from "./harness/guardedNetwork.js";
import { environmentOf } from "./harness/processes.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import type { Network } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const RECEIPT_MS = 30_000;

describe("five guards of a local network, each a process of its own", { timeout: 600_000 }, () => {
  let network: Network;

  beforeAll(async () => {
    network = await startGuardedNetwork();
  });
  afterAll(() => network?.stop());

  /** The process that leads the first slot of an epoch's roots. */
  const leaderPid = async (epoch: number): Promise<number> => {
    const beacon = (await readBeacon(network.chain, epoch)) ?? beaconWithoutGuards(network.profile.chainId, epoch);
    const leader = leaderOfSlot(leaderOrder(await readGuardSet(network.chain, epoch), beacon), 0);
    const pid = network.guardPids().find((one) => signerOf(one) === leader);
    if (pid === undefined) throw new Error(`no process is the guard ${leader}`);
    return pid;
  };
  it("post a root of every kind of an epoch, and say so", async () => {
    await network.client.chat("Say something.", { maxTokens: 8 });
    await until("a whole epoch", () => wholeAfter(network, 0), ROOTS_MS);
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
    const epoch = await until("a whole epoch after it", () => wholeAfter(network, told.epoch + 1), ROOTS_MS);
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
    await until("two more whole epochs", () => wholeAfter(network, last + 1), ROOTS_MS);
    const [next] = (await postedOf(network)).filter(({ epoch }) => epoch >= last);
    const block = next && (await readBlock(network.chain, next.blockNumber));
    process.stdout.write(
      `The next root after the leader's end: ${(block?.timestamp ?? 0) - killedAt} s of chain time\n`,
    );
    const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
    expect(status.guards).toEqual(Array(5).fill(expect.objectContaining({ isFrozen: false })));
  });

  it("made the beacon that an answer's seed is of: its miner takes none but the chain's", async () => {
    const { chain, client, profile } = network;
    const { text, taskId } = await client.chat("Say something.", { maxTokens: 8 });
    expect(text).not.toBe("");
    const { epoch } = (await client.receipt(taskId, { waitMs: RECEIPT_MS })).receipt;
    expect([0, 1]).toContain(epochAt(profile, nowSeconds()) - epoch);
    const beacon = await readBeacon(chain, epoch);
    expect(beacon).toBeDefined();
    expect(beacon).not.toBe(beaconWithoutGuards(profile.chainId, epoch));
  });
});

/** A guard is given its key by its environment, which only its own account may read. */
function signerOf(pid: number): string {
  const key = environmentOf(pid, "GUARD_SIGNER_KEY") ?? "";
  return addressOfPrivateKey(`0x${key.replace(/^0x/, "")}`);
}
