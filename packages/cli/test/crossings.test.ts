import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ChainWriter,
  createSender,
  type DeployedLayers,
  deployLayers,
  formatLayerProfile,
  type LayerContract,
  type LayerCrossing,
  type Link,
  openCrossings,
  postOutbox,
  QUORUM_MESSENGER,
  readNetworkState,
  readNodeStandings,
  registryAbi,
} from "@cortensor/chain";
import { LinkBook } from "@cortensor/node";
import { type Address, addressOfPrivateKey, type Hex, hexToBytes } from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import { createTestClient, encodeFunctionData, http } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { attestationsAbi } from "../../chain/src/generated/Attestations.js";
import { corAbi } from "../../chain/src/generated/Cor.js";
import { guardSetsAbi } from "../../chain/src/generated/GuardSets.js";
import { stakeMirrorAbi } from "../../chain/src/generated/StakeMirror.js";
import { stakeVaultAbi } from "../../chain/src/generated/StakeVault.js";
import { packQuorum, warpTo } from "../../chain/test/quorumRelay.js";
import { guardKeys, nodeDetails, registerOn, twoLayers } from "../../chain/test/twoLayers.js";
import { contextIn, runInHome } from "./runInHome.js";

const COR = 10n ** 18n;
const EPOCH_SECONDS = 600;
const deployerKey = anvilKey(9);
/** Who have coin on both chains and no right. */
const payers = [anvilKey(7), anvilKey(8)] as const;
/** Signs nothing but its registration. */
const signerKeyOf = (number: number): Hex => `0x${"a".repeat(62)}${number.toString(16).padStart(2, "0")}`;

