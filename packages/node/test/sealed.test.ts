import type { Engine } from "@cortensor/engine";
import {
  connectionSigner,
  decodeEnvelope,
  decodeSignedPrekeyBundle,
  hashAssignment,
  hashTask,
  openSample,
  portableAead,
  registryDomain,
  type SealedAsk,
  type SealedEvent,
} from "@cortensor/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { COR, PROFILE } from "./fakeChain.js";
import { Gate } from "./gate.js";
import { SealedClient } from "./sealedClient.js";
import { sharingGuards, shelfOfTest } from "./sharingGuards.js";
import { untilSealing } from "./supportCast.js";
import {
  ACCOUNT,
  API_KEY,
  addressOf,
  aRequest,
  ask,
  OPERATOR,
  PRICES,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const WORDS = "one, two, three, four, five, six, seven. ";
const sealingMiner = (router: TestRouter, name: string, tokensPerSecond?: number) =>
  startScriptedMiner(router, {
    name,
    script: { reply: () => WORDS.repeat(8), ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }) },
    prekeys: new Map(),
  });
/** Miners the first two of whose answers are held back, each by its own gate. */
async function gatedMiners(router: TestRouter, names: readonly string[], [first, second]: readonly [Gate, Gate]) {
  const behind =
    (name: string) =>
    (engine: Engine): Engine => ({
      ...engine,
      generate: (job) => (first.holder === undefined ? first : second).before(name)(engine).generate(job),
    });
  const miners = new Map<string, Awaited<ReturnType<typeof startScriptedMiner>>>();
  for (const name of names) {
    const script = { reply: () => WORDS.repeat(8) };
    miners.set(name, await startScriptedMiner(router, { name, script, prekeys: new Map(), behind: behind(name) }));
  }
  return miners;
}
const callerOf = async ({ gateway }: TestRouter) => {
  const caller = await gateway.authenticate(API_KEY);
  if (caller === undefined) throw new Error("unknown key");
  return caller;
};
const heldWei = async ({ gateway }: TestRouter): Promise<bigint> =>
  (await gateway.lane({ account: ACCOUNT, custody: "custodial" })).heldWei;
const untilSealed = (client: SealedClient, router: TestRouter): Promise<void> =>
  until(async () => {
    const outcome = await client.assign();
    if (outcome.kind === "refused") return false;
    const { envelope } = await new SealedClient(router, "another").seal(outcome.assigned);
    // Nobody seals to it as it was asked: the miner finds that out, and the hold goes back.
    const sent = await client.send(envelope);
    if (sent.kind === "streaming") for await (const _ of sent.events);
    return true;
  });

