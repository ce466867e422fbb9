import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addAssessor,
  addDedicatedNode,
  assessNode,
  creditSession,
  listSessionCredits,
  openSession,
  readHead,
  readIsAssessor,
  readLane,
  readNodeLevel,
  readPaymentEvents,
  readSession,
  readSessionCredit,
  removeAssessor,
  removeDedicatedNode,
  transferCor,
} from "../src/index.js";
import { COR, fundedSession, type LocalNetwork, passSeconds, startLocalNetwork, writerOf } from "./localNetwork.js";

const NODE = `0x${"5d".repeat(20)}` as const;

describe("what sessions are served by, and given back, on a real chain", () => {
  let network: LocalNetwork;
  beforeAll(async () => {
    network = await startLocalNetwork();
  });
  afterAll(() => network?.anvil.stop());

  it("gives a session something back, once for each epoch and reason, for all to read", async () => {
    const [owner, operator] = [writerOf(network.profile, 0), writerOf(network.profile, 1)];
    await transferCor(owner, { to: operator.account, wei: 5n * COR });
    const account = await fundedSession(owner, operator, 10n * COR);
    await passSeconds(owner, 60);
    const credit = { lane: operator.account, account, epoch: 1, reason: "sla", wei: COR } as const;
    expect(await readSessionCredit(owner, credit)).toBe(0n);
    const { txHash, blockNumber } = await creditSession(operator, credit);
    expect(await readSessionCredit(owner, credit)).toBe(COR);
    expect(await readSessionCredit(owner, { ...credit, blockNumber: blockNumber - 1n })).toBe(0n);
    expect(await readLane(owner, { account, lane: operator.account })).toMatchObject({ allotmentWei: 11n * COR });
    await expect(creditSession(operator, credit)).rejects.toMatchObject({
      data: { error: "SessionCreditRepeated", args: { account, epoch: 1n } },
    });
    await expect(creditSession(owner, { ...credit, epoch: 0 })).rejects.toMatchObject({
      data: { error: "SessionCreditUnauthorised" },
    });
    await creditSession(operator, { ...credit, reason: "cut", wei: 7n });
    expect(await listSessionCredits(owner, account)).toMatchObject([
      { account, lane: operator.account, epoch: 1, reason: "sla", wei: COR, txHash },
      { reason: "cut", wei: 7n },
    ]);
    const events = [];
    const { blockNumber: toBlock } = await readHead(owner);
    for await (const event of readPaymentEvents(owner, { fromBlock: network.profile.deployBlock, toBlock })) {
      if (event.kind === "sessionCredited") events.push(event);
    }
    expect(events).toMatchObject([
      { account, epoch: 1, amountWei: COR, depositWei: 11n * COR },
      { account, epoch: 1, amountWei: 7n, depositWei: 11n * COR + 7n },
    ]);
  });

  it("keeps the nodes that an owner dedicates to a session", async () => {
    const [owner, other] = [writerOf(network.profile, 0), writerOf(network.profile, 2)];
    const { account } = await openSession(owner, { name: "dedicated", mode: "dedicated" });
    await addDedicatedNode(owner, { account, node: NODE });
    expect(await readSession(owner, account)).toMatchObject({ mode: "dedicated", dedicatedNodes: [NODE] });
    await expect(addDedicatedNode(owner, { account, node: NODE })).rejects.toMatchObject({
      data: { error: "DedicatedNodeKnown" },
    });
    await expect(removeDedicatedNode(other, { account, node: NODE })).rejects.toMatchObject({
      data: { error: "NotSessionOwner" },
    });
    await removeDedicatedNode(owner, { account, node: NODE });
    expect((await readSession(owner, account))?.dedicatedNodes).toEqual([]);
  });

  it("says what level an assessor found a node to have, and lets nobody else say one", async () => {
    const [owner, assessor] = [writerOf(network.profile, 0), writerOf(network.profile, 3)];
    expect(await readNodeLevel(owner, NODE)).toBe(0);
    await expect(assessNode(assessor, { node: NODE, level: 4 })).rejects.toMatchObject({
      data: { error: "NotAssessor" },
    });
    await addAssessor(owner, assessor.account);
    expect(await readIsAssessor(owner, assessor.account)).toBe(true);
    await assessNode(assessor, { node: NODE, level: 4 });
    expect(await readNodeLevel(owner, NODE)).toBe(4);
    await removeAssessor(owner, assessor.account);
    expect(await readNodeLevel(owner, NODE)).toBe(0);
  });
});
