import {
  type Address,
  addressOfPrivateKey,
  anchorFault,
  anchorProof,
  epochRoot,
  type Hex,
  setEntryId,
} from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createRpcClient } from "../src/chainReader.js";
import { createSender } from "../src/chainWriter.js";
import { contractOnLayer } from "../src/describeLayers.js";
import { attestationsAbi } from "../src/generated/Attestations.js";
import { blockReporterAbi } from "../src/generated/BlockReporter.js";
import { bridgedCorAbi } from "../src/generated/BridgedCor.js";
import { corAbi } from "../src/generated/Cor.js";
import { corVaultAbi } from "../src/generated/CorVault.js";
import { guardSetsAbi } from "../src/generated/GuardSets.js";
import { registryAbi } from "../src/generated/Registry.js";
import { registryReporterAbi } from "../src/generated/RegistryReporter.js";
import { stakeMirrorAbi } from "../src/generated/StakeMirror.js";
import { stakeVaultAbi } from "../src/generated/StakeVault.js";
import {
  type DeployedLayers,
  deployLayers,
  describeLayers,
  findAnchor,
  formatJournal,
  type LayerContract,
  type LayerProfile,
  parameterRootOf,
  parseJournal,
  planHashOf,
  planSteps,
  profileHashOf,
  readLayerAnchor,
  readNetworkState,
  readStakeProof,
  sendAnchor,
  toNetworkProfile,
} from "../src/index.js";
import { keptCalls, refusalsOf, unknownRefusals } from "./keptCalls.js";
import { packQuorum, type RelayedChain, relay, sentBy, warpTo } from "./quorumRelay.js";
import { guardKeys, registerOn, twoLayers } from "./twoLayers.js";

const key = anvilKey(9);
const COR = 10n ** 18n;
const deployer = addressOfPrivateKey(key);
const operator = addressOfPrivateKey(anvilKey(5));

