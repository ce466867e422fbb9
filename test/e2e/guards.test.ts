import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAttestations, readHead, readWorkRecords } from "@cortensor/chain";
import { ATTESTATION_KINDS, cutOffOf } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until, within } from "./harness/until.js";

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

  it("post a root of every kind of an epoch, and say so", async () => {
    await network.client.chat("Say something.", { maxTokens: 8 });
    await until("a whole epoch", () => wholeAfter(0), ROOTS_MS);
    const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
    expect(status.guards).toEqual(Array(5).fill(expect.objectContaining({ answers: true, isFrozen: false })));
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

  it("go on when one of them is killed, and that one comes back and signs no second root", async () => {
    const [victim] = network.guardPids();
    if (victim === undefined) throw new Error("a guard runs");
    const last = Math.max(...(await posted()).map(({ epoch }) => epoch));
    process.kill(victim, "SIGKILL");
    await until("another process", () => {
      const pids = network.guardPids();
      return pids.length === 5 && !pids.includes(victim) ? true : undefined;
    });
    await until("two more whole epochs", () => wholeAfter(last + 1), ROOTS_MS);
    const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
    expect(status.guards).toEqual(Array(5).fill(expect.objectContaining({ isFrozen: false })));
  });
});
