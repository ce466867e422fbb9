import { readAttestations, readHead } from "@cortensor/chain";
import { ATTESTATION_KINDS } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until, within } from "./harness/until.js";

/** Six epochs of a local network. */
const ROOTS_MS = 180_000;

describe("five guards of a local network, each a process of its own", { timeout: 600_000 }, () => {
  let network: Network;

  beforeAll(async () => {
    network = await startNetwork({ args: ["--scripted", "at-once", "--miners", "1", "--guards", "5"] });
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
