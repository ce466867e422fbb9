import http from "node:http";
import {
  readAttestations,
  readBeaconRound,
  readGuardSet,
  readHead,
  readIsFrozen,
  readPostedQuorum,
} from "@cortensor/chain";
import {
  ATTESTATION_KINDS,
  type Attestation,
  type AttestationKind,
  type Bytes32,
  beaconWithoutGuards,
  cutOffOf,
  decodeVirtualBlock,
  epochRoot,
  gapOf,
  guardsDomain,
  keccak256,
  leaderOfSlot,
  leaderOrder,
  signAttestation,
  utf8ToBytes,
  virtualBlockFault,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RealGuards } from "./realGuards.js";

/** Of seven guards of equal stake two may be dead or lie. */
const GUARDS = 7;
const DEAD = 5;
const LIAR = 6;
/** One transaction freezes: see bench -- gas. */
const FREEZE_GAS_MAX = 120_000n;
const ANOTHER_ROOT = keccak256(utf8ToBytes("another root"));

let guards: RealGuards;
const servers: http.Server[] = [];
beforeAll(async () => {
  guards = await RealGuards.open(GUARDS);
});
afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  await guards?.close();
});

const subject = () => guards.profile.chainId;
const postedIn = async (epoch: number) => {
  const range = { fromBlock: guards.profile.deployBlock, toBlock: (await readHead(guards.reader)).blockNumber };
  return readAttestations(guards.reader, { ...range, epoch });
};
const kindsPosted = async (epoch: number): Promise<readonly AttestationKind[]> => {
  const posted = await postedIn(epoch);
  return ATTESTATION_KINDS.filter((kind) => posted.some((one) => one.kind === kind));
};
/** Lets slots pass until every kind has a root. */
const untilPosted = async (epoch: number, from = 0): Promise<void> => {
  for (let slot = from; slot < 18; slot += 1) {
    await guards.toSlot(epoch, slot);
    if ((await kindsPosted(epoch)).length === ATTESTATION_KINDS.length) return;
  }
};
/** Gas of what succeeded at the contract of attestations after a block, posts left out. */
const gasOfFreezes = async (after: bigint): Promise<readonly bigint[]> => {
  const { client, profile } = guards.reader;
  const { blockNumber: last } = await readHead(guards.reader);
  const gas: bigint[] = [];
  for (let blockNumber = after + 1n; blockNumber <= last; blockNumber += 1n) {
    const { transactions } = await client.getBlock({ blockNumber });
    for (const hash of transactions) {
      const { to, status, gasUsed } = await client.getTransactionReceipt({ hash });
      const isThere = to?.toLowerCase() === profile.addresses.attestations && status === "success";
      if (isThere && (await readPostedQuorum(guards.reader, hash)) === undefined) gas.push(gasUsed);
    }
  }
  return gas;
};
/** A guard in a dead one's place that shows what it is told to. */
const serveInstead = async (index: number, rootOf: (kind: string) => Bytes32): Promise<void> => {
  await guards.stop(index);
  const domain = guardsDomain({ chainId: subject(), guards: guards.profile.addresses.attestations });
  const server = http.createServer((request, response) => {
    const [, , , , kind = "", epoch = ""] = (request.url ?? "").split("/");
    const attestation = { subjectChainId: subject(), kind, epoch: Number(epoch), root: rootOf(kind) } as Attestation;
    const { signature } = signAttestation(domain, attestation, guards.keyOf(index));
    const shown = { guard: guards.addresses[index], root: attestation.root, signature };
    const key = { subjectChainId: subject(), kind, epoch: Number(epoch) };
    response.end(JSON.stringify({ ...key, signatures: [shown] }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(guards.portOf(index), "127.0.0.1", resolve));
};

describe("seven guards over a real chain, each with its own store and server", { timeout: 300_000 }, () => {
  it("are the guard set from the epoch after they asked, all at once", async () => {
    await guards.toSlot(0, 0);
    const set = await readGuardSet(guards.reader, 1);
    expect(set.isFixed).toBe(true);
    expect(set.members.map(({ guard }) => guard)).toEqual([...guards.addresses].sort());
  });

  it("post a root of each kind of an epoch, which anybody computes again", async () => {
    await untilPosted(1);
    expect(await kindsPosted(1)).toEqual(ATTESTATION_KINDS);
    const chain = guards.chainOf(0);
    const cutOff = cutOffOf(guards.profile, 1);
    let last = await chain.readHead();
    while (last.time >= cutOff) last = (await chain.readBlock(last.number - 1)) ?? last;
    const { number: blockNumber, hash: blockHash, stateRoot } = last;
    const range = { subjectChainId: subject(), fromEpoch: 0, epoch: 1 };
    const { root } = epochRoot(range, { kind: "checkpoint", leaves: [{ blockNumber, blockHash, stateRoot }] });
    expect((await postedIn(1)).find(({ kind }) => kind === "checkpoint")?.root).toBe(root);
  });

  it("post honest roots, and no other, with one of them dead and one lying", async () => {
    await guards.stop(DEAD);
    await serveInstead(LIAR, () => ANOTHER_ROOT);
    await untilPosted(2);
    const posted = await postedIn(2);
    expect(posted.map(({ kind }) => kind).sort()).toEqual([...ATTESTATION_KINDS].sort());
    for (const { root } of posted) expect(root).not.toBe(ANOTHER_ROOT);
    expect(await readIsFrozen(guards.reader, guards.addresses[LIAR] ?? "0x")).toBe(false);
  });

  it("make beacons of secrets that were committed to two epochs before", async () => {
    const { blockNumber: toBlock } = await readHead(guards.reader);
    const round = await readBeaconRound(guards.reader, { epoch: 3, fromBlock: guards.profile.deployBlock, toBlock });
    expect(round.commits).toHaveLength(GUARDS);
    expect(round.reveals.length).toBeGreaterThanOrEqual(GUARDS - 2);
    expect(await guards.chainOf(0).readBeacon(3)).not.toBe(beaconWithoutGuards(subject(), 3));
  });

  it("leave an epoch's post to the next slot's leader when the first one is gone", async () => {
    await guards.start(DEAD);
    await guards.moveToSlot(3, 0);
    const set = await readGuardSet(guards.reader, 3);
    const beacon = await guards.chainOf(0).readBeacon(3);
    const order = leaderOrder(set, beacon ?? beaconWithoutGuards(subject(), 3));
    const index = guards.addresses.indexOf(leaderOfSlot(order, 0));
    await guards.stop(index);
    for (let look = 0; look < 3; look += 1) await guards.look();
    expect(await kindsPosted(3)).toEqual([]);
    await untilPosted(3, 1);
    expect(await kindsPosted(3)).toEqual(ATTESTATION_KINDS);
    if (index !== LIAR) await guards.start(index);
  });

  it("sign nothing again when they start again in the middle of an epoch", async () => {
    await guards.moveToSlot(4, 0);
    const before = [...guards.running.values()][0];
    if (before === undefined) throw new Error("a guard runs");
    const read = (gateway: typeof before.gateway) =>
      ATTESTATION_KINDS.map((kind) =>
        gateway
          .findAttestations({ subjectChainId: subject(), kind, epoch: 4 })
          .filter(({ guard }) => guard === before.address),
      );
    await guards.look();
    const shown = read(before.gateway);
    expect(shown.map((own) => own.length)).toEqual(ATTESTATION_KINDS.map(() => 1));
    await guards.stop(before.index);
    const after = await guards.start(before.index);
    expect(read(after.gateway)).toEqual(shown);
    await untilPosted(4, 1);
    expect(read(after.gateway)).toEqual(shown);
    expect((await after.metrics.render()).body).not.toContain("cortensor_guard_signatures_total{");
    expect(await kindsPosted(4)).toEqual(ATTESTATION_KINDS);
  });

  it("freeze a guard that shows two roots by one transaction, and go on without it", async () => {
    const { blockNumber: before } = await readHead(guards.reader);
    const asked = new Map<string, number>();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await serveInstead(LIAR, (kind) => {
      const times = (asked.get(kind) ?? 0) + 1;
      asked.set(kind, times);
      return times % 2 === 0 ? ANOTHER_ROOT : keccak256(utf8ToBytes("and another"));
    });
    for (const slot of [0, 1, 12, 13]) await guards.toSlot(5, slot);
    expect(await readIsFrozen(guards.reader, guards.addresses[LIAR] ?? "0x")).toBe(true);
    expect(await kindsPosted(5)).toEqual(ATTESTATION_KINDS);
    const gas = await gasOfFreezes(before);
    process.stdout.write(`A guard of ${GUARDS} is frozen for ${gas.join(", ")} gas\n`);
    expect(gas).toHaveLength(1);
    expect(gas[0]).toBeLessThanOrEqual(FREEZE_GAS_MAX);
  });

  it("cover an epoch in which none of them ran with the next root and the next virtual block", async () => {
    const indexes = [...guards.running.keys()];
    for (const index of indexes) await guards.stop(index);
    await guards.moveToSlot(6, 17);
    for (const index of indexes) await guards.start(index);
    await guards.moveToSlot(7, 0);
    await untilPosted(7);
    expect([await kindsPosted(6), await kindsPosted(7)]).toEqual([[], ATTESTATION_KINDS]);
    await guards.toSlot(7, 10);
    const blocks = [...guards.running.values()].map(({ gateway }) =>
      [5, 6, 7].map((epoch) => gateway.findVirtualBlock(epoch)),
    );
    expect(new Set(blocks.map((own) => own.map(String).join("|"))).size).toBe(1);
    const [before, none, after] = (blocks[0] ?? []).map((bytes) => bytes && decodeVirtualBlock(bytes));
    expect(none).toBeUndefined();
    if (after === undefined) throw new Error("epoch 7 has a virtual block");
    expect(gapOf(after)).toEqual({ from: 6, to: 6 });
    expect(virtualBlockFault(after, before)).toBeUndefined();
  });
});
