import {
  addVerifier,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  createSender,
  type DeployedLayers,
  deployLayers,
  depositBond,
  depositToSession,
  freezeGuard,
  guardSetsAtHome,
  joinGuards,
  type LayerContract,
  type LayerCrossing,
  type LinkEnd,
  type NetworkProfile,
  openCrossings,
  openSession,
  readCorBalance,
  readGuardSet,
  readHead,
  readHomeHearing,
  readHomeLinks,
  readIsFrozen,
  readLastFixed,
  readServedStake,
  readStake,
  readVerification,
  registerNode,
  setAllotment,
  slashEquivocation,
  stake,
  toNetworkProfile,
  transferCor,
  transferNative,
  verifyNetwork,
} from "@cortensor/chain";
import {
  type Address,
  equivocationOf,
  guardsDomain,
  type Hex,
  recordEpochAt,
  signAttestation,
} from "@cortensor/protocol";
import { createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import { encodeAbiParameters, encodeFunctionData, numberToHex, parseAbiParameters } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { corAbi } from "../../chain/src/generated/Cor.js";
import { corVaultAbi } from "../../chain/src/generated/CorVault.js";
import { nodeLevelsAbi } from "../../chain/src/generated/NodeLevels.js";
import { quorumMessengerAbi } from "../../chain/src/generated/QuorumMessenger.js";
import { relay, warpTo } from "../../chain/test/quorumRelay.js";
import { guardKeys, twoLayers } from "../../chain/test/twoLayers.js";
import { HOME_SET_EPOCHS, keepHomeSet } from "../src/guard/keepHomeSet.js";
import { CrossingBook, createCrosser, createGuardChain, type Router } from "../src/index.js";
import { openBooks, startMiner, startRouter } from "./realNetwork.js";
import {
  API_KEY,
  addressOf,
  aRequest,
  ask,
  hashOf,
  keyOf,
  onTearDown,
  receiptOf,
  tearDown,
  until,
} from "./testNetwork.js";

const COR = 10n ** 18n;
const EPOCH_SECONDS = 30;
const deployerKey = anvilKey(9);
const POLL_MS = 50;
const VERDICT = parseAbiParameters([
  "Verdict verdict",
  "struct Verdict { uint64 number; address miner; address finder; address client; uint256 feeWei; }",
]);

/** Two real chains: COR, nodes and stake have their home on the L1, and the L2 serves. */
describe("a network whose nodes have their home on another chain", { timeout: 300_000 }, () => {
  let done: DeployedLayers;
  let profile: NetworkProfile;
  let crossing: LayerCrossing;
  let treasury: ChainWriter;
  let operator: ChainWriter;
  let router: Router;
  let wireUrl: string;
  /** By how much the L2's time is ahead of this machine's. */
  let aheadMs = 0;
  const gateway = () => ({ gateway: router.gateway });

  beforeAll(async () => {
    const urls: Record<string, string> = {};
    for (const [chain, chainId] of Object.entries({ l1: 31_401, l2: 31_402 })) {
      const anvil = await startAnvil({ chainId });
      onTearDown(() => anvil.stop());
      urls[chain] = anvil.url;
    }
    const request = { env: {}, privateKey: deployerKey, isPartial: false, onStep: () => undefined };
    done = await deployLayers({ ...request, profile: twoLayers(urls, EPOCH_SECONDS), save: async () => undefined });
    const [first] = openCrossings(done.profile, { env: {} });
    const network = toNetworkProfile(done.profile, {});
    if (first === undefined || network === undefined) expect.unreachable();
    [crossing, profile] = [first, network];
    treasury = createChainWriter({ profile, privateKey: deployerKey });
    operator = createChainWriter({ profile, privateKey: anvilKey(1) });
    await addVerifier(treasury, addressOf("router"));
    await registerNode(operator, { signerKey: keyOf("router"), roles: ["router"], endpoint: "http://127.0.0.1:1" });
    await lock(operator.account, 300n * COR);
    await pass();
    await openRouter();
  }, 300_000);
  afterAll(tearDown);

  function at(chain: "l1" | "l2", name: LayerContract): Address {
    const address = done.profile.deployed?.[chain]?.addresses[name];
    if (address === undefined) throw new Error(`${name} isn't deployed on ${chain}`);
    return address;
  }

  /** COR of the treasury's, on its way to an account of the L2. */
  async function lock(to: Address, wei: bigint): Promise<void> {
    const corVault = at("l1", "corVault");
    const approve = encodeFunctionData({ abi: corAbi, functionName: "approve", args: [corVault, wei] });
    await treasury.home.send({ call: "approve", to: at("l1", "cor"), data: approve });
    const data = encodeFunctionData({ abi: corVaultAbi, functionName: "lock", args: [to, wei] });
    await treasury.home.send({ call: "lock", to: corVault, data });
  }

  /** One pass of a relayer, which is told of what stands; guards sign, and what they signed is handed in. */
  async function pass(keys: readonly Hex[] = guardKeys, way: "down" | "up" = "down"): Promise<void> {
    const payerOf = (end: LayerCrossing["parent"]) => createSender({ ...end, privateKey: anvilKey(8) });
    const crosser = createCrosser({
      crossings: [
        {
          book: new CrossingBook({ crossing, finalityBlocks: 0 }),
          payers: { parent: payerOf(crossing.parent), child: payerOf(crossing.child) },
        },
      ],
      ...{ hourWei: COR, pollMs: 1_000, clock: systemClock, log: silentLogger, metrics: createMetrics() },
      ...{ random: () => 0, onDone: () => undefined },
    });
    await crosser.look();
    const { parent, child, times } = crossing;
    const [from, to] = way === "down" ? [parent, child] : [child, parent];
    const sides = { from: { ...from, sender: payerOf(from) }, to: { ...to, sender: payerOf(to) } };
    await relay({ ...sides, isGiven: () => true, guardKeys: keys, ...times });
    aheadMs = (await readHead(treasury)).timestamp * 1_000 - Date.now();
  }

  /** So many epochs go by on both chains. */
  async function warp(epochs: number): Promise<void> {
    for (const { client } of [crossing.parent, crossing.child]) {
      const { timestamp } = await client.getBlock();
      await warpTo(client, Number(timestamp) + epochs * EPOCH_SECONDS);
    }
    aheadMs = (await readHead(treasury)).timestamp * 1_000 - Date.now();
  }

  async function openRouter(): Promise<void> {
    await depositBond(operator, { wei: 100n * COR });
    const { account } = await openSession(operator, { name: "test" });
    await depositToSession(operator, { account, wei: 100n * COR });
    await setAllotment(operator, { account, lane: operator.account, wei: 100n * COR });
    const books = await openBooks(operator.account);
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs };
    await transferNative(treasury.home, { to: addressOf("router"), wei: COR });
    const started = await startRouter({
      ...{ profile, books, clock, operator: operator.account, account, treasury },
      ...{ metrics: createMetrics(), finalityBlocks: 0, pollMs: POLL_MS, requests: undefined },
    });
    router = started.router;
    wireUrl = started.wireUrl;
    await books.putKey({ keyHash: await hashOf(API_KEY), account, name: "test", revoked: false });
  }

  /** A miner with a scripted engine, registered and staked at home alone. */
  async function join(name: string, account: number) {
    const owner = createChainWriter({ profile, privateKey: anvilKey(account) });
    await transferCor(treasury.home, { to: owner.account, wei: 10n * COR });
    await stake(owner, { wei: 10n * COR });
    const nowMs = () => Date.now() + aheadMs;
    return startMiner({ profile, treasury, wireUrl, pollMs: POLL_MS, nowMs, name, account });
  }
  const hearingOf = ({ address, owner }: Awaited<ReturnType<typeof join>>) =>
    readHomeHearing(treasury, { signer: address, operator: owner.account });
  const seatOf = (miner: Address) => router.gateway.network().miners.find(({ address }) => address === miner);

  it("gives a node work once a relayer has told the L2 of it, of its stake, and of its verification at home", async () => {
    const joined = await join("miner", 4);
    const miner = joined.address;
    expect(await hearingOf(joined)).toEqual({ isNodeHeard: false, isStakeHeard: false });
    await pass();
    expect(await hearingOf(joined)).toEqual({ isNodeHeard: true, isStakeHeard: true });
    // Verified where it registered, and not yet where it works.
    await until(() => seatOf(miner)?.unverified === "unreported");
    expect(await readVerification(treasury.home, miner)).toMatchObject({ isVerified: true, nonce: 1 });
    expect(await readVerification(treasury, miner)).toMatchObject({ isVerified: false });
    expect((await ask(gateway(), aRequest(gateway(), "too early"))).failed).toBeDefined();
    await pass();
    await until(() => seatOf(miner)?.verifiedUntil !== undefined && router.gateway.models().length > 0);
    // A session that was deposited on the L2, with COR that was locked on the L1.
    const answer = await ask(gateway(), aRequest(gateway(), "one"));
    expect(answer.failed).toBeUndefined();
    const { payees } = await receiptOf(gateway(), answer.taskId);
    expect(payees.map((payee) => payee.miner)).toEqual([miner]);
  });

  it("gives none to a node that registered and that nobody told the L2 of", async () => {
    const unheard = await join("unheard", 5);
    expect(await hearingOf(unheard)).toEqual({ isNodeHeard: false, isStakeHeard: false });
    const answer = await ask(gateway(), aRequest(gateway(), "two"));
    const { payees } = await receiptOf(gateway(), answer.taskId);
    expect(payees.map(({ miner }) => miner)).not.toContain(unheard.address);
    expect(seatOf(unheard.address)).toBeUndefined();
    await unheard.stop();
  });

  it("freezes an equivocator on the L2 at once, and takes its stake on the L1, of which the L2 hears", async () => {
    const miner = addressOf("miner");
    const owner = createChainWriter({ profile, privateKey: anvilKey(4) }).account;
    const domain = guardsDomain({ chainId: profile.chainId, guards: profile.addresses.attestations });
    const sign = (root: Hex) => {
      const attested = { subjectChainId: profile.chainId, kind: "results", epoch: 1, root } as const;
      return signAttestation(domain, attested, keyOf("miner"));
    };
    const proof = equivocationOf(domain, sign(`0x${"b".repeat(64)}`), sign(`0x${"c".repeat(64)}`));
    await freezeGuard(operator, proof);
    expect(await readIsFrozen(operator, miner)).toBe(true);
    const levels = { address: profile.addresses.nodeLevels, abi: nodeLevelsAbi } as const;
    const isOut = operator.client.readContract({ ...levels, functionName: "isFrozen", args: [miner] });
    expect(await isOut).toBe(true);
    expect(await readStake(operator, owner)).toMatchObject({ stakedWei: 10n * COR, viewWei: 10n * COR });
    const before = await readCorBalance(operator.home, operator.account);
    expect((await slashEquivocation(operator, proof)).takenWei).toBe(10n * COR);
    expect((await readCorBalance(operator.home, operator.account)) - before).toBe(COR);
    expect(await readStake(operator, owner)).toMatchObject({ stakedWei: 0n, viewWei: 10n * COR });
    await pass();
    expect(await readStake(operator, owner)).toMatchObject({ stakedWei: 0n, viewWei: 0n });
  });

  it("takes what a verdict of the L2's juries costs from the stake on the L1 once its message is handed in, and once", async () => {
    const [node, owner] = [addressOf("unheard"), createChainWriter({ profile, privateKey: anvilKey(5) }).account];
    const feeWei = COR / 10n;
    const penaltyWei = 21n * feeWei;
    const [finder, client] = [operator.account, treasury.account];
    for (let times = 0; times < 2; times += 1) await sayAsJuries({ number: 1n, miner: node, finder, client, feeWei });
    expect(await readStake(treasury, owner)).toMatchObject({ stakedWei: 10n * COR, viewWei: 10n * COR });
    const before = await readCorBalance(operator.home, finder);
    await pass(guardKeys, "up");
    expect(await readStake(treasury, owner)).toMatchObject({ stakedWei: 10n * COR - penaltyWei, viewWei: 10n * COR });
    expect((await readCorBalance(operator.home, finder)) - before).toBe(penaltyWei / 5n);
    await pass();
    expect(await readServedStake(treasury, owner)).toBe(10n * COR - penaltyWei);
  });

  /** What `Juries` sends when a dispute ends with a slash; how one comes to that is told on one chain. */
  async function sayAsJuries(verdict: {
    readonly number: bigint;
    readonly miner: Address;
    readonly finder: Address;
    readonly client: Address;
    readonly feeWei: bigint;
  }): Promise<void> {
    const { client, messenger } = crossing.child;
    const raw = (method: string, params: readonly unknown[]) =>
      client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: Hex }>({ method, params });
    const { juries } = profile.addresses;
    const body = encodeAbiParameters(VERDICT, [verdict]);
    const to = { dst: BigInt(crossing.parent.chainId), slasher: at("l1", "stakeSlasher") };
    const args = [to.dst, to.slasher, body, 1_000_000n] as const;
    const data = encodeFunctionData({ abi: quorumMessengerAbi, functionName: "send", args });
    await raw("anvil_setBalance", [juries, numberToHex(COR)]);
    await raw("anvil_impersonateAccount", [juries]);
    const hash = await raw("eth_sendTransaction", [{ from: juries, to: messenger, data }]);
    expect((await client.waitForTransactionReceipt({ hash })).status).toBe("success");
  }

  it("lets guards that took a place on both chains follow the first ones: on the L2, and a few epochs later at home", async () => {
    const guardKey = keyOf("guard");
    const owner = createChainWriter({ profile, privateKey: anvilKey(6) });
    await transferCor(treasury.home, { to: owner.account, wei: 10n * COR });
    await stake(owner, { wei: 9n * COR });
    const { signer: guard } = await registerNode(owner, { signerKey: guardKey, roles: ["guard"] });
    const home = guardSetsAtHome(owner);
    if (home === undefined) expect.unreachable();
    await joinGuards(home, guard);
    await expect(joinGuards(owner, guard)).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
    await pass();
    await joinGuards(owner, guard);
    const chain = createGuardChain(owner, systemClock);
    await warp(2);
    const epoch = recordEpochAt(profile, (await readHead(owner)).timestamp);
    await chain.fixGuardSet(epoch);
    expect((await chain.readGuardSet(epoch)).members.map((member) => member.guard)).toEqual([guard]);
    await warp(1);
    // From here on its word counts for what comes to the L2.
    await stake(owner, { wei: COR });
    await expect(pass()).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED" } });
    await pass([guardKey]);
    expect(await readServedStake(owner, owner.account)).toBe(10n * COR);
    await warp(HOME_SET_EPOCHS);
    const now = async () => recordEpochAt(profile, (await readHead(home)).timestamp);
    const atHome = async () => (await readGuardSet(home, await now())).members.map((member) => member.guard);
    expect(await atHome()).toEqual([]);
    await keepHomeSet(epoch, { chain, self: owner.account });
    expect(await atHome()).toEqual([]);
    await keepHomeSet(epoch, { chain, self: guard });
    expect(await atHome()).toEqual([guard]);
    const fixed = await readLastFixed(home);
    await warp(1);
    await keepHomeSet(epoch, { chain, self: guard });
    expect(await readLastFixed(home)).toBe(fixed);
  });

  it("names both ways between the two chains, which guards sign by the profile alone", async () => {
    const end = ({ chainId, messenger, fromBlock }: LinkEnd) => ({ chainId, messenger, fromBlock });
    const { parent, child } = crossing;
    const links = await readHomeLinks(operator);
    expect(links.map(({ src, dst }) => [end(src), end(dst)])).toEqual([
      [end(parent), end(child)],
      [end(child), end(parent)],
    ]);
  });

  it("is refused at the start, by name, with another chain as home, or another contract on it", async () => {
    await verifyNetwork(createChainReader({ profile }));
    const { home } = profile;
    if (home === undefined) expect.unreachable();
    const wrongChain = { ...profile, home: { ...home, chainId: 31_499 } };
    await expect(verifyNetwork(createChainReader({ profile: wrongChain }))).rejects.toMatchObject({
      data: {
        code: "CHAIN_WRONG_ID",
        rpc: expect.stringContaining("home.rpcUrls[0]"),
        expected: 31_499,
        actual: 31_401,
      },
    });
    const contracts = { ...home.contracts, stakeVault: profile.addresses.attestations };
    await expect(
      verifyNetwork(createChainReader({ profile: { ...profile, home: { ...home, contracts } } })),
    ).rejects.toMatchObject({ data: { code: "CHAIN_NO_CONTRACT", contract: "home.stakeVault" } });
  });
});
