import { rmSync } from "node:fs";
import { listOwed, readCorBalance, readNode, readStake } from "@cortensor/chain";
import { type Address, parseAddress, type ReceiptDocument } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { makeHome } from "./harness/makeHome.js";
import { listeningSockets, type OutsideMachine, openOutsideMachine } from "./harness/outsideMachine.js";
import { findProcesses } from "./harness/processes.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { endAll, type StartedProcess, startProcess } from "./harness/startProcess.js";
import { until, within } from "./harness/until.js";

const STAKE_WEI = 1_000n * 10n ** 18n;
/** An engine to start, and a challenge to pass. */
const START_MS = 120_000;

/** More than the network's own miner answers at a time: who is drawn for one alone may be the same for a minute. */
const ASKED_AT_ONCE = 6;

describe("a second operator, on a machine that can't be reached", () => {
  let outside: OutsideMachine;
  let network: Network;
  let home: string;
  let miner: StartedProcess | undefined;
  const receipts: ReceiptDocument[] = [];

  beforeAll(async () => {
    outside = openOutsideMachine();
    home = makeHome("e2e-second");
    network = await startNetwork({ args: ["--host", "0.0.0.0", "--miners", "1"] });
  });
  afterAll(async () => {
    if (miner !== undefined) await endAll(miner);
    await outside?.remove();
    rmSync(home, { recursive: true, force: true });
    await network?.stop();
  });

  const routerUrl = async () =>
    `http://${outside.hostAddress}:${await outside.reach(Number(new URL(network.url).port))}`;
  const owedWei = async (payee: Address) => {
    const owed = await listOwed(network.chain, payee);
    return owed.reduce((sum, one) => sum + one.owedWei, 0n);
  };

  it("goes from nothing to a registered miner with one command", async () => {
    miner = startProcess(home, ["miner", "--network", await routerUrl()], { inside: outside.inside });
    const keys = await within(
      "keys of the second operator",
      miner.output.find(({ event }) => event === "keys.ready"),
    );
    const { address } = await within(
      "ready miner",
      miner.output.find(({ event }) => event === "miner.ready"),
      START_MS,
    );
    expect(address).toBe(keys.miner);
    const signer = parseAddress(String(keys.miner));
    const node = await readNode(network.chain, signer);
    expect(node).toMatchObject({ owner: keys.operator, roles: ["miner"], leftAt: 0 });
    expect((await readStake(network.chain, parseAddress(String(keys.operator)))).stakedWei).toBe(STAKE_WEI);
    // Before that it gets no work. Who asks meanwhile keeps the only miner busy that can say whether its answer to the challenge is right.
    const find = async () => {
      const { miners } = await network.client.network();
      return miners.find((one) => one.address === signer && one.verifiedUntil !== undefined);
    };
    await until("second miner, verified", find, START_MS);
  });

  it("is paid on chain for what it answers, to the wei", async () => {
    const signer = await minerAddress();
    const ask = async () => {
      const { taskId } = await network.client.chat("What is the capital of Italy?", { maxTokens: 16 });
      return network.client.receipt(taskId, { waitMs: 20_000 });
    };
    await until("answer of the second operator's miner", async () => {
      const got = await Promise.all(Array.from({ length: ASKED_AT_ONCE }, ask));
      receipts.push(...got);
      return got.some(({ payees }) => payees.some((payee) => payee.miner === signer)) ? true : undefined;
    });
    const { expected, found } = await auditSettlements(network, receipts);
    expect(found).toEqual(expected);
    expect(await owedWei(signer)).toBeGreaterThan(0n);
  });

  it("collects its pay with one command more", async () => {
    const signer = await minerAddress();
    const creditWei = await owedWei(signer);
    const args = ["--home", home, "withdraw", "--network", await routerUrl()];
    const { withdrawnWei } = resultOf(await runCommand(args, { inside: outside.inside }));
    expect(withdrawnWei).toBe(String(creditWei));
    expect(await readCorBalance(network.chain, signer)).toBe(creditWei);
    expect(await owedWei(signer)).toBe(0n);
    const again = resultOf(await runCommand(args, { inside: outside.inside }));
    expect(again.withdrawnWei).toBe("0");
  });

  it("had no socket that anybody could have called", async () => {
    const own = miner === undefined ? [] : findProcesses(miner);
    expect(own.length).toBeGreaterThan(1);
    if (outside.kind === "network namespace") {
      for (const { pid } of own) expect(listeningSockets(pid)).toEqual([]);
    }
  });

  it("leaves no process behind when it is stopped", async () => {
    if (miner === undefined) throw new Error("it was never started");
    const started = miner;
    started.child.kill("SIGINT");
    expect(await within("end of the miner", started.exited)).toBe(0);
    expect(findProcesses(started)).toEqual([]);
  });

  async function minerAddress(): Promise<Address> {
    if (miner === undefined) throw new Error("it was never started");
    const line = await miner.output.find(({ event }) => event === "miner.ready");
    return parseAddress(String(line.address));
  }
});