describe("a network over two chains", () => {
  const anvils: RunningAnvil[] = [];
  let profile: LayerProfile;
  let done: DeployedLayers | undefined;
  const disk: { text?: string } = {};
  beforeAll(async () => {
    const urls: Record<string, string> = {};
    for (const [chain, chainId] of Object.entries({ l1: 31_401, l2: 31_402 })) {
      const anvil = await startAnvil({ chainId });
      anvils.push(anvil);
      urls[chain] = anvil.url;
    }
    profile = twoLayers(urls);
  });
  afterAll(() => Promise.all(anvils.map((anvil) => anvil.stop())));

  function deploy(diesBehind: (write: string) => boolean): Promise<DeployedLayers> {
    return deployLayers({
      profile,
      env: {},
      privateKey: key,
      isPartial: false,
      ...(disk.text !== undefined && {
        journal: parseJournal(disk.text, { planHash: planHashOf(profile), privateKey: key }),
      }),
      async save(journal) {
        disk.text = formatJournal(journal, key);
        for (const [chain, { pending, addresses }] of Object.entries(journal.chains)) {
          const stand = Object.keys(addresses).length;
          if (diesBehind(pending === undefined ? `${chain} ${stand}` : `${chain} ${pending.name}`))
            throw new Error("killed");
        }
      },
      onStep: () => undefined,
    });
  }

  function chainOf(name: "l1" | "l2"): RelayedChain {
    const messenger = at(name, "messenger");
    const chain = profile.chains[name];
    if (chain === undefined) throw new Error("no such chain");
    const { chainId } = chain;
    const { client } = createRpcClient({ rpcUrls: chain.rpcUrls, chainId });
    return { client, sender: createSender({ client, chainId, privateKey: key }), chainId, messenger };
  }

  function at(chain: "l1" | "l2", name: LayerContract) {
    const address = done?.profile.deployed?.[chain]?.addresses[name];
    if (address === undefined) throw new Error(`${name} isn't deployed on ${chain}`);
    return address;
  }

  const carry = (from: "l1" | "l2", to: "l1" | "l2", isGiven: (index: number) => boolean = () => true) =>
    relay({
      isGiven,
      from: chainOf(from),
      to: chainOf(to),
      guardKeys,
      t0: done?.profile.deployed?.[to]?.t0 ?? 0,
      epochSeconds: 30,
    });

  async function call(chain: "l1" | "l2", name: LayerContract, data: Hex): Promise<void> {
    await chainOf(chain).sender.send({ call: name, to: at(chain, name), data });
  }

  /** A node of the deployer's, of which the L1 tells the L2. */
  async function registerAndReport(signerKey: Hex, roles: number): Promise<Address> {
    const { client, chainId } = chainOf("l1");
    const owner = createSender({ client, chainId, privateKey: key });
    const signer = await registerOn(owner, { registry: at("l1", "registry"), signerKey, roles });
    const report = encodeFunctionData({ abi: registryReporterAbi, functionName: "report", args: [[signer]] });
    await call("l1", "registryReporter", report);
    return signer;
  }

  /** A set of one guard on the L2, and the epoch from which on it stands. */
  async function fixGuard(guard: Address): Promise<number> {
    const { client } = chainOf("l2");
    const stakeOf = [deployer, 2n * COR] as const;
    await call("l1", "stakeVault", encodeFunctionData({ abi: stakeVaultAbi, functionName: "stake", args: stakeOf }));
    await carry("l1", "l2");
    await call("l2", "guardSets", encodeFunctionData({ abi: guardSetsAbi, functionName: "join", args: [guard] }));
    const epoch = Math.floor((Number((await client.getBlock()).timestamp) - t0()) / 30) + 2;
    await warpTo(client, t0() + epoch * 30);
    await call(
      "l2",
      "guardSets",
      encodeFunctionData({ abi: guardSetsAbi, functionName: "fixSet", args: [BigInt(epoch)] }),
    );
    return epoch;
  }

  const t0 = () => done?.profile.deployed?.l2?.t0 ?? 0;

  it("is deployed once although its deployer dies before each end of a link, and between the chains", async () => {
    const deadly = new Set([
      "l1 messenger",
      "l1 corVault",
      "l2 maker",
      "l2 cor",
      "l2 registry",
      "l2 juries",
      "l1 stakeSlasher",
      "l1 networkState",
    ]);
    for (let run = 0; run <= 8 && done === undefined; run += 1) {
      done = await deploy((write) => deadly.delete(write)).catch((error: Error) => {
        if (error.message !== "killed") throw error;
        return undefined;
      });
    }
    expect([...deadly]).toEqual([]);
    expect(done?.missing).toEqual([]);
    const { steps } = planSteps(profile);
    for (const chain of ["l1", "l2"] as const)
      for (const { module } of steps.filter((step) => step.chain === chain)) expect(at(chain, module)).toMatch(/^0x/);
    const before = await chainOf("l1").client.getTransactionCount({ address: deployer });
    expect(await deploy(() => false)).toEqual(done);
    expect(await chainOf("l1").client.getTransactionCount({ address: deployer })).toBe(before);
    // Nodes and clients read the L2's profile, and the L1 in it as home.
    const network = done && toNetworkProfile(done.profile, {});
    expect(network).toMatchObject({
      chainId: 31_402,
      addresses: { registry: at("l2", "registry"), stakeView: at("l2", "stakeView") },
      home: { chainId: 31_401, contracts: { registry: at("l1", "registry"), stakeVault: at("l1", "stakeVault") } },
    });
  }, 300_000);

  it("shows a fresh node in one call what its profile and each of its parameters hash to", async () => {
    if (done === undefined) throw new Error("nothing was deployed");
    const { published, version, modules } = await readNetworkState(chainOf("l1").client, at("l1", "networkState"));
    expect(version).toBe(1);
    expect(published.profileHash).toBe(profileHashOf(done.profile));
    expect(published.parameterRoot).toBe(parameterRootOf(await describeLayers(done.profile, {})));
    expect(modules.filter(({ version: one }) => one === 1).length).toBeGreaterThan(15);
    const moved = { ...done.profile, parameters: { ...done.profile.parameters, epochSeconds: 31 } };
    expect(profileHashOf(moved)).not.toBe(published.profileHash);
  });

  it("describes each module of both chains, and names every call that one keeps for an account, and no other", async () => {
    if (done === undefined) throw new Error("nothing was deployed");
    const described = await describeLayers(done.profile, {});
    expect(refusalsOf(contractOnLayer(profile, "l1", "messenger").abi)).toContain("NotChallenger");
    for (const { chain, modules } of described) {
      if (chain !== "l1" && chain !== "l2") throw new Error("another chain");
      expect(modules.map(({ module }) => module).sort()).toEqual(
        Object.keys(done.profile.deployed?.[chain]?.addresses ?? {}).sort(),
      );
      const { client } = chainOf(chain);
      for (const { module, address, powers } of modules) {
        const { abi } = contractOnLayer(profile, chain, module);
        expect(unknownRefusals(refusalsOf(abi))).toEqual([]);
        const named = powers.map(({ call, who }) => `${call} by the ${who}`).sort();
        expect([chain, module, ...(await keptCalls({ client, address, abi }))]).toEqual([chain, module, ...named]);
      }
    }
  }, 60_000);

  it("shows stake on the L1 on the L2 once guards' word of it is relayed, and sooner by a proof of the vault's storage", async () => {
    const stakeOf = () =>
      chainOf("l2").client.readContract({
        address: at("l2", "stakeView"),
        abi: stakeMirrorAbi,
        functionName: "stakeOf",
        args: [operator],
      });
    const approve = [at("l1", "stakeVault"), 100n * COR] as const;
    await call("l1", "cor", encodeFunctionData({ abi: corAbi, functionName: "approve", args: approve }));
    const stake = (wei: bigint) =>
      call(
        "l1",
        "stakeVault",
        encodeFunctionData({ abi: stakeVaultAbi, functionName: "stake", args: [operator, wei] }),
      );
    await stake(5n * COR);
    expect(await stakeOf()).toBe(0n);
    await carry("l1", "l2");
    expect(await stakeOf()).toBe(5n * COR);
    await stake(2n * COR);
    const vault = at("l1", "stakeVault");
    const { proof } = await readStakeProof(chainOf("l1").client, { vault, operator });
    const prove = encodeFunctionData({ abi: stakeMirrorAbi, functionName: "prove", args: [operator, proof] });
    // Nobody told the L2 of that block yet.
    await expect(call("l2", "stakeView", prove)).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
    // The reporter names the block before the one that it is called in.
    await call("l1", "blockReporter", encodeFunctionData({ abi: blockReporterAbi, functionName: "report" }));
    const reported = (await sentBy(chainOf("l1"))).length - 1;
    await carry("l1", "l2", (index) => index === reported);
    expect(await stakeOf()).toBe(5n * COR);
    await call("l2", "stakeView", prove);
    expect(await stakeOf()).toBe(7n * COR);
  });

  it("shows a node of the L1 on the L2 as it was reported", async () => {
    const signer = await registerAndReport(anvilKey(6), 2);
    const nodeAt = (chain: "l1" | "l2") =>
      chainOf(chain).client.readContract({
        address: at(chain, "registry"),
        abi: registryAbi,
        functionName: "nodeOf",
        args: [signer],
      });
    expect((await nodeAt("l2")).id).toBe(0);
    await carry("l1", "l2");
    expect(await nodeAt("l2")).toEqual(await nodeAt("l1"));
  });

  it("moves COR down and back up, no more than is locked", async () => {
    const approve = [at("l1", "corVault"), 100n * COR] as const;
    await call("l1", "cor", encodeFunctionData({ abi: corAbi, functionName: "approve", args: approve }));
    await call(
      "l1",
      "corVault",
      encodeFunctionData({ abi: corVaultAbi, functionName: "lock", args: [deployer, 7n * COR] }),
    );
    await carry("l1", "l2");
    const supply = () =>
      chainOf("l2").client.readContract({ address: at("l2", "cor"), abi: bridgedCorAbi, functionName: "totalSupply" });
    const locked = () =>
      chainOf("l1").client.readContract({ address: at("l1", "corVault"), abi: corVaultAbi, functionName: "lockedWei" });
    expect(await supply()).toBe(7n * COR);
    await call(
      "l2",
      "cor",
      encodeFunctionData({ abi: bridgedCorAbi, functionName: "withdraw", args: [operator, 3n * COR] }),
    );
    expect([await supply(), await locked()]).toEqual([4n * COR, 7n * COR]);
    await carry("l2", "l1");
    expect([await supply(), await locked()]).toEqual([4n * COR, 4n * COR]);
    const paid = chainOf("l1").client.readContract({
      address: at("l1", "cor"),
      abi: corAbi,
      functionName: "balanceOf",
      args: [operator],
    });
    expect(await paid).toBe(3n * COR);
    // More than the window lets through is refused where it is sent.
    const tooMuch = encodeFunctionData({ abi: corVaultAbi, functionName: "lock", args: [deployer, 1_001n * COR] });
    await expect(call("l1", "corVault", tooMuch)).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
  });

  it("proves a task's record on the L1 once its guards' root is anchored there, and no changed one", async () => {
    if (done === undefined) throw new Error("nothing was deployed");
    const guardKey = anvilKey(4);
    const epoch = await fixGuard(await registerAndReport(guardKey, 4));
    const leaves = [1, 2, 3].map((byte) => ({
      id: setEntryId(`0x${`0${byte}`.repeat(32)}`),
      resultsHash: `0x${"ab".repeat(32)}` as const,
    }));
    const of = { kind: "results", leaves } as const;
    const root = epochRoot({ subjectChainId: 31_402, fromEpoch: 0, epoch }, of);
    const { client, sender } = chainOf("l2");
    const attested = { subjectChainId: 31_402n, kind: 1, epoch: BigInt(epoch), root: root.root };
    const contract = { address: at("l2", "attestations"), abi: attestationsAbi } as const;
    const digest = await client.readContract({ ...contract, functionName: "digestOf", args: [attested] });
    await warpTo(client, t0() + (epoch + 1) * 30);
    const quorum = await packQuorum(digest, [guardKey]);
    const post = encodeFunctionData({ abi: attestationsAbi, functionName: "post", args: [attested, quorum] });
    await call("l2", "attestations", post);
    const ref = { subjectChainId: 31_402, kind: "results", epoch } as const;
    const anchorSender = at("l2", "anchorSender");
    await expect(sendAnchor(sender, { anchorSender, refs: [{ ...ref, epoch: epoch + 1 }] })).rejects.toMatchObject({
      data: { code: "CHAIN_REVERTED" },
    });
    await sendAnchor(sender, { anchorSender, refs: [ref] });
    await carry("l2", "l1");
    const blocks = { fromBlock: 0n, toBlock: await client.getBlockNumber() };
    const places = { anchorSender, attestations: at("l2", "attestations"), ...blocks };
    const found = await findAnchor(client, places, ref);
    if (found === undefined) throw new Error("it isn't anchored");
    expect(await findAnchor(client, places, { ...ref, kind: "settlement" })).toBeUndefined();
    const proof = anchorProof(of, { root, index: 1, anchor: found.number, anchorPath: found.anchorPath });
    const anchorRoot = await readLayerAnchor(done.profile, { env: {}, number: found.number });
    if (anchorRoot === undefined) throw new Error("the L1 has no such anchor");
    expect(anchorFault(proof, anchorRoot)).toBeUndefined();
    const changed = epochRoot({ subjectChainId: 31_402, fromEpoch: 0, epoch }, { ...of, leaves: leaves.slice(1) });
    const other = anchorProof(of, { root: { ...root, parts: changed.parts }, index: 1, anchor: 1, anchorPath: [] });
    expect(anchorFault(other, anchorRoot)).toBe("record");
    expect(await readLayerAnchor(done.profile, { env: {}, number: 2 })).toBeUndefined();
    const { last, guardSetHash } = await readNetworkState(chainOf("l1").client, at("l1", "networkState"));
    expect(last).toMatchObject({ number: 1n, l2Epochs: BigInt(epoch + 1), l3Epochs: 0n });
    const setHash = { address: at("l2", "guardSets"), abi: guardSetsAbi, functionName: "setHashAt" } as const;
    expect(await client.readContract({ ...setHash, args: [BigInt(epoch)] })).toBe(guardSetHash);
  });
});
