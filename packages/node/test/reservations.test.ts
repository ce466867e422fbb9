import {
  addAssessor,
  assessNode,
  type ChainWriter,
  claimForSession,
  createChainWriter,
  dedicateNode,
  drawNodes,
  enterPool,
  pingPool,
  readDrawnNodes,
  readHead,
  readNodeLife,
  readNodesRequest,
  requestNodes,
  undedicateNode,
  updateSession,
} from "@cortensor/chain";
import { drawWindow, nodeLifeAt } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { passChainSeconds } from "./queueClient.js";
import { type RealNetwork, startRealNetwork } from "./realNetwork.js";
import { aRequest, ask, keyOf, receiptOf, tearDown, until, untilOffered } from "./testNetwork.js";

const COR = 10n ** 18n;
/** A chain, a database and two miners, on a machine that others share. */
const START_MS = 300_000;
const PARAMS = { name: "test", reserveEphemeralNodes: true, reservePeriod: 3_600, maxNumOfNodes: 1 };

describe("nodes out of the pool, with a router", { timeout: START_MS }, () => {
  let network: RealNetwork;
  let node: ChainWriter;
  beforeAll(async () => {
    network = await startRealNetwork({ finalityBlocks: 0, depositWei: 100n * COR, pollMs: 200 });
    node = createChainWriter({ profile: network.profile, privateKey: keyOf("miner") });
    await addAssessor(network.treasury, network.treasury.account);
    const { address } = await network.join({ name: "second", account: 3 });
    await untilOffered(network, address);
  }, START_MS);
  afterAll(tearDown);

  const answer = () => ask(network, aRequest(network, "how much is it", { maxTokens: 4 }));
  const refusal = async () => (await answer()).failed;
  const isServed = async () => (await answer()).done !== undefined;
  const stateOf = async () => {
    const [life, { timestamp }] = await Promise.all([
      readNodeLife(network.operator, node.account),
      readHead(network.operator),
    ]);
    return nodeLifeAt(life, timestamp);
  };
  const passTo = async (seconds: number) => {
    const { timestamp } = await readHead(network.operator);
    await passChainSeconds(network, Math.max(0, seconds - timestamp));
  };

  it("refuses a session that reserves nodes, by name, until it is given one: then it is served by that one", async () => {
    const { operator, account, profile } = network;
    await pingPool(node);
    await assessNode(network.treasury, { node: node.account, level: 1 });
    await enterPool(node);
    await updateSession(operator, { account, params: { ...PARAMS, maxTaskExecutionCount: 2 } });
    await until(async () => (await refusal())?.message.includes("reserved for the session") === true);
    await requestNodes(operator, account);
    const asked = await readNodesRequest(operator, account);
    const { t0: t0Seconds, epochSeconds } = profile;
    const window = drawWindow(asked?.requestedEpoch ?? 0, { t0Seconds, epochSeconds });
    await passTo(window.opensSeconds + 1);
    await claimForSession(node, { account, node: node.account });
    await passTo(window.opensSeconds + epochSeconds / 2 + 1);
    await drawNodes(operator, account);
    expect(await readDrawnNodes(operator, account)).toEqual([node.account]);
    expect(await stateOf()).toMatchObject({ state: "reserved", reservation: { session: account, tasksLeft: 2 } });
    let served = await answer();
    while (served.done === undefined) served = await answer();
    const receipt = await receiptOf(network, served.taskId);
    expect(receipt.payees.map(({ miner }) => miner)).toEqual([node.account]);
  });

  it("counts the tasks on chain, and the last one releases the node", async () => {
    await until(async () => (await stateOf()).reservation?.tasksLeft === 1);
    const { taskId } = await answer();
    const { payees } = await receiptOf(network, taskId);
    expect(payees.map(({ miner }) => miner)).toEqual([node.account]);
    await until(async () => (await stateOf()).state === "released");
    await updateSession(network.operator, { account: network.account, params: PARAMS });
    await until(async () => (await refusal())?.message.includes("reserved for the session") === true);
    await updateSession(network.operator, { account: network.account, params: { name: "test" } });
    await until(isServed);
  });

  it("keeps a node that its owner dedicates for the sessions that name it, until it is undedicated", async () => {
    const owner = createChainWriter({ profile: network.profile, privateKey: anvilKey(2) });
    await assessNode(network.treasury, { node: node.account, level: 1 });
    await dedicateNode(owner, node.account);
    expect((await stateOf()).state).toBe("dedicated");
    const authors = async () => (await receiptOf(network, (await answer()).taskId)).payees.map(({ miner }) => miner);
    const lifeShown = () =>
      network.gateway.network().miners.find(({ address }) => address === node.account)?.life?.state;
    await until(() => lifeShown() === "dedicated");
    for (let count = 0; count < 6; count += 1) expect(await authors()).not.toContain(node.account);
    await undedicateNode(owner, node.account);
    await until(async () => (await authors()).includes(node.account));
  });
});
