import {
  ATTESTATION_KINDS,
  type Attestation,
  type AttestationKind,
  beaconWithoutGuards,
  decodeVirtualBlock,
  epochRoot,
  gapOf,
  guardsDomain,
  signAttestation,
  virtualBlockFault,
} from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AskPeer } from "./askPeer.js";
import { anEntry, FINALITY_BLOCKS, GuardNetwork, idOf, keyOf, type TestGuard } from "./test/guardNetwork.js";
import { aWork } from "./test/makeWork.js";
import { CHAIN_ID, GUARDS } from "./test/memoryChain.js";

const EQUAL = [10n, 10n, 10n, 10n];
const domain = guardsDomain({ chainId: CHAIN_ID, guards: GUARDS });

let network: GuardNetwork;
beforeEach(() => {
  network = new GuardNetwork();
});
afterEach(() => network.close());

const kindsPosted = (epoch: number): readonly AttestationKind[] =>
  ATTESTATION_KINDS.filter((kind) => network.chain.rootOf({ kind, epoch }) !== undefined);
const signedBy = ({ gateway, address }: TestGuard, kind: AttestationKind, epoch: number) =>
  gateway.findAttestations({ subjectChainId: CHAIN_ID, kind, epoch }).filter(({ guard }) => guard === address);
const rootOf = (kind: AttestationKind, epoch: number) => network.chain.rootOf({ kind, epoch });
const guardAt = (index: number): TestGuard => {
  const guard = network.guards[index];
  if (guard === undefined) throw new Error(`there is no guard ${index}`);
  return guard;
};
/** A peer that shows one root of everything. */
const liar = (key: `0x${string}`, root: `0x${string}`): AskPeer => {
  return async ({ key: asked, endpoint }) => {
    const attestation: Attestation = { ...asked, root };
    return [{ ...signAttestation(domain, attestation, key), guard: endpoint as `0x${string}` }];
  };
};

