import { prekeyEpochAt } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { routerBondAbi } from "../src/generated/RouterBond.js";
import { setChallengesAbi } from "../src/generated/SetChallenges.js";
import {
  createChainReader,
  createChainWriter,
  deployNetwork,
  depositBond,
  formatProfile,
  leaveNode,
  listNodes,
  listSessions,
  openSession,
  type PartialDeployment,
  parseProfile,
  postPrekeyHash,
  readBond,
  readCorBalance,
  readHead,
  readNode,
  readPrekeyHash,
  readPrekeyTimes,
  readSession,
  readStake,
  registerNode,
  stake,
  transferCor,
  updateNode,
  verifyNetwork,
} from "../src/index.js";
import { COR, EPOCH_SECONDS, type LocalNetwork, startLocalNetwork, writerOf } from "./localNetwork.js";

const DEAD_URL = "http://127.0.0.1:9";

describe("a network on a real chain", () => {
  let network: LocalNetwork;
  beforeAll(async () => {
    network = await startLocalNetwork();
  });
  afterAll(() => network?.anvil.stop());

  const deploy = (saved: PartialDeployment | undefined, save: (partial: PartialDeployment) => void) =>
    deployNetwork({
      name: "again",
      chainId: network.anvil.chainId,
      rpcUrls: [network.anvil.url],
      privateKey: anvilKey(9),
      epochSeconds: EPOCH_SECONDS,
      save,
      ...(saved && { saved }),
    });

  it("resumes a deployment that broke off, keeping every step that was saved", async () => {
    let saved: PartialDeployment | undefined;
    let steps = 0;
    const broken = deploy(undefined, (partial) => {
      saved = partial;
      steps += 1;
      if (steps === 4) throw new Error("the disk is full");
    });
    await expect(broken).rejects.toThrow("the disk is full");
    const partial = saved;
    const profile = await deploy(partial, (next) => {
      saved = next;
    });
    expect(profile.addresses).toMatchObject({ ...partial?.addresses });
    expect(Object.keys(partial?.addresses ?? {})).toHaveLength(4);
    await verifyNetwork(createChainReader({ profile }));

    const owner = createChainReader({ profile });
    const nonce = await owner.client.getTransactionCount({
      address: createChainWriter({ profile, privateKey: anvilKey(9) }).account,
    });
    expect(await deploy(saved, () => expect.unreachable("a finished deployment saves nothing"))).toEqual(profile);
    expect(
      await owner.client.getTransactionCount({
        address: createChainWriter({ profile, privateKey: anvilKey(9) }).account,
      }),
    ).toBe(nonce);
  });

  it("makes the claims the bonds' slasher, and ties the challenges to the payment contract", async () => {
    const { addresses } = network.profile;
    const { client } = createChainReader({ profile: network.profile });
    const bond = { address: addresses.routerBond, abi: routerBondAbi } as const;
    const challenges = { address: addresses.setChallenges, abi: setChallengesAbi } as const;
    const joined = [
      await client.readContract({ ...bond, functionName: "slasher" }),
      await client.readContract({ ...challenges, functionName: "payment" }),
      await client.readContract({ ...challenges, functionName: "claims" }),
    ];
    expect(joined.map((address) => address.toLowerCase())).toEqual([
      addresses.bondClaims,
      addresses.sessionPayment,
      addresses.bondClaims,
    ]);
  });

  it("starts again when the saved contracts are not on the chain", async () => {
    const { addresses, t0, epochSeconds } = network.profile;
    const gone = { ...addresses, cor: `0x${"77".repeat(20)}` } as const;
    const saved = { chainId: network.anvil.chainId, epochSeconds, t0, deployBlock: "0", addresses: gone };
    const profile = await deploy(saved, () => undefined);
    expect(profile.addresses.cor).not.toBe(gone.cor);
    expect(profile.addresses.sessionPayment).not.toBe(addresses.sessionPayment);
  });

  it("writes a profile that reads back as itself", () => {
    expect(parseProfile(formatProfile(network.profile))).toEqual(network.profile);
  });

  it("registers, updates and ends a node, whose signer can't come back", async () => {
    const operator = writerOf(network.profile, 1);
    const node = { signerKey: anvilKey(2), roles: ["miner", "router"], endpoint: "http://127.0.0.1:1" } as const;
    const { signer, nodeId } = await registerNode(operator, node);
    expect(await readNode(operator, signer)).toMatchObject({
      id: nodeId,
      owner: operator.account,
      signer,
      roles: ["router", "miner"],
      endpoint: node.endpoint,
      leftAt: 0,
    });
    await updateNode(operator, { signer, roles: ["miner"], endpoint: "http://127.0.0.1:2" });
    expect(await listNodes(operator, { role: "router" })).toEqual([]);
    expect(await listNodes(operator, { role: "miner" })).toMatchObject([{ signer, endpoint: "http://127.0.0.1:2" }]);

    await expect(leaveNode(writerOf(network.profile, 3), signer)).rejects.toMatchObject({
      data: { error: "NotNodeOwner" },
    });
    await leaveNode(operator, signer);
    expect(await listNodes(operator)).toEqual([]);
    expect((await readNode(operator, signer))?.leftAt).toBeGreaterThan(0);
    await expect(registerNode(operator, node)).rejects.toMatchObject({ data: { error: "NodeExists" } });
    expect(await readNode(operator, operator.account)).toBeUndefined();
  });

  it("keeps a miner's prekey hash of an epoch once, from its own key", async () => {
    const [operator, own, stranger] = [1, 4, 3].map((index) => writerOf(network.profile, index));
    if (operator === undefined || own === undefined || stranger === undefined) throw new Error("no accounts");
    const { signer } = await registerNode(operator, { signerKey: anvilKey(4), roles: ["miner"] });
    const times = await readPrekeyTimes(operator);
    expect(times).toEqual({ startSeconds: network.profile.t0, prekeySeconds: 144 * EPOCH_SECONDS });
    const prekeyEpoch = prekeyEpochAt(times, (await readHead(operator)).timestamp);
    const posted = { node: signer, prekeyEpoch, bundleHash: `0x${"ab".repeat(32)}` } as const;
    expect(await readPrekeyHash(operator, posted)).toBeUndefined();
    await expect(postPrekeyHash(stranger, posted)).rejects.toMatchObject({ data: { error: "NotNodeOrOwner" } });
    await postPrekeyHash(own, posted);
    expect(await readPrekeyHash(operator, posted)).toBe(posted.bundleHash);
    await expect(postPrekeyHash(operator, posted)).rejects.toMatchObject({ data: { error: "PrekeyKnown" } });
    await leaveNode(operator, signer);
  });

  it("shows a stake in the vault and in the view, and a bond", async () => {
    const operator = writerOf(network.profile, 0);
    await stake(operator, { wei: 5n * COR });
    expect(await readStake(operator, operator.account)).toMatchObject({ stakedWei: 5n * COR, viewWei: 5n * COR });
    await depositBond(operator, { wei: 3n * COR });
    expect(await readBond(operator, operator.account)).toEqual({ bondWei: 3n * COR, exitingWei: 0n, exitAt: 0 });
  });

  it("opens sessions with every parameter and lists them by owner", async () => {
    const owner = writerOf(network.profile, 4);
    const params = {
      name: "all",
      metadata: "m",
      minNumOfNodes: 2,
      maxNumOfNodes: 5,
      redundant: 3,
      privacy: "sealed",
      auditMode: "canary",
    } as const;
    const { account, sessionId } = await openSession(owner, params);
    expect(await readSession(owner, account)).toMatchObject({
      ...params,
      sessionId,
      active: true,
    });
    const plain = await openSession(owner, { name: "plain", privacy: "sealed" });
    expect(await readSession(owner, plain.account)).toMatchObject({ privacy: "sealed", auditMode: "canary" });
    expect(await listSessions(owner, { owner: owner.account })).toMatchObject([
      { account, sessionId },
      { account: plain.account },
    ]);
    expect(await listSessions(owner, { owner: writerOf(network.profile, 5).account })).toEqual([]);
    expect(await readSession(owner, 999)).toBeUndefined();
    await expect(openSession(owner, { name: "bad", redundant: 8 })).rejects.toMatchObject({
      data: { error: "ParamOutOfBounds", args: { value: 8n, maximum: 7n } },
    });
  });

  it("sends many transactions at once without losing a nonce, also after a refusal among them", async () => {
    const holder = writerOf(network.profile, 0);
    const to = `0x${"51".repeat(20)}` as const;
    const sends = Array.from({ length: 20 }, (_, index) =>
      transferCor(holder, { to, wei: index === 7 ? 10n ** 30n : 1n }).then(
        () => "sent",
        (error: { data: { error: string } }) => error.data.error,
      ),
    );
    const outcomes = await Promise.all(sends);
    expect(outcomes.filter((outcome) => outcome === "sent")).toHaveLength(19);
    expect(outcomes[7]).toBe("ERC20InsufficientBalance");
    expect(await readCorBalance(holder, to)).toBe(19n);
  });

  it("passes over an RPC that is down, and says so when all are", async () => {
    const failing = { ...network.profile, rpcUrls: [DEAD_URL, network.anvil.url] };
    await verifyNetwork(createChainReader({ profile: failing }));
    const dead = createChainReader({ profile: { ...network.profile, rpcUrls: [DEAD_URL] } });
    await expect(readNode(dead, network.profile.addresses.cor)).rejects.toMatchObject({
      data: { code: "CHAIN_UNREACHABLE", call: "readNode" },
      isRetryable: true,
    });
  });

  it("refuses a profile of another chain", async () => {
    const other = await startAnvil({ chainId: 4_242 });
    try {
      const profile = { ...network.profile, rpcUrls: [other.url] };
      await expect(verifyNetwork(createChainReader({ profile }))).rejects.toMatchObject({
        data: { code: "CHAIN_WRONG_ID", expected: 31_337, actual: 4_242 },
      });
      const sameId = { ...profile, chainId: 4_242 };
      await expect(verifyNetwork(createChainReader({ profile: sameId }))).rejects.toMatchObject({
        data: { code: "CHAIN_NO_CONTRACT" },
      });
    } finally {
      await other.stop();
    }
  });
});
