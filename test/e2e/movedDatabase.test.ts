import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

describe("a database whose port something takes while it is down", () => {
  let network: Network;
  let intruder: Server | undefined;

  beforeAll(async () => {
    network = await startNetwork({ args: ["--scripted", "in-turns", "--miners", "1"] });
  });
  afterAll(async () => {
    intruder?.close();
    await network?.stop();
  });

  it("comes back on another port, and the router with it, with all that was booked", async () => {
    const { taskId } = await network.client.chat("Say something.", { maxTokens: 8 });
    const { receipt } = await network.client.receipt(taskId, { waitMs: 20_000 });
    const router = network.routerPid();
    const database = network.databasePid();
    const port = listenedPort(network);
    process.kill(database, "SIGKILL");
    intruder = await until(`port ${port} to be free`, () => listenOn(port));
    await until("another router", () => (routerIsOther(network, router) ? true : undefined));
    const answer = await until("an answer", () =>
      network.client.chat("Say something.", { maxTokens: 8 }).catch(() => undefined),
    );
    expect(answer.taskId).not.toBe(taskId);
    expect((await network.client.receipt(taskId, { waitMs: 20_000 })).receipt).toEqual(receipt);
    expect(listenedPort(network)).not.toBe(port);
  });
});

/** The port on which the network's database listens: it is in its command. */
function listenedPort(network: Network): number {
  const entry = network.processes().find(({ pid }) => pid === network.databasePid());
  return Number(entry?.command.find((part) => part.startsWith("port="))?.slice("port=".length));
}

function routerIsOther(network: Network, pid: number): boolean {
  try {
    return network.routerPid() !== pid;
  } catch {
    // None at this moment.
    return false;
  }
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