describe("a sealed task", () => {
  it("is answered in frames that its client alone opens, at the price of a sealed one", async () => {
    const router = await startTestRouter();
    const miner = await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    const client = new SealedClient(router, "MARKER-PROMPT");
    const assigned = await client.assigned();
    expect(assigned.assignment).toMatchObject({ miner: miner.address, segment: 0, from: 0 });
    expect(assigned.task.privacy).toBe("sealed");
    expect(hashTask(assigned.task)).toBe(assigned.assignment.taskId);
    expect(decodeSignedPrekeyBundle(assigned.miner.bundles[0] ?? new Uint8Array()).bundle.node).toBe(miner.address);
    const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const signed = { structHash: hashAssignment(assigned.assignment), domain, nowSeconds };
    expect(await connectionSigner(assigned.word, signed)).toBe(router.identity.signer.address);
    expect(
      await connectionSigner(assigned.word, { ...signed, structHash: assigned.assignment.taskId }),
    ).toBeUndefined();

    const done = await client.answer(assigned);
    if (done?.kind !== "done") throw new Error(JSON.stringify(done));
    expect(client.text).toBe(WORDS.repeat(8));
    const { nIn, nOut, feeWei, label, sealing, result } = done;
    expect(nOut).toBe(client.ids.length);
    const { weiPerTokenIn, weiPerTokenOut } = assigned.assignment;
    expect(weiPerTokenOut).toBeGreaterThan(PRICES.weiPerTokenOut);
    expect(feeWei).toBe(BigInt(nIn) * weiPerTokenIn + BigInt(nOut) * weiPerTokenOut);
    expect({ label, sealing }).toEqual({
      label: "unproved",
      sealing: { suite: "x25519", readers: [miner.address], audit: "none" },
    });
    expect(result).toMatchObject({ miner: miner.address, to: nOut, finish: "stop" });
    await until(async () => (await router.gateway.findReceipt(done.taskId)) !== undefined);
    expect(await router.gateway.findReceipt(done.taskId)).toMatchObject({ receipt: { feeWei }, label: "unproved" });
    expect(await heldWei(router)).toBe(0n);
  });

  it("goes on with the next miner when its own is lost, once its client has sealed to it", async () => {
    const router = await startTestRouter();
    const [anna, bert] = [await sealingMiner(router, "anna", 400), await sealingMiner(router, "bert", 400)];
    await untilSealed(new SealedClient(router, "probe"), router);
    const client = new SealedClient(router, "hello");
    const assigned = await client.assigned();
    const first = assigned.assignment.miner === anna.address ? anna : bert;
    let stopping: Promise<void> | undefined;
    const done = await client.answer(assigned, (event: SealedEvent) => {
      if (event.kind === "frame" && event.tokens > 40) stopping ??= first.stop();
    });
    await stopping;
    expect(client.text).toBe(WORDS.repeat(8));
    if (done?.kind !== "done") throw new Error(JSON.stringify(done));
    expect(done.sealing.readers).toEqual([anna.address, bert.address].sort());
    expect(client.events.filter(({ kind }) => kind === "reassigned")).toHaveLength(1);
    expect(done.result.segment).toBe(1);
    expect(done.nOut).toBeLessThanOrEqual(client.ids.length);
  });

  it("goes on with its standbys, one after another, without its client, where they were sealed to; guards open all of it", async () => {
    const samples = shelfOfTest();
    const router = await startTestRouter({ samples });
    const gates = [new Gate(40), new Gate(40)] as const;
    const miners = await gatedMiners(router, ["anna", "bert", "carl"], gates);
    await untilSealing(router, 2);
    for (const gate of gates) gate.holder = undefined;
    const client = new SealedClient(router, "hello");
    client.hasStandbys = true;
    const stopping = new Map<string, Promise<void>>();
    /** Who holds back its answer is lost once something of it has come. */
    const onEvent = (event: SealedEvent) => {
      const { holder } = gates[client.events.filter(({ kind }) => kind === "handedOver").length] ?? {};
      const isNew = event.kind === "frame" && holder !== undefined && !stopping.has(holder);
      if (isNew && event.tokens > 20) stopping.set(holder, miners.get(holder)?.stop() ?? Promise.resolve());
    };
    const { share } = await sharingGuards();
    let dataKey = new Uint8Array();
    const done = await client.answer(await client.assigned({ ...client.ask, audit: "auditable" }), onEvent, (of) => {
      dataKey = Uint8Array.from(of.dataKey);
      return share(of);
    });
    await Promise.all(stopping.values());
    expect(client.text).toBe(WORDS.repeat(8));
    if (done?.kind !== "done") throw new Error(JSON.stringify(done));
    expect(client.events.flatMap(({ kind }) => (kind === "handedOver" || kind === "reassigned" ? [kind] : []))).toEqual(
      ["handedOver", "handedOver"],
    );
    expect([client.sealedTimes, stopping.size]).toEqual([1, 2]);
    const readers = [...miners.values()].map(({ address }) => address).sort();
    expect(done.sealing.readers).toEqual(readers);
    expect(done.result.segment).toBe(2);
    await until(async () => (await router.gateway.findReceipt(done.taskId)) !== undefined);
    expect((await router.gateway.findReceipt(done.taskId))?.sealing).toEqual(done.sealing);
    await until(async () => (await samples.find(done.taskId)) !== undefined);
    const sample = await samples.find(done.taskId);
    if (sample === undefined) throw new Error("no sample");
    const opening = { ...sample, envelope: decodeEnvelope(sample.envelope), dataKey, aead: portableAead };
    expect(openSample(opening)).toMatchObject({ kind: "opened", ids: client.ids });
    const last = openSample({ ...opening, handed: sample.handed.slice(1) });
    expect(last).toEqual({ kind: "faulty", fault: "badParts" });
  });

  it("is sealed again by its client where every standby that could read it is lost too", async () => {
    const router = await startTestRouter();
    const gates = [new Gate(40), new Gate(40)] as const;
    const miners = await gatedMiners(router, ["anna", "bert"], gates);
    await untilSealing(router, 1);
    for (const gate of gates) gate.holder = undefined;
    const client = new SealedClient(router, "hello");
    client.hasStandbys = true;
    /** The next comes once nothing can be sealed to it any more; then the standby goes, and the miner behind it. */
    const replace = async (holder: string) => {
      await sealingMiner(router, "carl");
      await untilSealing(router, 2);
      for (const [name, miner] of miners) if (name !== holder) await miner.stop();
      await miners.get(holder)?.stop();
    };
    let replacing: Promise<void> | undefined;
    const done = await client.answer(await client.assigned(), (event: SealedEvent) => {
      const [{ holder }] = gates;
      if (event.kind === "frame" && event.tokens > 20 && holder !== undefined) replacing ??= replace(holder);
    });
    await replacing;
    expect(client.text).toBe(WORDS.repeat(8));
    if (done?.kind !== "done") throw new Error(JSON.stringify(done));
    expect(client.sealedTimes).toBe(2);
    const readers = [...[...miners.values()].map(({ address }) => address), addressOf("carl")].sort();
    expect(done.sealing.readers).toEqual(readers);
  });

  it("is refused by its miner, and charged to nobody, when its envelope isn't what the task commits to", async () => {
    const router = await startTestRouter();
    await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    const client = new SealedClient(router, "hello");
    const assigned = await client.assigned();
    const { envelope } = await new SealedClient(router, "another prompt").seal(assigned);
    const sent = await client.send(envelope);
    if (sent.kind !== "streaming") throw new Error(sent.kind);
    const events: SealedEvent[] = [];
    for await (const event of sent.events) events.push(event);
    expect(events).toEqual([
      { kind: "failed", code: "envelope_refused", message: "The miner can't take the envelope: otherPrompt." },
    ]);
    expect(await heldWei(router)).toBe(0n);
    expect(await client.send(envelope)).toEqual({ kind: "unknown" });
  });

  it("takes no envelope of another suite or miner than was assigned, nor one that somebody else could read", async () => {
    const router = await startTestRouter();
    await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    const client = new SealedClient(router, "hello");
    const assigned = await client.assigned();
    const weaker = await client.seal(assigned, "xwing");
    expect(await client.send(weaker.envelope)).toMatchObject({
      kind: "refused",
      refusal: { code: "envelope_refused", message: expect.stringContaining("another suite") },
    });
    const { envelope } = await client.seal(assigned);
    const [reader] = envelope.readers;
    if (reader === undefined) throw new Error("no reader");
    const foreign = { ...reader, miner: addressOf("nobody") };
    expect(await client.send({ ...envelope, readers: [foreign] })).toMatchObject({
      refusal: { message: expect.stringContaining("isn't sealed to the miner") },
    });
    expect(await client.send({ ...envelope, readers: [reader, foreign] })).toMatchObject({
      refusal: { code: "envelope_refused", message: expect.stringContaining("isn't among the assignment's standbys") },
    });
    expect(await client.answer(assigned)).toMatchObject({ kind: "done" });
  });

  it("that nobody seals to lapses with its assignment, and what was held is free again", async () => {
    let aheadMs = 0;
    const router = await startTestRouter({ nowMs: () => Date.now() + aheadMs });
    await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    const client = new SealedClient(router, "hello");
    const assigned = await client.assigned();
    expect(await heldWei(router)).toBeGreaterThan(0n);
    aheadMs = 31_000;
    await until(async () => (await heldWei(router)) === 0n);
    const { envelope } = await client.seal(assigned);
    expect(await client.send(envelope)).toEqual({ kind: "unknown" });
  });

  it("that its client gives back frees hold and place at once; nobody else can, nor once it runs", async () => {
    const router = await startTestRouter();
    await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    const { sealed } = router.gateway;
    const mine = { account: ACCOUNT, custody: "custodial" } as const;
    // More than may wait for their envelopes, and more than the miner has places.
    for (let index = 0; index < 12; index += 1) {
      const { taskId } = (await new SealedClient(router, "hello").assigned()).assignment;
      expect(await heldWei(router)).toBeGreaterThan(0n);
      expect(sealed.drop({ ...mine, account: ACCOUNT + 1 }, taskId)).toBe(false);
      expect(sealed.drop(await callerOf(router), taskId)).toBe(true);
      expect(sealed.drop(await callerOf(router), taskId)).toBe(false);
      expect(await heldWei(router)).toBe(0n);
    }
    const client = new SealedClient(router, "hello");
    const assigned = await client.assigned();
    const sent = await client.send((await client.seal(assigned)).envelope);
    expect(sealed.drop(await callerOf(router), assigned.assignment.taskId)).toBe(false);
    expect(sent.kind).toBe("streaming");
  });
});

