import {
  addVerifier,
  readHead,
  readVerification,
  removeVerifier,
  signVerification,
  updateNode,
  verifyNode,
} from "@cortensor/chain";
import { createScriptedEngine } from "@cortensor/engine";
import { type Address, addressOfPrivateKey, type Bytes32, signDigest } from "@cortensor/protocol";
import { createMetrics, type Metrics, renderMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { connectLink, type ProbeReply } from "@cortensor/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { answerProbe, createIdentity, createSealingKey, createSignatureCounter } from "../src/index.js";
import { type JoinedMiner, type RealNetwork, startRealNetwork } from "./realNetwork.js";
import { addressOf, aRequest, ask, keyOf, receiptOf, tearDown, until } from "./testNetwork.js";

const COR = 10n ** 18n;
const OTHER: Bytes32 = `0x${"0f".repeat(32)}`;
const DAY = 86_400;

/** A real chain, a router whose account is on the list of verifiers, and real miners. */
describe("verification on a real chain", () => {
  let network: RealNetwork;
  beforeAll(async () => {
    network = await startRealNetwork({ finalityBlocks: 1, depositWei: 500n * COR });
  });
  afterAll(tearDown);

  const viewOf = (address: Address) => network.gateway.network().miners.find((one) => one.address === address);
  const untilVerified = (address: Address, isVerified: boolean) =>
    until(() => (viewOf(address)?.verifiedUntil !== undefined) === isVerified);
  const untilRefused = (address: Address, reason: string) => until(() => viewOf(address)?.unverified === reason);

  async function minersOf(question: string): Promise<readonly Address[]> {
    const answer = await ask(network, aRequest(network, question));
    expect(answer.failed).toBeUndefined();
    const { payees } = await receiptOf(network, answer.taskId);
    return payees.map(({ miner }) => miner);
  }

  it("is what a miner has before its first task: the chain says so, by the router's word, for a month", async () => {
    const record = await readVerification(network.operator, network.miner);
    const { timestamp } = await readHead(network.operator);
    expect(record).toMatchObject({ isVerified: true, verifier: addressOf("router"), nonce: 1 });
    expect(record.expires).toBeGreaterThan(timestamp + 29 * DAY);
    expect(viewOf(network.miner)).toMatchObject({ verifiedUntil: record.expires });
    expect(await minersOf("one")).toEqual([network.miner]);
  });

  it("of a second miner rests on a verified one's saying the same", async () => {
    expect(await probesOf(network.minerMetrics)).toEqual({ answered: 1 });
    const second = await network.join({ name: "second", account: 3 });
    await untilVerified(second.address, true);
    expect(await probesOf(second.metrics)).toEqual({ answered: 1 });
    expect(await probesOf(network.minerMetrics)).toEqual({ answered: 2 });
    await second.stop();
    await until(() => network.gateway.network().miners.length === 1);
  });

  it("is refused to a miner whose engine says something else than the verified ones of its class", async () => {
    const liar = await network.join({ name: "other model", account: 3, script: { reply: () => "something else" } });
    await untilRefused(liar.address, "otherAnswer");
    await expectNoWork(liar);
  });

  it("is refused to a miner that hasn't the sealing key it registered", async () => {
    const liar = await network.join({ name: "sealing liar", account: 3, lies: { sealingKey: OTHER } });
    await untilRefused(liar.address, "wrongSecret");
    await expectNoWork(liar);
  });

  it("is refused to a miner that offers another kernel class than it registered", async () => {
    const liar = await network.join({ name: "class liar", account: 3, lies: { kernelClass: OTHER } });
    await untilRefused(liar.address, "otherClass");
    await expectNoWork(liar);
  });

  it("is refused to a miner of the router's own operator", async () => {
    const own = await network.join({ name: "own", account: 1 });
    await untilRefused(own.address, "ownNode");
    await expectNoWork(own);
  });

  type Lie = (reply: Extract<ProbeReply, { kind: "probed" }>) => ProbeReply;
  it.each([
    ["wrongSecret", ({ proof, ...reply }) => ({ ...reply, ...(proof && { proof: { ...proof, secret: OTHER } }) })],
    ["wrongSecret", ({ proof: _proof, ...reply }) => reply],
    ["badSignature", ({ proof, ...reply }) => ({ ...reply, ...(proof && { proof: forged(proof) }) })],
    ["notWhole", ({ ids, ...reply }) => ({ ...reply, ids: ids.map((id) => id + 1) })],
    ["otherClass", ({ result, ...reply }) => ({ ...reply, result: { ...result, kernelClass: OTHER } })],
    ["busy", () => ({ kind: "declined", code: "busy" })],
  ] satisfies [string, Lie][])("is refused by name, %s, to whoever answers so (%#)", async (reason, lie) => {
    const close = await startLiar(`liar ${reason} ${lie}`, lie);
    await until(() => close.refusal() === reason);
    expect((await readVerification(network.operator, close.address)).isVerified).toBe(false);
    close.link.close("done");
    await close.link.closed;
  });

  it("ends when the sealing key is changed, and comes back with the right one", async () => {
    const miner = await network.join({ name: "changing", account: 3 });
    const { owner, details, address: signer } = miner;
    await untilVerified(signer, true);
    await updateNode(owner, { ...details, sealingKey: OTHER, signer });
    await untilVerified(signer, false);
    await untilRefused(signer, "wrongSecret");
    expect(await minersOf("two")).toEqual([network.miner]);
    await updateNode(owner, { ...details, signer });
    await untilVerified(signer, true);
    expect(await readVerification(owner, signer)).toMatchObject({ isVerified: true, nonce: 4 });
    await miner.stop();
    await until(() => viewOf(signer) === undefined);
  });

  it("ends with the verifier's place on the list, and holds again with it", async () => {
    const request = aRequest(network, "three");
    await removeVerifier(network.treasury, addressOf("router"));
    await untilVerified(network.miner, false);
    await until(() => !network.gateway.network().router.isVerifier);
    expect((await ask(network, request)).failed).toMatchObject({ code: "no_miner" });
    await addVerifier(network.treasury, addressOf("router"));
    await untilVerified(network.miner, true);
    await until(() => network.gateway.network().router.isVerifier);
    expect(await minersOf("three")).toEqual([network.miner]);
  });

  it("ends by time, and is renewed by whoever still answers", async () => {
    const closed = await startLiar("silent", () => ({ kind: "declined", code: "busy" }));
    await until(() => closed.refusal() === "busy");
    await addVerifier(network.treasury, verifierAddress());
    const { timestamp } = await readHead(network.operator);
    const verification = {
      signer: closed.address,
      verifier: verifierAddress(),
      ...closed.registered,
      challenge: OTHER,
      answer: OTHER,
      nonce: (await readVerification(network.operator, closed.address)).nonce,
      deadline: timestamp + 600,
      expires: timestamp + 2 * DAY,
    };
    await verifyNode(network.treasury, {
      verification,
      nodeSignature: signVerification(network.profile, { verification, key: closed.key }),
      verifierSignature: signVerification(network.profile, { verification, key: VERIFIER_KEY }),
    });
    await untilVerified(closed.address, true);
    await pass(2 * DAY);
    await untilVerified(closed.address, false);
    const before = viewOf(network.miner)?.verifiedUntil ?? 0;
    expect(before).toBeGreaterThan(0);
    await pass(27.5 * DAY);
    await until(() => (viewOf(network.miner)?.verifiedUntil ?? 0) > before + 29 * DAY);
    expect((await readVerification(network.operator, network.miner)).nonce).toBe(2);
    expect(viewOf(closed.address)?.verifiedUntil).toBeUndefined();
    // In those weeks the miner's signature of its last results is overdue, and the router's look at its chain is old: nothing
    // is asked of the miner before both have come.
    await until(async () => (await ask(network, aRequest(network, "four"))).failed === undefined);
    expect(await minersOf("five")).toEqual([network.miner]);
    closed.link.close("done");
  });

  /** For the chain and for the nodes. */
  async function pass(seconds: number): Promise<void> {
    await network.rpc("evm_increaseTime", [seconds]);
    await network.rpc("evm_mine");
    network.passMs(seconds * 1_000);
  }

  async function expectNoWork(miner: JoinedMiner): Promise<void> {
    expect(viewOf(miner.address)?.verifiedUntil).toBeUndefined();
    expect((await readVerification(network.operator, miner.address)).isVerified).toBe(false);
    for (const question of ["a", "b", "c"]) expect(await minersOf(question)).toEqual([network.miner]);
    await miner.stop();
    await until(() => viewOf(miner.address) === undefined);
  }

  /** A registered miner over a real link, which does the probe as it should and then says what `lie` makes of it. */
  async function startLiar(name: string, lie: Lie) {
    const sealing = createSealingKey(new Secret(keyOf(`sealing of ${name}`)));
    const engine = createScriptedEngine({});
    const { model, modelId, quantisation, kernelClass, contextTokens } = engine.describe();
    const registered = { sealingKey: sealing.publicKey, kernelClass };
    const { address: signer, stop, owner } = await network.join({ name, account: 6, lies: { sealingKey: OTHER } });
    await stop();
    await updateNode(owner, { roles: ["miner"], ...registered, signer });
    const { chainId, addresses } = network.profile;
    const signatures = createSignatureCounter(createMetrics());
    const key = keyOf(name);
    const signingKey = new Secret(key);
    const at = { chainId, registry: addresses.registry, clock: systemClock };
    const identity = createIdentity({ role: "miner", signingKey, signatures, ...at });
    const link = await connectLink({
      url: network.wireUrl,
      identity: identity.node,
      expectPeer: { role: "router" },
      authorise: () => Promise.resolve({ kind: "granted", owner: signer }),
      signal: new AbortController().signal,
      clock: systemClock,
      log: silentLogger,
    });
    const shape = {
      model,
      modelId,
      quantisation,
      kernelClass,
      contextTokens,
      canEmbed: false,
      canScore: true,
      sequences: 1,
    };
    const offer = { ...shape, tokensPerSecond: 1_000, weiPerTokenIn: 0n, weiPerTokenOut: 1n };
    link.onStream((stream, probe) => {
      if (probe.kind !== "probe") return;
      const honest = answerProbe({
        probe,
        verifier: link.peer.address,
        self: signer,
        domain: network.profile,
        bench: { engine, offer },
        sealing,
        sign: (digest) => signDigest(digest, key),
        nowSeconds: Math.floor(Date.now() / 1_000),
        nowMs: () => systemClock.nowMs(),
        signal: new AbortController().signal,
      });
      void honest.then((reply) => {
        stream.send(reply.kind === "probed" ? lie(reply) : reply);
        stream.end();
      });
    });
    link.notify("advertisement", { models: [offer], capacity: 4, running: 0, queued: 0 });
    return { link, key, address: signer, registered, refusal: () => viewOf(signer)?.unverified };
  }

  const verifierAddress = (): Address => addressOfPrivateKey(VERIFIER_KEY);
});

const VERIFIER_KEY = anvilKey(5);

function forged<Proof extends { readonly signature: `0x${string}` }>(proof: Proof): Proof {
  return { ...proof, signature: signDigest(OTHER, keyOf("somebody else")) };
}

async function probesOf(metrics: Metrics): Promise<Readonly<Record<string, number>>> {
  const { body: text } = await renderMetrics(metrics);
  const found = text.matchAll(/miner_probes_total\{outcome="(\w+)"\} (\d+)/g);
  return Object.fromEntries([...found].map(([, outcome = "", count]) => [outcome, Number(count)]));
}