describe("guards of one chain", () => {
  it("post the root of each kind of an epoch, and nothing before it is over", async () => {
    await network.open(EQUAL);
    await network.toCutOff(0);
    expect(kindsPosted(0)).toEqual([]);
    await network.toSlot(0, 0);
    await network.look();
    expect(kindsPosted(0)).toEqual(ATTESTATION_KINDS);
    const empty = epochRoot({ subjectChainId: CHAIN_ID, fromEpoch: 0, epoch: 0 }, { kind: "settlement", leaves: [] });
    expect(rootOf("settlement", 0)).toBe(empty.root);
  });

  it("attest what was settled before the cut-off, and each task once", async () => {
    await network.open(EQUAL);
    const [one, two, late] = [anEntry("one"), anEntry("two"), anEntry("late")];
    network.settle([one]);
    network.settle([{ ...one, feeWei: 6n }, two]);
    await network.toCutOff(0);
    network.settle([late]);
    await network.toSlot(0, 0);
    await network.look();
    const leaves = [one, two].map(({ id, resultsHash }) => ({ id, resultsHash }));
    const range = { subjectChainId: CHAIN_ID, fromEpoch: 0, epoch: 0 };
    expect(rootOf("results", 0)).toBe(epochRoot(range, { kind: "results", leaves }).root);
  });

  it("go on with one of them dead and one lying, who are less than a third", async () => {
    await network.open([40n, 40n, 20n, 10n], [2, 3]);
    const [dead, lying] = network.chain.members.slice(2).map(({ guard }) => guard);
    network.chain.endpoints.delete(dead ?? "0x");
    network.answers.set(lying ?? "", liar(keyOf("guard 3"), keyOf("another root")));
    await network.toSlot(0, 0);
    for (let slot = 1; kindsPosted(0).length < 5 && slot < 18; slot += 1) await network.toSlot(0, slot);
    expect(kindsPosted(0)).toEqual(ATTESTATION_KINDS);
    for (const { attestation } of network.chain.posted) expect(attestation.root).not.toBe(keyOf("another root"));
    expect(network.chain.frozen.size).toBe(0);
  });

  it("post nothing while a third of the stake is silent, and cover the epoch with the next root", async () => {
    await network.open(EQUAL, [2, 3]);
    network.settle([anEntry("one")]);
    for (const slot of [0, 5, 17]) await network.toSlot(0, slot);
    expect(kindsPosted(0)).toEqual([]);
    await network.start(keyOf("guard 2"));
    for (let slot = 0; slot < 8; slot += 1) await network.toSlot(1, slot);
    expect(kindsPosted(1)).toEqual(ATTESTATION_KINDS);
    const { id, resultsHash } = anEntry("one");
    const covering = { subjectChainId: CHAIN_ID, fromEpoch: 0, epoch: 1 };
    expect(rootOf("results", 1)).toBe(epochRoot(covering, { kind: "results", leaves: [{ id, resultsHash }] }).root);
  });

  it("leave the post to the next slot's leader when one is gone", async () => {
    await network.open(EQUAL);
    await network.toCutOff(0);
    const first = network.leaderOf(0, 0);
    const next = [1, 2, 3].find((slot) => network.leaderOf(0, slot) !== first) ?? 1;
    const leader = network.guards.find(({ address }) => address === first);
    if (leader !== undefined) await network.stop(leader);
    await network.toSlot(0, 0);
    await network.look();
    expect(kindsPosted(0)).toEqual([]);
    await network.toSlot(0, next);
    await network.look();
    expect(kindsPosted(0)).toEqual(ATTESTATION_KINDS);
  });

  it("freeze one that shows two roots to two others", async () => {
    await network.open(EQUAL, [3]);
    const lying = network.chain.members[3]?.guard ?? "0x";
    const asked = new Map<string, number>();
    network.answers.set(lying, (request) => {
      const { kind } = request.key;
      const times = (asked.get(kind) ?? 0) + 1;
      asked.set(kind, times);
      return liar(keyOf("guard 3"), keyOf(times % 2 === 0 ? "one root" : "another root"))(request);
    });
    for (let slot = 0; slot < 14; slot += 1) await network.toSlot(0, slot);
    expect([...network.chain.frozen]).toEqual([lying]);
    expect(kindsPosted(0)).toEqual(ATTESTATION_KINDS);
  });

  it("show secrets that they committed to two epochs before, and so make beacons", async () => {
    await network.open(EQUAL);
    for (const epoch of [0, 1]) await network.toCutOff(epoch);
    await network.toCutOff(2);
    expect(network.chain.reveals.get(3)).toHaveLength(4);
    expect(network.chain.beaconOf(3)).not.toBe(beaconWithoutGuards(CHAIN_ID, 3));
  });

  it("make the same virtual blocks, each after the one before, and one over an epoch that has none", async () => {
    await network.open(EQUAL);
    network.tell({ begun: [idOf("one")] });
    await network.toSlot(0, 0);
    network.tell({ ended: [aWork("one"), aWork("two", { hasBegun: true })] });
    await network.toSlot(0, 1);
    // Nobody posts in the second epoch.
    network.chain.failing.add("postAttestation");
    for (const slot of [0, 1, 17]) await network.toSlot(1, slot);
    network.chain.failing.clear();
    for (const slot of [0, 1, 2, 3]) await network.toSlot(2, slot);
    const bytes = network.guards.map(({ gateway }) => [0, 1, 2].map((epoch) => gateway.findVirtualBlock(epoch)));
    expect(new Set(bytes.map((own) => own.map((one) => one?.toString()).join("|"))).size).toBe(1);
    const [first, none, second] = (bytes[0] ?? []).map((one) => one && decodeVirtualBlock(one));
    expect(none).toBeUndefined();
    expect(first).toMatchObject({ fromEpoch: 0, epoch: 0, tasksOpened: 0, tasksClosed: 0, attestations: [] });
    expect(second).toMatchObject({ tasksOpened: 2, tasksClosed: 2 });
    if (second === undefined) throw new Error("the third epoch has a virtual block");
    expect(gapOf(second)).toEqual({ from: 1, to: 1 });
    expect(virtualBlockFault(second, first)).toBeUndefined();
    expect(second.attestations.map(({ epoch }) => epoch)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("a guard", () => {
  it("signs no results while a set can't be fetched, and all else", async () => {
    await network.open(EQUAL);
    const withheld = network.settle([anEntry("one")], { isShown: false });
    await network.toSlot(0, 0);
    await network.look();
    expect(kindsPosted(0)).toEqual(["reputation", "settlement", "beacon", "checkpoint", "dutyPay"]);
    network.sets.set(withheld.setCid, withheld);
    for (const slot of [1, 2]) await network.toSlot(0, slot);
    expect(kindsPosted(0)).toEqual(ATTESTATION_KINDS);
  });

  it("signs results without a set that was condemned because nobody showed it", async () => {
    await network.open(EQUAL);
    const { setCid } = network.settle([anEntry("one")], { isShown: false });
    network.chain.condemned.set(keyOf(`settlement ${setCid}`), network.chain.head);
    await network.toSlot(0, 0);
    await network.look();
    expect(kindsPosted(0)).toEqual(ATTESTATION_KINDS);
  });

  it("signs once, also when it starts again in the middle of an epoch and finds other records", async () => {
    await network.open(EQUAL, [1, 2, 3]);
    await network.toSlot(0, 0);
    const before = guardAt(0);
    const [first] = signedBy(before, "settlement", 0);
    expect(first).toBeDefined();
    await network.stop(before);
    const leaf = { lane: `0x${"22".repeat(20)}`, settlementId: keyOf("x"), settlementRoot: keyOf("y") } as const;
    const other = { readSettlements: async () => [{ ...leaf, setCid: keyOf("z"), debitedWei: 1n }] };
    const after = await network.start(before.key, { folder: before.folder, chain: other });
    for (const slot of [1, 12]) await network.toSlot(0, slot);
    expect(signedBy(after, "settlement", 0)).toEqual([first]);
    expect(signedBy(after, "checkpoint", 0)).toHaveLength(1);
  });

  it("signs nothing of blocks that aren't final yet", async () => {
    await network.open(EQUAL, [1, 2, 3]);
    // Its own transactions make blocks, too.
    for (const call of ["fixGuardSet", "commitBeacon"]) network.chain.failing.add(call);
    network.chain.mine(1_600, FINALITY_BLOCKS - 1);
    await network.look();
    expect(signedBy(guardAt(0), "checkpoint", 0)).toEqual([]);
    network.chain.mine(1_600);
    await network.look();
    expect(signedBy(guardAt(0), "checkpoint", 0)).toHaveLength(1);
  });

  it("signs nothing of an epoch any more whose blocks changed after it read them", async () => {
    await network.open(EQUAL, [1, 2, 3]);
    const withheld = network.settle([anEntry("one")], { isShown: false });
    const last = network.chain.head;
    await network.toSlot(0, 0);
    network.chain.reorganise(last);
    network.sets.set(withheld.setCid, withheld);
    await network.toSlot(0, 1);
    expect(signedBy(guardAt(0), "results", 0)).toEqual([]);
    for (const slot of [0, 1]) await network.toSlot(1, slot);
    expect(signedBy(guardAt(0), "results", 1)).toHaveLength(1);
  });

  it("shows a secret after a restart that it committed to before", async () => {
    await network.open(EQUAL, [1, 2, 3]);
    await network.look();
    expect(network.chain.commits.get(2)).toHaveLength(1);
    const before = guardAt(0);
    await network.stop(before);
    await network.start(before.key, { folder: before.folder });
    await network.toCutOff(0);
    expect(network.chain.reveals.get(2)).toHaveLength(1);
  });

  it("asks the chain nothing while nothing can be due", async () => {
    await network.open([10n], [0]);
    const port = network.chain.portOf(network.chain.members[0]?.guard ?? "0x");
    let asked = 0;
    const counted = <Arguments extends readonly unknown[], Answer>(ask: (...of: Arguments) => Answer) => {
      return (...of: Arguments): Answer => {
        asked += 1;
        return ask(...of);
      };
    };
    const { readHead, readBlock, readPosted, readGuardSet, readIsFixed, readFrozen, readPledge, listPosted } = port;
    await network.start(keyOf("guard 0"), {
      chain: {
        readHead: counted(readHead),
        readBlock: counted(readBlock),
        readPosted: counted(readPosted),
        readGuardSet: counted(readGuardSet),
        readIsFixed: counted(readIsFixed),
        readFrozen: counted(readFrozen),
        readPledge: counted(readPledge),
        listPosted: counted(listPosted),
      },
    });
    // In slot 12 others are asked once more; then the epoch's roots and its virtual block are there.
    for (const slot of [0, 1, 12, 13]) await network.toSlot(0, slot);
    expect([kindsPosted(0), guardAt(0).gateway.findVirtualBlock(0) === undefined]).toEqual([ATTESTATION_KINDS, false]);
    asked = 0;
    for (const slot of [14, 15, 16, 17]) await network.toSlot(0, slot);
    expect(asked).toBe(0);
    await network.toSlot(1, 0);
    expect([asked > 0, kindsPosted(1)]).toEqual([true, ATTESTATION_KINDS]);
  });

  it("says that it can't serve while it is in no set, or while a duty fails", async () => {
    await network.open(EQUAL, [1, 2, 3]);
    await network.look();
    expect(guardAt(0).gateway.health()).toEqual({ live: true, ready: true, reasons: [] });
    network.chain.failing.add("fixGuardSet");
    network.chain.members = network.chain.members.slice(1);
    await network.toSlot(0, 0);
    const { ready, reasons } = guardAt(0).gateway.health();
    expect([ready, reasons.length]).toEqual([false, 2]);
  });

  it("counts epochs with a root, epochs that stay empty, and why it signed nothing", async () => {
    await network.open(EQUAL, [2, 3]);
    network.settle([anEntry("one")], { isShown: false });
    for (const slot of [0, 1]) await network.toSlot(0, slot);
    await network.toCutOff(1);
    const { body } = await guardAt(0).metrics.render();
    expect(body).toContain('cortensor_guard_signatures_total{kind="checkpoint"} 1');
    expect(body).toContain('cortensor_guard_empty_epochs_total{kind="results"} 1');
    expect(body).toContain('cortensor_guard_unsigned_epochs_total{why="leavesMissing"} 1');
    expect(body).toContain('cortensor_guard_signatures_gathered_total{kind="checkpoint"} 1');
  });
});