describe("what a sealed session can't have yet", () => {
  it.each([
    [{ redundant: 3 }, "'redundant' 3"],
    [{ numOfValidatorNodes: 1 }, "'numOfValidatorNodes' 1"],
    [{ privacy: "private" as const }, "'privacy' private"],
    // This router has no place for samples.
    [{ privacy: "sealed" as const, auditMode: "auditable" as const }, "'auditMode' auditable"],
  ])("is refused by name, and nothing is held: %o", async (terms, named) => {
    const router = await startTestRouter({ terms });
    await sealingMiner(router, "anna");
    const outcome = await new SealedClient(router, "hello").assign();
    expect(outcome).toMatchObject({
      kind: "refused",
      refusal: { code: "session_unsupported", message: expect.stringContaining(named) },
    });
    expect(await heldWei(router)).toBe(0n);
  });

  it("is another audit mode than its session's, a part that nobody serves, or miners that are all avoided", async () => {
    const router = await startTestRouter({ terms: { privacy: "sealed", auditMode: "canary" } });
    const anna = await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    const client = new SealedClient(router, "hello");
    const refusalOf = async (more: Partial<SealedAsk>) => client.assign({ ...client.ask, ...more });
    expect(await refusalOf({ audit: "none" })).toMatchObject({
      refusal: {
        code: "session_unsupported",
        message: expect.stringContaining("'audit' none beside its 'auditMode' canary"),
      },
    });
    expect(await refusalOf({ avoid: [anna.address] })).toMatchObject({ refusal: { code: "no_miner" } });
    expect(await heldWei(router)).toBe(0n);
    const done = await client.answer(await client.assigned({ ...client.ask, audit: "canary" }));
    expect(done).toMatchObject({ kind: "done", sealing: { audit: "canary" } });
  });

  it("isn't asked in the open by mistake: its prompts come sealed or not at all", async () => {
    const router = await startTestRouter({ terms: { privacy: "sealed" } });
    await sealingMiner(router, "anna");
    expect((await ask(router, aRequest(router, "hello"))).failed).toMatchObject({ code: "session_unsupported" });
    expect(await heldWei(router)).toBe(0n);
    router.chain.setLane(ACCOUNT, { owner: OPERATOR, allotmentWei: 1_000n * COR });
  });

  it("is a miner that shows no prekeys, or none of the suite: no other suite is given, and no hold is tried", async () => {
    const router = await startTestRouter();
    const hold = vi.spyOn(router.books, "hold");
    await startScriptedMiner(router, { name: "open" });
    expect(await new SealedClient(router, "hello").assign()).toMatchObject({
      kind: "refused",
      refusal: { code: "no_miner", message: "No miner of this model takes sealed tasks here now." },
    });
    expect(hold).not.toHaveBeenCalled();
    await sealingMiner(router, "anna");
    await untilSealed(new SealedClient(router, "probe"), router);
    expect(hold).toHaveBeenCalledTimes(1);
  });
});
