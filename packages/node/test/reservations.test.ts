import {
  addAssessor,
  addSessionRouter,
  assessNode,
  type ChainWriter,
  claimForSession,
  createChainWriter,
  dedicateNode,
  depositToSession,
  drawNodes,
  enterPool,
  openSession,
  pingPool,
  readDrawnNodes,
  readHead,
  readNodeLife,
  readNodesRequest,
  requestNodes,
  setAllotment,
  undedicateNode,
} from "@cortensor/chain";
import { drawWindow, nodeLifeAt } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { passChainSeconds } from "./queueClient.js";
import { type RealNetwork, startRealNetwork } from "./realNetwork.js";
import { aRequest, ask, hashOf, keyOf, receiptOf, tearDown, until, untilOffered } from "./testNetwork.js";

const COR = 10n ** 18n;
/** A chain, a database and two miners, on a machine that others share. */
const START_MS = 300_000;
const KEY = "ck-reserving";
/** For an hour, and two tasks. */
const TERMS = { reserveEphemeralNodes: true, reservePeriod: 3_600, maxNumOfNodes: 1, maxTaskExecutionCount: 2 };

describe("nodes out of the pool, with a router", { timeout: START_MS }, () => {
  let network: RealNetwork;
  let node: ChainWriter;
  /** The session that reserves. It has done so since its first second: no task comes before. */
  let account: number;
  beforeAll(async () => {
    network = await startRealNetwork({ finalityBlocks: 0, depositWei: 100n * COR, pollMs: 200 });
    node = createChainWriter({ profile: network.profile, privateKey: keyOf("miner") });
    await addAssessor(network.treasury, network.treasury.account);
    const { address } = await network.join({ name: "second", account: 3 });
    await untilOffered(network, address);
    const { operator, books } = network;
    ({ account } = await openSession(operator, { name: "reserving", ...TERMS }));
    await addSessionRouter(operator, { account, operator: operator.account });
    await depositToSession(operator, { account, wei: 10n * COR });
    await setAllotment(operator, { account, lane: operator.account, wei: 10n * COR });
    await until(async () => (await books.findSession(account)) !== undefined);
    await books.putKey({ keyHash: await hashOf(KEY), account, name: "reserving", revoked: false });
  }, START_MS);
  afterAll(tearDown);

  const answer = (options: { readonly bearer?: string } = { bearer: KEY }) =>
    ask(network, aRequest(network, "how much is it", { maxTokens: 4 }), options);
  const stateOf = async () => {
    const [life, { timestamp }] = await Promise.all([
      readNodeLife(network.operator, node.account),
      readHead(network.operator),
    ]);
    return nodeLifeAt(life, timestamp);
  };
  const passTo = async (seconds: number) => {
    const { timestamp } = await readHead(network.operator);
    const passed = Math.max(0, seconds - timestamp);
    await passChainSeconds(network, passed);
    // The router's and the miners' clocks go with the chain's, or a miner takes the router's epoch for one to come.
    network.passMs(passed * 1_000);
  };

  it("refuses a session that reserves nodes, by name, until it is given one: then it is served by that one", async () => {
    const { operator, profile } = network;
    await pingPool(node);
    await assessNode(network.treasury, { node: node.account, level: 1 });
    await enterPool(node);
    await until(async () => (await answer()).failed?.message.includes("reserved for the session") === true);
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
    expect((await answer()).failed?.code).toBe("task_limit_reached");
  });

  it("keeps a node that its owner dedicates for the sessions that name it, until it is undedicated", async () => {
    const owner = createChainWriter({ profile: network.profile, privateKey: anvilKey(2) });
    await assessNode(network.treasury, { node: node.account, level: 1 });
    await dedicateNode(owner, node.account);
    expect((await stateOf()).state).toBe("dedicated");
    const authors = async () => (await receiptOf(network, (await answer({})).taskId)).payees.map(({ miner }) => miner);
    const lifeShown = () =>
      network.gateway.network().miners.find(({ address }) => address === node.account)?.life?.state;
    await until(() => lifeShown() === "dedicated");
    for (let count = 0; count < 6; count += 1) expect(await authors()).not.toContain(node.account);
    await undedicateNode(owner, node.account);
    await until(async () => (await authors()).includes(node.account));
  });
});
