import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { encodeReceiptDocument } from "@cortensor/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeHome } from "./harness/makeHome.js";
import { findProcesses } from "./harness/processes.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { startProcess } from "./harness/startProcess.js";
import { until, within } from "./harness/until.js";

/** Children see their parent's death by a closed channel, and end what runs first. */
const CHILDREN_END_MS = 30_000;

describe("a home that is started, stopped and started again", () => {
  let home: string;
  let network: Network | undefined;
  /** What every later start must find again. */
  let first: { url: string; apiKey: string; account: number; addresses: unknown; taskId: string; receipt: string };

  beforeAll(() => {
    home = makeHome("e2e-home");
  });
  afterAll(async () => {
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  });
  afterEach(async () => {
    const running = network;
    network = undefined;
    await running?.stop();
  });

  const answer = async (on: Network) => {
    const { taskId, text } = await on.client.chat("What is the capital of France?", { maxTokens: 16 });
    expect(text.length).toBeGreaterThan(0);
    return {
      taskId,
      receipt: JSON.stringify(encodeReceiptDocument(await on.client.receipt(taskId, { waitMs: 20_000 }))),
    };
  };
  const expectFoundAgain = async (on: Network) => {
    expect(on.apiKey).toBe(first.apiKey);
    expect(on.account).toBe(first.account);
    expect(on.profile.addresses).toEqual(first.addresses);
    const kept = await on.client.receipt(first.taskId);
    expect(JSON.stringify(encodeReceiptDocument(kept))).toBe(first.receipt);
    await answer(on);
  };

  it("refuses a second start beside the first, and says where the first is", async () => {
    network = await startNetwork({ home });
    const { url, apiKey, account, profile } = network;
    first = { url, apiKey, account, addresses: profile.addresses, ...(await answer(network)) };
    const second = await runCommand(["up", "--home", home]);
    expect(second.code).toBe(1);
    const [error] = second.lines.filter(({ event }) => event === "error");
    expect(error).toMatchObject({ code: "CLI_ALREADY_RUNNING", home, pid: network.supervisorPid });
    expect(String(error?.hint)).toContain(url);
    await answer(network);
  });

  it("ends by Ctrl-C with no process left, and by a second start finds its data at the same address", async () => {
    network = await startNetwork({ home, keepPorts: true });
    expect(network.url).toBe(first.url);
    await expectFoundAgain(network);
    const status = resultOf(await runCommand(["status", "--home", home]));
    expect(status).toMatchObject({ url: first.url });
    expect(await network.stop()).toBe(0);
    network = undefined;
  });

  it("takes another port when its own is taken, and says so", async () => {
    const { port } = new URL(first.url);
    const intruder = createServer();
    await new Promise<void>((resolve) => intruder.listen(Number(port), "127.0.0.1", resolve));
    try {
      network = await startNetwork({ home, keepPorts: true });
      expect(network.url).not.toBe(first.url);
      expect(network.output.lines).toContainEqual(
        expect.objectContaining({ event: "port.taken", name: "http", wanted: Number(port) }),
      );
      await expectFoundAgain(network);
    } finally {
      await new Promise((resolve) => intruder.close(resolve));
    }
  });

  it("takes all its children with it when it is killed, and loses nothing by that", async () => {
    const killed = await startNetwork({ home });
    const { taskId, receipt } = await answer(killed);
    expect(killed.processes().length).toBeGreaterThan(5);
    process.kill(killed.supervisorPid, "SIGKILL");
    await until("end of the children", () => (killed.processes().length === 0 ? true : undefined), CHILDREN_END_MS);
    network = await startNetwork({ home });
    await expectFoundAgain(network);
    const kept = await network.client.receipt(taskId);
    expect(JSON.stringify(encodeReceiptDocument(kept))).toBe(receipt);
  });

  it("stops in order while it is still starting", async () => {
    const early = startProcess(home, ["up"]);
    await within(
      "first steps",
      early.output.find(({ event }) => event === "chain.ready"),
    );
    early.child.kill("SIGINT");
    await within("end of the start", early.exited);
    expect(findProcesses(early)).toEqual([]);
    network = await startNetwork({ home });
    await expectFoundAgain(network);
  });
});
