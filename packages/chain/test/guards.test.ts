import {
  type Address,
  type Attestation,
  attestationDigest,
  beaconCommitment,
  beaconOf,
  beaconWithoutGuards,
  cutOffOf,
  encodeQuorum,
  epochStart,
  equivocationOf,
  guardsDomain,
  parseAddress,
  recordEpochAt,
  signAttestation,
  verifyQuorum,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { nodeLevelsAbi } from "../src/generated/NodeLevels.js";
import {
  type ChainWriter,
  closeBeacon,
  commitBeacon,
  fixGuardSet,
  freezeGuard,
  joinGuards,
  leaveGuards,
  postAttestation,
  readAttestations,
  readAttestedRoot,
  readBeacon,
  readBeaconRound,
  readGuardPlace,
  readGuardRules,
  readGuardSet,
  readHead,
  readIsFrozen,
  readSeedBeacon,
  readStake,
  registerNode,
  revealBeacon,
  slashEquivocation,
  stake,
} from "../src/index.js";
import { COR, type LocalNetwork, passSeconds, startLocalNetwork, writerOf } from "./localNetwork.js";

/** Anvil's accounts 1 to 3 own the guards that sign with 4 to 6. */
const OWNERS = [1, 2, 3];
const signerKey = (owner: number) => anvilKey(owner + 3);
const root = (digit: string): `0x${string}` => `0x${digit.repeat(64)}`;

describe("guards on a real chain", () => {
  let network: LocalNetwork;
  let anyone: ChainWriter;
  const guardOf = (owner: number): ChainWriter => writerOf(network.profile, owner + 3);
  const domain = () =>
    guardsDomain({ chainId: network.profile.chainId, guards: network.profile.addresses.attestations });

  /** Goes to a second of an epoch; the next block is at least that late. */
  async function goTo(time: number): Promise<void> {
    const { timestamp } = await readHead(anyone);
    if (time > timestamp) await passSeconds(anyone, time - timestamp);
  }
  /** The same without a block until then. */
  async function restUntil(time: number): Promise<void> {
    const { timestamp } = await readHead(anyone);
    await anyone.client.request<{ Method: string; Parameters: readonly number[]; ReturnType: unknown }>({
      method: "evm_increaseTime",
      params: [time - timestamp],
    });
  }
  async function recordEpoch(): Promise<number> {
    return recordEpochAt(network.profile, (await readHead(anyone)).timestamp);
  }
  /** The next epoch whose records have just been opened. */
  async function nextRecords(): Promise<number> {
    const epoch = (await recordEpoch()) + 1;
    await goTo(cutOffOf(network.profile, epoch - 1));
    return epoch;
  }

  beforeAll(async () => {
    // Long enough that no window closes while a slow machine works in it.
    network = await startLocalNetwork(600);
    anyone = writerOf(network.profile, 7);
    for (const owner of OWNERS) {
      const writer = writerOf(network.profile, owner);
      const wei = 1_000n * COR * BigInt(owner);
      await stake(writerOf(network.profile, 0), { operator: writer.account, wei });
      await registerNode(writer, { signerKey: signerKey(owner), roles: ["guard"] });
      await joinGuards(writer, guardOf(owner).account);
    }
  });
  afterAll(() => network?.anvil.stop());

  const sign = (attestation: Attestation, owners: readonly number[]) =>
    owners.map((owner) => ({
      guard: guardOf(owner).account,
      signature: signAttestation(domain(), attestation, signerKey(owner)).signature,
    }));

  it("fixes a set that anybody reads as the protocol has it", async () => {
    expect(await readGuardRules(anyone)).toMatchObject({ stakeMinWei: 1_000n * COR, openFromEpoch: 0 });
    expect(await readGuardPlace(anyone, writerOf(network.profile, 1).account)).toMatchObject({ isFrozen: false });
    expect(await readGuardPlace(anyone, anyone.account)).toBeUndefined();
    const epoch = await nextRecords();
    expect(await readGuardSet(anyone, epoch)).toMatchObject({ members: [], isFixed: false });
    await fixGuardSet(anyone, epoch);
    const set = await readGuardSet(anyone, epoch);
    expect(set).toMatchObject({ epoch, isFixed: true, frozen: new Set<Address>() });
    expect(set.members.map(({ stakeWei }) => stakeWei).reduce((sum, wei) => sum + wei)).toBe(6_000n * COR);
    expect((await readGuardSet(anyone, epoch + 1)).members).toEqual(set.members);
    await expect(fixGuardSet(anyone, epoch)).rejects.toMatchObject({ data: { error: "FixedAlready" } });
  });

  it("posts what more than two thirds signed, and refuses what fewer did", async () => {
    const epoch = await nextRecords();
    const attestation = { subjectChainId: 31_337, kind: "results", epoch, root: root("a") } as const;
    await goTo(epochStart(network.profile, epoch + 1));
    const set = await readGuardSet(anyone, epoch);
    const post = (owners: readonly number[]) =>
      postAttestation(anyone, { attestation, quorum: encodeQuorum(set, sign(attestation, owners)) });
    await expect(post([1, 2])).rejects.toMatchObject({ data: { error: "QuorumShort" } });
    const packed = encodeQuorum(set, sign(attestation, [2, 3]));
    expect(verifyQuorum({ set, digest: attestationDigest(domain(), attestation), packed }).isQuorum).toBe(true);
    const { blockNumber } = await post([2, 3]);
    expect(await readAttestedRoot(anyone, attestation)).toBe(attestation.root);
    expect(await readAttestedRoot(anyone, { ...attestation, kind: "beacon" })).toBeUndefined();
    const range = { fromBlock: 0n, toBlock: blockNumber };
    expect(await readAttestations(anyone, { ...range, kind: "results" })).toMatchObject([attestation]);
    expect(await readAttestations(anyone, { ...range, epoch: epoch + 1 })).toEqual([]);
  });

  it("draws the beacon that the protocol draws from what was posted", async () => {
    const { chainId } = network.profile;
    const epoch = (await nextRecords()) + 2;
    const secretOf = (owner: number) => root(String(owner));
    for (const owner of OWNERS) {
      const guard = guardOf(owner);
      const commitment = beaconCommitment({ chainId, epoch, guard: guard.account, secret: secretOf(owner) });
      await commitBeacon(guard, { epoch, commitment });
    }
    await goTo(cutOffOf(network.profile, epoch - 2));
    for (const owner of [3, 1]) await revealBeacon(guardOf(owner), { epoch, secret: secretOf(owner) });
    expect(await readBeacon(anyone, epoch)).toBeUndefined();
    expect(await readSeedBeacon(anyone, epoch)).toBeUndefined();
    await restUntil(cutOffOf(network.profile, epoch - 1));
    expect(await readBeacon(anyone, epoch)).toBeUndefined();
    const early = await readSeedBeacon(anyone, epoch);
    const { blockNumber } = await closeBeacon(anyone, epoch);
    const round = await readBeaconRound(anyone, { epoch, fromBlock: 0n, toBlock: blockNumber });
    const drawn = beaconOf({ chainId, epoch, previous: beaconWithoutGuards(chainId, epoch - 1), ...round });
    expect(drawn.missing).toEqual([guardOf(2).account]);
    expect([early, await readBeacon(anyone, epoch)]).toEqual([drawn.beacon, drawn.beacon]);
    expect(await readBeacon(anyone, 0)).toBe(beaconWithoutGuards(chainId, 0));
  });

  it("freezes who signed two roots, and takes its operator's stake", async () => {
    const epoch = await recordEpoch();
    const [one, two] = ["b", "c"].map((digit) => {
      const attestation = { subjectChainId: 31_337, kind: "results", epoch, root: root(digit) } as const;
      return signAttestation(domain(), attestation, signerKey(1));
    });
    if (one === undefined || two === undefined) expect.unreachable();
    const proof = equivocationOf(domain(), one, two);
    const guard = guardOf(1).account;
    await freezeGuard(anyone, proof);
    expect(await readIsFrozen(anyone, guard)).toBe(true);
    expect((await readGuardSet(anyone, epoch)).frozen).toEqual(new Set([guard]));
    const levels = { address: network.profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
    const isOut = (node: Address) => anyone.client.readContract({ ...levels, functionName: "isFrozen", args: [node] });
    expect([await isOut(guard), await isOut(guardOf(2).account)]).toEqual([true, false]);
    const juries = await anyone.client.readContract({ ...levels, functionName: "juries" });
    expect(parseAddress(juries)).toBe(network.profile.addresses.juries);
    expect((await slashEquivocation(anyone, proof)).takenWei).toBe(1_000n * COR);
    expect(await readStake(anyone, writerOf(network.profile, 1).account)).toMatchObject({ stakedWei: 0n, viewWei: 0n });
    await expect(freezeGuard(anyone, proof)).rejects.toMatchObject({ data: { error: "GuardIsFrozen" } });
    await expect(slashEquivocation(anyone, proof)).rejects.toMatchObject({ data: { error: "JudgedAlready" } });
    const next = await nextRecords();
    await fixGuardSet(anyone, next);
    const members = (await readGuardSet(anyone, next)).members.map((member) => member.guard);
    expect(members).toEqual([guardOf(2).account, guardOf(3).account].sort());
  });

  it("lets a guard go that asked to", async () => {
    await leaveGuards(writerOf(network.profile, 3));
    const epoch = await nextRecords();
    await fixGuardSet(anyone, epoch);
    expect((await readGuardSet(anyone, epoch)).members.map(({ guard }) => guard)).toEqual([guardOf(2).account]);
    expect(await readGuardPlace(anyone, writerOf(network.profile, 3).account)).toBeUndefined();
  });
});
