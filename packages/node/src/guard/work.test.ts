import { availabilityPpm, epochRoot, type ReputationLeaf, type SetEntry } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anEntry, GuardNetwork, idOf, keyOf, LANE } from "./test/guardNetwork.js";
import { aPart, aWork, MINER, MODEL, wordOf } from "./test/makeWork.js";
import { CHAIN_ID } from "./test/memoryChain.js";

const EQUAL = [10n, 10n, 10n, 10n];

let network: GuardNetwork;
beforeEach(async () => {
  network = new GuardNetwork();
  await network.open(EQUAL);
});
afterEach(() => network.close());

const paid = (name: string): SetEntry => ({ ...anEntry(name), payees: [{ payee: MINER, netWei: 3n }] });
const leafWith = (of: Partial<ReputationLeaf>): ReputationLeaf => {
  const none = { passedMicro: 0, failedMicro: 0, availabilityPpm: 0, speedPpm: 0 };
  return { miner: MINER, modelId: MODEL, ...none, ...of };
};
const ALL_DELIVERED = leafWith({ availabilityPpm: availabilityPpm({ accepted: 1, delivered: 1 }) });
const rootOf = (epoch: number, fromEpoch: number, leaves: readonly ReputationLeaf[]) =>
  epochRoot({ subjectChainId: CHAIN_ID, fromEpoch, epoch }, { kind: "reputation", leaves }).root;
const posted = (epoch: number) => network.chain.rootOf({ kind: "reputation", epoch });
/** Lets guards sign and post what an epoch that is over has. */
const attend = async (epoch: number): Promise<void> => {
  for (const slot of [0, 1, 2]) await network.toSlot(epoch, slot);
};
/** Half of an epoch after the cut-off of its records: time to report what isn't shown. */
const toReports = (epoch: number) => network.toSlot(epoch, 9);

describe("reputations", () => {
  it("count what lanes tell and settle, and what miners signed that they had taken", async () => {
    network.settle(["one", "two"].map(paid));
    const dead = aWork("dead", { parts: [aPart({ outcome: "died", word: wordOf("dead") })] });
    const said = aWork("said", { parts: [aPart({ outcome: "silent" })] });
    const forged = aWork("forged", { parts: [aPart({ outcome: "died", word: wordOf("forged", keyOf("router")) })] });
    const ended = [aWork("one"), aWork("two"), aWork("unpaid"), dead, said, forged].sort((left, right) =>
      left.id < right.id ? -1 : 1,
    );
    network.tell({ ended });
    network.findings.set(1, [{ id: idOf("one"), miner: MINER, finding: "passed" }]);
    await attend(0);
    expect(posted(0)).toBe(rootOf(0, 0, []));
    await attend(1);
    const availability = availabilityPpm({ accepted: 3, delivered: 2 });
    const leaf = leafWith({ passedMicro: 1_000_000, availabilityPpm: availability, speedPpm: 1_000_000 });
    expect(posted(1)).toBe(rootOf(1, 1, [leaf]));
  });

  it("are the same to a guard that comes late", async () => {
    network.settle([paid("one")]);
    network.tell({ ended: [aWork("one")] });
    for (const epoch of [0, 1]) await attend(epoch);
    for (const guard of [...network.guards]) {
      await network.stop(guard);
      await network.start(guard.key);
    }
    await attend(2);
    expect(posted(2)).toBe(rootOf(2, 2, [ALL_DELIVERED]));
  });

  it("wait for a record that is shown late, and nobody reports it", async () => {
    network.settle([paid("one")]);
    const { recordCid, bytes } = network.tell({ ended: [aWork("one")] }, { isShown: false });
    await attend(0);
    network.sets.set(recordCid, { bytes });
    await toReports(0);
    expect(network.chain.reports.size).toBe(0);
    await attend(1);
    expect(posted(1)).toBe(rootOf(1, 1, [ALL_DELIVERED]));
  });

  it("go on without a record that a quorum of guards was never shown", async () => {
    network.settle([paid("one")]);
    network.tell({ ended: [aWork("one")] }, { isShown: false });
    await attend(0);
    expect(network.chain.reports.size).toBe(0);
    await toReports(0);
    // The fourth finds it condemned.
    expect(network.chain.reports.get(`${LANE} 0`)?.size).toBe(3);
    await attend(1);
    expect(posted(1)).toBe(rootOf(1, 1, []));
    expect(network.guards[0]?.gateway.findVirtualBlock(0)).toBeDefined();
  });

  it("take no bytes but those that were posted, and no record of another lane", async () => {
    network.settle([paid("one")]);
    network.tell({ ended: [aWork("one")] });
    const { chain } = network;
    const told = (await chain.portOf(LANE).readWorkRecords({ fromBlock: 0, toBlock: chain.head }))[0];
    if (told === undefined) throw new Error("a record was told");
    chain.tell({ ...told, lane: `0x${"22".repeat(20)}` });
    chain.tell({ ...told, recordRoot: keyOf("another root"), lane: `0x${"33".repeat(20)}` });
    for (const epoch of [0, 1]) await attend(epoch);
    expect(posted(1)).toBe(rootOf(1, 1, [ALL_DELIVERED]));
  });
});
