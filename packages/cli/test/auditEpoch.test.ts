import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ChainWriter,
  fixGuardSet,
  joinGuards,
  lastBlockBefore,
  postAttestation,
  readAnchorRoot,
  readBeacon,
  readBlock,
  readGuardSet,
  readHead,
  readSettlements,
  registerNode,
  sendAnchor,
  stake,
} from "@cortensor/chain";
import {
  ATTESTATION_KINDS,
  type Attestation,
  type AttestationKind,
  anchorFault,
  availabilityPpm,
  type Bytes32,
  cutOffOf,
  encodeQuorum,
  encodeVirtualBlock,
  epochRoot,
  epochStart,
  guardsDomain,
  recordEpochAt,
  setEntryId,
  signAttestation,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { auditEpoch } from "../src/audit/auditEpoch.js";
import { auditVblock } from "../src/audit/auditVblock.js";
import { auditEach } from "../src/audit/epochRange.js";
import { proveRecord, type WantedRecord } from "../src/audit/proveRecord.js";
import { openPublicData } from "../src/audit/publicData.js";
import { deployAnchors } from "./deployAnchors.js";
import { MODEL, resultsOf, type SettlingNetwork, startSettlingNetwork, taskOf } from "./settlingNetwork.js";

/** Long enough that no window closes while a slow machine works in it. */
const EPOCH_SECONDS = 600;
/** Anvil's accounts 3 to 5 own the guards that sign with 6 to 8. */
const OWNERS = [3, 4, 5];
const miner = `0x${"11".repeat(20)}` as const;

const { signal } = new AbortController();

describe("auditing epochs of a real chain with guards", () => {
  let network: SettlingNetwork;
  let anyone: ChainWriter;
  let first: number;

  beforeAll(async () => {
    network = await startSettlingNetwork(EPOCH_SECONDS);
    const { profile, writerOf } = network;
    anyone = writerOf(9);
    for (const owner of OWNERS) {
      const writer = writerOf(owner);
      await stake(writerOf(0), { operator: writer.account, wei: 1_000n * 10n ** 18n });
      await registerNode(writer, { signerKey: anvilKey(owner + 3), roles: ["guard"] });
      await joinGuards(writer, writerOf(owner + 3).account);
    }
    first = recordEpochAt(profile, (await readHead(anyone)).timestamp) + 1;
    await network.goTo(cutOffOf(profile, first - 1));
    await fixGuardSet(anyone, first);
  });
  afterAll(() => network?.stop());

  /** What all guards sign, posted: true or not. */
  const post = async (epoch: number, kind: AttestationKind, root: Bytes32): Promise<void> => {
    const { profile } = network;
    const domain = guardsDomain({ chainId: profile.chainId, guards: profile.addresses.attestations });
    const attestation: Attestation = { subjectChainId: profile.chainId, kind, epoch, root };
    const signatures = OWNERS.map((owner) => ({
      guard: network.writerOf(owner + 3).account,
      signature: signAttestation(domain, attestation, anvilKey(owner + 3)).signature,
    }));
    await postAttestation(anyone, { attestation, quorum: encodeQuorum(await readGuardSet(anyone, epoch), signatures) });
  };
  const open = () => openPublicData(network.profile, { readSet: network.readSet, signal });
  const audit = (epoch: number) => auditEpoch(open(), epoch);
  const blockNow = async () => (await readHead(anyone)).blockNumber;
  const rootOf = async (epoch: number, kind: AttestationKind): Promise<Bytes32> =>
    (await audit(epoch)).roots.find((one) => one.kind === kind)?.root ?? "0x";

  it("computes the roots that the records have, and finds what guards posted of them", async () => {
    const { profile, settle, goTo } = network;
    const epoch = first;
    const { set } = await settle([
      { index: 0, miner },
      { index: 1, miner },
    ]);
    await network.tell([0, 1, 4].map((index) => ({ index, miner })));
    await goTo(epochStart(profile, epoch + 1));
    const range = { subjectChainId: profile.chainId, fromEpoch: 0, epoch };
    const leaves = [0, 1].map((index) => ({ id: setEntryId(taskOf(index)), resultsHash: resultsOf(index) }));
    const before = await audit(epoch);
    expect(before.differences).toEqual([]);
    const found = new Map(before.roots.map((root) => [root.kind, root]));
    expect(found.get("results")).toEqual({
      ...{ kind: "results", fromEpoch: 0, leaves: 2, state: "open" },
      root: epochRoot(range, { kind: "results", leaves }).root,
    });
    const last = await lastBlockBefore(anyone, cutOffOf(profile, epoch));
    const at = last && (await readBlock(anyone, last.number));
    if (at === undefined) expect.unreachable();
    const point = { blockNumber: Number(at.number), blockHash: at.hash, stateRoot: at.stateRoot };
    expect(found.get("checkpoint")?.root).toBe(epochRoot(range, { kind: "checkpoint", leaves: [point] }).root);
    expect(found.get("settlement")).toMatchObject({ leaves: 1 });
    expect(found.get("beacon")).toMatchObject({ leaves: epoch + 1 });
    expect(await readBeacon(anyone, epoch + 1)).toBeDefined();
    for (const kind of ATTESTATION_KINDS) await post(epoch, kind, found.get(kind)?.root ?? "0x");
    const after = await audit(epoch);
    expect(after.differences).toEqual([]);
    expect(after.roots.every(({ state, root, posted }) => state === "posted" && root === posted)).toBe(true);
    expect(after.missing.map(({ what }) => what).join()).toEqual(
      `verdicts of juries of epochs up to ${epoch}, so that reputations count no failure`,
    );
    expect(set.entries).toHaveLength(2);
  });

  it("names a root that a quorum signed and the records don't have", async () => {
    const { profile, settle, goTo } = network;
    const epoch = first + 1;
    await settle([{ index: 2, miner }]);
    await network.tell([{ index: 2, miner }]);
    await goTo(epochStart(profile, epoch + 1));
    await post(epoch, "checkpoint", await rootOf(epoch, "checkpoint"));
    await post(epoch, "results", `0x${"ab".repeat(32)}`);
    await post(epoch, "reputation", await rootOf(epoch, "reputation"));
    const { differences, roots } = await audit(epoch);
    expect(differences.map(({ what, where }) => [what, where])).toEqual([["epochRoot", `results of epoch ${epoch}`]]);
    expect(roots.find(({ kind }) => kind === "settlement")).toMatchObject({ state: "open", fromEpoch: epoch });
  });

  it("covers an epoch without a root by the next", async () => {
    const { profile, goTo } = network;
    await goTo(cutOffOf(profile, first + 3));
    const gap = (await audit(first + 1)).roots.find(({ kind }) => kind === "settlement");
    expect(gap?.state).toBe("gap");
    const next = (await audit(first + 2)).roots.find(({ kind }) => kind === "settlement");
    expect(next).toMatchObject({ fromEpoch: first + 1, leaves: 1 });
  });

  it("folds reputations of what lanes told and settled the epoch before", async () => {
    const { profile } = network;
    const { roots } = await audit(first + 1);
    const counts = { passedMicro: 0, failedMicro: 0, speedPpm: 0 };
    const leaf = { miner, modelId: MODEL, ...counts, availabilityPpm: availabilityPpm({ accepted: 2, delivered: 2 }) };
    const range = { subjectChainId: profile.chainId, fromEpoch: first + 1, epoch: first + 1 };
    expect(roots.find(({ kind }) => kind === "reputation")).toMatchObject({
      leaves: 1,
      root: epochRoot(range, { kind: "reputation", leaves: [leaf] }).root,
    });
  });

  it("proves a task, a payment and a score in an anchor, out of what is public", async () => {
    const { profile, settle } = network;
    const { anchorSender, anchors } = await deployAnchors(anyone, profile);
    const prove = (wanted: WantedRecord) => proveRecord(open(), wanted, { anchorSender });
    const task = { kind: "results", taskId: taskOf(1) } as const;
    await expect(prove(task)).rejects.toMatchObject({ data: { reason: expect.stringMatching(/^nobody has sent/) } });
    const [paid] = await readSettlements(anyone, { fromBlock: profile.deployBlock, toBlock: await blockNow() });
    if (paid === undefined) expect.unreachable();
    const payment = { kind: "settlement", settlementId: paid.settlementId } as const;
    const score = { kind: "reputation", miner, modelId: MODEL, epoch: first + 1 } as const;
    const refs = [task, payment, score].map(({ kind }) => ({
      ...{ subjectChainId: profile.chainId, kind },
      epoch: kind === "reputation" ? first + 1 : first,
    }));
    await sendAnchor(anyone, { anchorSender, refs });
    const root = await readAnchorRoot(anyone.client, { anchors, number: 1 });
    if (root === undefined) expect.unreachable();
    for (const wanted of [task, payment, score]) {
      const proof = await prove(wanted);
      expect(proof).toMatchObject({ anchor: 1, parts: { kind: wanted.kind } });
      expect(anchorFault(proof, root)).toBeUndefined();
    }
    await settle([{ index: 6, miner }]);
    for (const [wanted, reason] of [
      [{ ...score, miner: `0x${"12".repeat(20)}` }, "have no such record"],
      [{ ...task, taskId: taskOf(7) }, "no settlement's published set has task"],
      // Guards signed another root than the records have.
      [{ ...task, taskId: taskOf(2) }, "guards posted 0xabab"],
      [{ ...task, taskId: taskOf(6) }, "haven't posted the results"],
    ] as const)
      await expect(prove(wanted)).rejects.toMatchObject({ data: { reason: expect.stringContaining(reason) } });
  });

  it("makes each virtual block again, and names where a copy of it was changed", async () => {
    const of = (epoch: number, shown?: Uint8Array) => auditVblock(open(), { epoch, ...(shown && { shown }) });
    const { block, differences } = await of(first + 1);
    expect([block?.fromEpoch, block?.epoch, differences]).toEqual([first + 1, first + 1, []]);
    // As lanes told in the epoch before: of one task too that no settlement has.
    expect([block?.tasksOpened, block?.tasksClosed]).toEqual([3, 3]);
    const { block: before } = await of(first);
    expect([before?.fromEpoch, before?.tasksClosed]).toEqual([0, 0]);
    if (block === undefined) expect.unreachable();
    const bytes = encodeVirtualBlock(block);
    expect((await of(first + 1, bytes)).differences).toEqual([]);
    const changed = encodeVirtualBlock({ ...block, tasksClosed: 2 });
    const found = (await of(first + 1, changed)).differences.map(({ where }) => where);
    expect(found).toEqual([`epoch ${first + 1}, tasksClosed`, `epoch ${first + 1}, hash`]);
    expect((await of(first + 1, bytes.slice(1))).differences).toHaveLength(1);
    const none = await of(first + 2);
    expect([none.block, none.missing.length]).toEqual([undefined, 1]);
  });

  it("says of several epochs what each alone says, and makes their virtual blocks but once", async () => {
    const data = open();
    const range = { from: first, to: first + 2 };
    const done: number[] = [];
    const onDone = (epoch: number) => done.push(epoch);
    const { each, differences, missing } = await auditEach(range, {
      audit: (epoch) => auditEpoch(data, epoch),
      onDone,
    });
    expect(done).toEqual([first, first + 1, first + 2]);
    for (const { epoch, audited } of each) expect(audited.roots).toEqual((await audit(epoch)).roots);
    expect(differences).toEqual((await audit(first + 1)).differences);
    expect(missing).toHaveLength(3);
    const { block } = await auditVblock(data, { epoch: first + 1 });
    expect([...data.blocks.keys()]).toEqual([first, first + 1]);
    expect(block).toEqual((await auditVblock(open(), { epoch: first + 1 })).block);
  });

  it("computes no root of tasks whose set nobody shows, and says so", async () => {
    const { profile, settle, goTo, folder } = network;
    const { set, epoch } = await settle([{ index: 3, miner }]);
    await goTo(cutOffOf(profile, epoch));
    const bytes = Uint8Array.from(set.bytes);
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    writeFileSync(join(folder, set.setCid), bytes);
    const { roots, differences, missing } = await audit(epoch);
    expect(differences.map(({ what }) => what)).toEqual(["setTampered"]);
    expect(roots.find(({ kind }) => kind === "results")?.root).toBeUndefined();
    expect(missing.map(({ what }) => what)).toContain("leaves of the results root");
  });

  it("makes nothing of a work record that was changed or isn't shown, and names it", async () => {
    const { profile, tell, goTo, folder } = network;
    const { epoch, recordCid } = await tell([{ index: 5, miner }]);
    await goTo(epochStart(profile, epoch + 2));
    const file = join(folder, recordCid);
    const bytes = readFileSync(file);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const tampered = await audit(epoch + 1);
    const ofWork = tampered.differences.map(({ what }) => what).filter((what) => what.startsWith("work"));
    expect(ofWork).toEqual(["workTampered"]);
    expect(tampered.roots.find(({ kind }) => kind === "reputation")?.root).toBeUndefined();
    rmSync(file);
    const absent = await audit(epoch + 1);
    expect(absent.differences.map(({ what }) => what)).toContain("workMissing");
    expect(absent.missing.map(({ what }) => what)).toContain("leaves of the reputation root");
  });
});