describe("cortensor relay over a profile of two chains", { timeout: 300_000 }, () => {
  const anvils: RunningAnvil[] = [];
  let home: string;
  let done: DeployedLayers;
  let crossing: LayerCrossing;
  let file: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "cortensor-crossings-"));
    const urls: Record<string, string> = {};
    for (const [chain, chainId] of Object.entries({ l1: 31_401, l2: 31_402 })) {
      const anvil = await startAnvil({ chainId });
      anvils.push(anvil);
      urls[chain] = anvil.url;
    }
    const request = { env: {}, privateKey: deployerKey, isPartial: false, onStep: () => undefined };
    done = await deployLayers({ ...request, profile: twoLayers(urls, EPOCH_SECONDS), save: async () => undefined });
    file = join(home, "network.json");
    await writeFile(file, formatLayerProfile(done.profile));
    const [first] = openCrossings(done.profile, { env: {} });
    if (first === undefined) throw new Error("two chains have a crossing");
    crossing = first;
    const approve = [at("l1", "stakeVault"), 100n * COR] as const;
    await call("l1", "cor", encodeFunctionData({ abi: corAbi, functionName: "approve", args: approve }));
  }, 300_000);
  afterAll(async () => {
    await Promise.all(anvils.map((anvil) => anvil.stop()));
    await rm(home, { recursive: true, force: true });
  });

  function at(chain: "l1" | "l2", name: LayerContract): Address {
    const address = done.profile.deployed?.[chain]?.addresses[name];
    if (address === undefined) throw new Error(`${name} isn't deployed on ${chain}`);
    return address;
  }
  const endOf = (chain: "l1" | "l2") => (chain === "l1" ? crossing.parent : crossing.child);
  function senderOf(chain: "l1" | "l2", privateKey: Hex = deployerKey): Pick<ChainWriter, "account" | "send"> {
    const { client, chainId } = endOf(chain);
    return createSender({ client, chainId, privateKey });
  }
  async function call(chain: "l1" | "l2", name: LayerContract, data: Hex): Promise<void> {
    await senderOf(chain).send({ call: name, to: at(chain, name), data });
  }

  /** One run of the command, from its start to its end: it knows nothing of any run before. */
  const relayOnce = (payer: Hex = payers[0]) =>
    runInHome(home, ["relay", "--profile", file, "--once"], {
      ...{ RELAY_KEY: payer, RELAY_FINALITY_BLOCKS: "0", CORTENSOR_LOG: "silent" },
    });

  /** Guards sign what was sent one way in this epoch, and post it. Handing in is the relayer's. */
  async function signOutbox(way: "down" | "up"): Promise<void> {
    const [src, dst] = way === "down" ? [crossing.parent, crossing.child] : [crossing.child, crossing.parent];
    const link: Link = { src, dst };
    const epoch = await passEpoch();
    const book = new LinkBook({ link, finalityBlocks: 0, log: silentLogger });
    await book.look();
    const outbox = book.outboxOf(epoch);
    if (outbox.kind !== "outbox") throw new Error(`there is nothing to sign: ${outbox.kind}`);
    const { root } = outbox;
    const ask = { address: dst.messenger, abi: QUORUM_MESSENGER.abi, functionName: "digestOf" } as const;
    const digest = await dst.client.readContract({ ...ask, args: [BigInt(epoch), root] });
    const quorum = hexToBytes(await packQuorum(digest, guardKeys));
    await postOutbox(senderOf(way === "down" ? "l2" : "l1"), { end: dst, epoch, root, quorum });
  }

  const epochNow = async () => {
    const blocks = await Promise.all([crossing.parent.client.getBlock(), crossing.child.client.getBlock()]);
    const now = Math.max(...blocks.map(({ timestamp }) => Number(timestamp)));
    return Math.floor((now - crossing.times.t0) / EPOCH_SECONDS);
  };
  /** Ends the epoch that is, on both chains. */
  async function passEpoch(): Promise<number> {
    const epoch = await epochNow();
    const end = crossing.times.t0 + (epoch + 1) * EPOCH_SECONDS;
    for (const { client } of [crossing.parent, crossing.child]) await warpTo(client, end);
    return epoch;
  }

  const standingOn = async (chain: "l1" | "l2", signer: Address) => {
    const place = { registry: at(chain, "registry"), signers: [signer] };
    return (await readNodeStandings(endOf(chain).client, place)).map(({ standing }) => standing.hash);
  };
  const register = (ownerKey: Hex, signerKey: Hex, roles: number) =>
    registerOn(senderOf("l1", ownerKey), { registry: at("l1", "registry"), signerKey, roles });
  const stake = (operator: Address, wei: bigint) => {
    const data = encodeFunctionData({ abi: stakeVaultAbi, functionName: "stake", args: [operator, wei] });
    return call("l1", "stakeVault", data);
  };
  const stakeBelow = (operator: Address) => {
    const ask = { address: at("l2", "stakeView"), abi: stakeMirrorAbi, functionName: "stakeOf" } as const;
    return crossing.child.client.readContract({ ...ask, args: [operator] });
  };

  it("refuses to run with nothing to relay, and a profile that isn't deployed", async () => {
    const env = { RELAY_KEY: payers[0] };
    const nothing = runInHome(home, ["relay", "--once"], env);
    await expect(nothing).rejects.toMatchObject({ data: { code: "CLI_USAGE" } });
    const { deployed: _deployed, ...bare } = done.profile;
    const bareFile = join(home, "bare.json");
    await writeFile(bareFile, formatLayerProfile(bare));
    const undeployed = runInHome(home, ["relay", "--profile", bareFile, "--once"], env);
    await expect(undeployed).rejects.toMatchObject({ data: { code: "CHAIN_INCOMPLETE" } });
  });

  it("has a node of the L1 stand in the L2's mirror, told once although it starts anew each time", async () => {
    const signer = await register(deployerKey, signerKeyOf(1), 4);
    await stake(senderOf("l1").account, 2n * COR);
    expect(await standingOn("l2", signer)).not.toEqual(await standingOn("l1", signer));
    expect(await relayOnce()).toMatchObject({ messages: 0, crossings: 1, reasons: [] });
    expect(await relayOnce()).toMatchObject({ messages: 0, crossings: 0, gasUsed: "0" });
    await signOutbox("down");
    // The vault told of the stake by itself.
    expect(await relayOnce(payers[1])).toMatchObject({ messages: 2, crossings: 0 });
    expect(await standingOn("l2", signer)).toEqual(await standingOn("l1", signer));
    expect(await stakeBelow(senderOf("l1").account)).toBe(2n * COR);
    expect(await relayOnce()).toMatchObject({ messages: 0, crossings: 0 });
  });

  it("tells a change of a node; two at once tell no more than two, and it comes to the same", async () => {
    const node = await register(deployerKey, signerKeyOf(2), 2);
    const args = [node, nodeDetails(2, "http://node.example")] as const;
    await relayOnce();
    await call("l1", "registry", encodeFunctionData({ abi: registryAbi, functionName: "update", args }));
    const both = await Promise.all(payers.map((payer) => relayOnce(payer)));
    const told = both.reduce((sum, { crossings }) => sum + Number(crossings), 0);
    expect([1, 2]).toContain(told);
    await signOutbox("down");
    const carried = await Promise.all(payers.map((payer) => relayOnce(payer)));
    for (const one of carried) expect(one).toMatchObject({ crossings: 0, reasons: [] });
    expect(await standingOn("l2", node)).toEqual(await standingOn("l1", node));
  });

  it("shows by one block the stakes that a vault's messages failed to tell, and one of them by a message", async () => {
    const owners = [anvilKey(4), anvilKey(5), anvilKey(6)];
    for (const [index, owner] of owners.entries()) await register(owner, signerKeyOf(10 + index), 2);
    const operators = owners.map((owner) => senderOf("l1", owner).account);
    const messenger = at("l1", "messenger");
    const client = createTestClient({ mode: "anvil", transport: http(anvils[0]?.url) });
    const code = await crossing.parent.client.getCode({ address: messenger });
    if (code === undefined) throw new Error("there is a messenger");
    // A messenger that refuses all: the vault goes on without it.
    await client.setCode({ address: messenger, bytecode: "0x60006000fd" });
    for (const [index, operator] of operators.entries()) await stake(operator, BigInt(index + 1) * COR);
    await client.setCode({ address: messenger, bytecode: code });
    // Three nodes in one report, and one block.
    expect(await relayOnce()).toMatchObject({ crossings: 2 });
    // The last one's stake changes behind that block: its vault tells it.
    const [last] = operators.slice(-1);
    if (last === undefined) throw new Error("there are operators");
    await stake(last, COR);
    expect(await relayOnce()).toMatchObject({ crossings: 0 });
    await signOutbox("down");
    expect(await relayOnce()).toMatchObject({ messages: 5, crossings: 2 });
    expect(await Promise.all(operators.map(stakeBelow))).toEqual([COR, 2n * COR, 4n * COR]);
  });

  it("shows an operator what the L2 knows of its node and stake, and sends a node's own report", async () => {
    const operator = addressOfPrivateKey(anvilKey(0));
    await contextIn(home).keystore({ mayGenerate: false }).import("miner-operator", anvilKey(0));
    const given = [operator, 5n * COR] as const;
    await call("l1", "cor", encodeFunctionData({ abi: corAbi, functionName: "transfer", args: given }));
    const run = (...args: string[]) => runInHome(home, [...args, "--network", file]);
    expect(await run("stake", "add", "3")).toMatchObject({ operator, position: { stakedWei: `${3n * COR}` } });
    expect(await run("stake", "show")).toMatchObject({ stakedWei: `${3n * COR}`, viewWei: "0" });
    const signer = await register(anvilKey(0), signerKeyOf(20), 2);
    const hearing = async () => (await run("node", "status", signer)).home;
    expect(await hearing()).toEqual({ chainId: 31_401, isNodeHeard: false, isStakeHeard: false });
    const stranger = addressOfPrivateKey(signerKeyOf(21));
    await expect(run("node", "report", stranger)).rejects.toMatchObject({ data: { code: "CLI_BAD_ARGUMENT" } });
    const hash = expect.stringMatching(/^0x/);
    expect(await run("node", "report", signer)).toMatchObject({ operator, reported: hash, stakeRetold: hash });
    // A relayer has nothing left to tell.
    expect(await relayOnce()).toMatchObject({ crossings: 0 });
    await signOutbox("down");
    await relayOnce();
    expect(await hearing()).toEqual({ chainId: 31_401, isNodeHeard: true, isStakeHeard: true });
    expect(await run("stake", "show")).toMatchObject({ viewWei: `${3n * COR}` });
  });

  it("anchors what guards attested in an epoch on the L1, all of it at once, and once", async () => {
    const guard = await epochOfGuard();
    const kinds = [1, 2];
    for (const kind of kinds) await attest(kind, guard.epoch);
    // More of that epoch may still be posted.
    expect(await relayOnce()).toMatchObject({ crossings: 0 });
    await passEpoch();
    expect(await relayOnce()).toMatchObject({ crossings: 1 });
    expect(await relayOnce(payers[1])).toMatchObject({ crossings: 0 });
    await signOutbox("up");
    expect(await relayOnce(payers[1])).toMatchObject({ messages: 1, crossings: 0 });
    const { last } = await readNetworkState(crossing.parent.client, at("l1", "networkState"));
    expect(last).toMatchObject({ number: 1n, l2Epochs: BigInt(guard.epoch + 1) });
    expect(await relayOnce()).toMatchObject({ messages: 0, crossings: 0 });
  });

  it("sends nothing that would exceed the hour's cap", async () => {
    const signer = await register(deployerKey, signerKeyOf(3), 2);
    const run = runInHome(home, ["relay", "--profile", file, "--once"], {
      ...{ RELAY_KEY: payers[0], RELAY_FINALITY_BLOCKS: "0", CORTENSOR_LOG: "silent", RELAY_HOUR_MAX: "1000" },
    });
    expect(await run).toMatchObject({ crossings: 0, feeWei: "0" });
    expect(await relayOnce()).toMatchObject({ crossings: 1 });
    expect(await standingOn("l2", signer)).not.toEqual(await standingOn("l1", signer));
  });

  /** The L2's set of one guard, and an epoch that it signs. */
  async function epochOfGuard(): Promise<{ readonly epoch: number }> {
    const guard = await register(deployerKey, guardKey, 4);
    await relayOnce();
    await signOutbox("down");
    await relayOnce();
    await call("l2", "guardSets", encodeFunctionData({ abi: guardSetsAbi, functionName: "join", args: [guard] }));
    const epoch = (await epochNow()) + 2;
    await passEpoch();
    await passEpoch();
    const fix = encodeFunctionData({ abi: guardSetsAbi, functionName: "fixSet", args: [BigInt(epoch)] });
    await call("l2", "guardSets", fix);
    await passEpoch();
    return { epoch };
  }

  async function attest(kind: number, epoch: number): Promise<void> {
    const root = `0x${String(kind).repeat(64)}` as const;
    const attested = { subjectChainId: 31_402n, kind, epoch: BigInt(epoch), root };
    const ask = { address: at("l2", "attestations"), abi: attestationsAbi, functionName: "digestOf" } as const;
    const digest = await crossing.child.client.readContract({ ...ask, args: [attested] });
    const args = [attested, await packQuorum(digest, [guardKey])] as const;
    await call("l2", "attestations", encodeFunctionData({ abi: attestationsAbi, functionName: "post", args }));
  }
});

/** The one guard of the L2. */
const guardKey = signerKeyOf(30);
