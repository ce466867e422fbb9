import {
  createChainWriter,
  openSession,
  readHead,
  readLevelHistory,
  readNodeLevel,
  releaseNode,
  requestNodes,
  transferNative,
} from "@cortensor/chain";
import { SILENCE_SECONDS } from "@cortensor/protocol";
import { createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeadlineDesk } from "../src/guard/deadlineDesk.js";
import { createGuardChain } from "../src/guard/index.js";
import { createGuardMetrics } from "../src/guard/metrics.js";
import { keyOf, LifeNetwork } from "./lifeNetwork.js";

const COR = 10n ** 18n;
const MAKERS = ["ada", "bea", "cid", "dot"];
let network: LifeNetwork;

beforeAll(async () => {
  network = await LifeNetwork.open();
}, 240_000);
afterAll(() => network.close());

describe("nodes on a real chain", () => {
  it("are active as soon as they are verified, and in the pool as soon as an assessor has said their level", async () => {
    for (const name of [...MAKERS, "eve"]) await network.join(name);
    await network.round();
    expect((await network.stateOf("ada")).stored).toBe("unregistered");
    for (const name of network.nodes.keys()) await network.verify(name);
    await network.round();
    for (const name of network.nodes.keys()) expect((await network.stateOf(name)).stored).toBe("active");
    for (const name of MAKERS) await network.assess(name, 4);
    expect((await network.stateOf("ada")).stored).toBe("assessed");
    await network.round();
    for (const name of MAKERS) expect(await network.stateOf(name)).toMatchObject({ stored: "ephemeral", level: 4 });
    expect(await network.stateOf("eve")).toMatchObject({ stored: "active", level: 0 });
  }, 240_000);

  it("rise from level 0 by the network's own tasks, also when they stop between binding and showing, and enter the pool", async () => {
    const { address } = network.nodes.get("eve") ?? raise();
    await network.until("eve is bound to a result", async () => (await network.stepsOf("eve", "precommit")) === 1);
    expect(await network.stepsOf("eve", "commit")).toBe(0);
    await network.restart("eve");
    await network.until("eve has a level", async () => (await network.stateOf("eve")).stored === "ephemeral");
    expect(await readNodeLevel(network.reader, address)).toBe(1);
    expect((await readLevelHistory(network.reader, address)).map(({ level }) => level)).toEqual([1]);
    // What it was bound to it showed without doing it again.
    expect(await network.stepsOf("eve", "solve")).toBe((await network.stepsOf("eve", "commit")) - 1);
    expect(network.problems).toEqual([]);
  }, 900_000);

  it("are given to a session that asks, and are in the pool again once their level was looked at anew", async () => {
    const { profile, treasury } = network;
    const client = createChainWriter({ profile, privateKey: keyOf("client") });
    await transferNative(treasury, { to: client.account, wei: COR });
    const terms = { sla: 4, reserveEphemeralNodes: true, maxNumOfNodes: 1, reservePeriod: 86_400 };
    const { account } = await openSession(client, { name: "reserving", ...terms });
    await requestNodes(client, account);
    const isIn = async (state: string) => {
      for (const name of MAKERS) if ((await network.stateOf(name)).stored === state) return name;
      return undefined;
    };
    await network.until("a node is reserved", async () => (await isIn("reserved")) !== undefined);
    const name = (await isIn("reserved")) ?? raise();
    await releaseNode(client, { account, node: network.nodes.get(name)?.address ?? raise() });
    expect((await network.stateOf(name)).stored).toBe("released");
    await network.until(
      `${name} is in the pool again`,
      async () => (await network.stateOf(name)).stored === "ephemeral",
    );
    expect(await network.stepsOf(name, "commit")).toBeGreaterThan(0);
    expect(network.problems).toEqual([]);
  }, 900_000);

  it("that stop pinging are silent after an hour: guards enforce it", async () => {
    const { profile, treasury } = network;
    network.awake.clear();
    const guard = createChainWriter({ profile, privateKey: keyOf("guard") });
    await transferNative(treasury, { to: guard.account, wei: COR });
    const metrics = createMetrics();
    const desk = new DeadlineDesk({
      chain: createGuardChain(guard, systemClock).nodes,
      guard: guard.account,
      metrics: createGuardMetrics(metrics),
      log: silentLogger,
    });
    const enforce = async () => desk.enforce((await readHead(network.reader)).timestamp);
    await enforce();
    expect((await network.stateOf("eve")).stored).toBe("ephemeral");
    await network.pass(2 * SILENCE_SECONDS);
    await enforce();
    for (const name of [...MAKERS, "eve"]) {
      expect(await network.stateOf(name)).toEqual({ stored: "silent", now: "silent", level: 0 });
    }
  }, 240_000);
});

function raise(): never {
  throw new Error("there is such a node");
}
