import { buildWrites, buildCommit, buildAssign, connectSolana, solanaKeyToHex, type TaskState } from "@cortensor/chain";
import {
  addressOfPrivateKey,
  cutOffOf,
  decodeSolanaAnswer,
  encodeQuorum,
  encodeSolanaRequest,
  type EpochTimes,
  type GuardSet,
  signDigest,
  solanaResultHash,
  toCompactSignature,
} from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOMAIN, GUARD_KEYS, type HubWorld, SET, SHARES, startHubWorld } from "../../rollup/test/hubWorld.js";
import { createSolanaTasks, createVerdictSource, SolanaDesk } from "../src/index.js";
import { ACCOUNT, aRequest, startScriptedMiner, startTestRouter, type TestRouter, tearDown } from "./testNetwork.js";

const EPOCH_SECONDS = 60;
/** Of COR in wei, in the local mint's smallest unit. */
const UNIT_WEI = 10n ** 9n;
const PRICES = { weiPerTokenIn: UNIT_WEI, weiPerTokenOut: 10n * UNIT_WEI };
const AMOUNT = 10_000n;

describe("a task whose client touches Solana alone", { timeout: 120_000 }, () => {
  let world: HubWorld;
  let router: TestRouter;
  let desk: SolanaDesk;
  let times: EpochTimes;
  beforeAll(async () => {
    world = await startHubWorld();
    router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner", prices: PRICES });
    const t0 = Number(await world.cluster.rpc.getBlockTime(BigInt(world.svm.slot())).send());
    times = { t0, epochSeconds: EPOCH_SECONDS };
    const tasks = createSolanaTasks({
      ...{ place: world.place, connect, key: world.people.router, times, readGuardSet },
      confirm: async () => world.seconds(1),
    });
    const caller = { account: ACCOUNT, custody: "custodial" } as const;
    desk = new SolanaDesk({ tasks, gateway: router.gateway, caller, clock: systemClock, log: silentLogger });
  });
  afterAll(async () => {
    await desk.stop();
    await world.svm.stop();
    await tearDown();
  });

  const connect = () => connectSolana({ url: world.svm.url, genesisHash: world.cluster.genesisHash });
  const readGuardSet = async (epoch: number): Promise<GuardSet> => ({ ...SET, epoch });
  const nowSeconds = async () => Number(await world.cluster.rpc.getBlockTime(BigInt(world.svm.slot())).send());
  const sourceOf = () =>
    createVerdictSource({
      ...{ place: world.place, genesisHash: world.cluster.genesisHash, connect, payer: world.people.stranger },
      ...{ domain: DOMAIN, chain: { times, readGuardSet, readFrozen: async () => new Set() }, nowSeconds: () => 0 },
    });
  const openFor = async (text: string): Promise<TaskState> => {
    const request = encodeSolanaRequest(aRequest(router, text, { maxTokens: 16 }));
    return world.task(await world.open({ request, amount: AMOUNT, answerRoom: 256 }));
  };
  const rounds = async (count: number): Promise<void> => {
    for (let round = 0; round < count; round += 1) {
      await desk.round();
      await desk.idle();
      world.seconds(1);
    }
  };
  /** What five guards make of the epoch that runs now, each by itself, once it is final; posted with their signatures. */
  const attest = async (): Promise<ReadonlySet<string>> => {
    const epoch = Math.floor(((await nowSeconds()) - times.t0) / EPOCH_SECONDS);
    world.seconds(cutOffOf(times, epoch) + 3 - (await nowSeconds()));
    const source = sourceOf();
    const { set } = await source.readSet(epoch);
    const computed = await Promise.all(GUARD_KEYS.map(() => sourceOf().compute(epoch)));
    const roots = new Set(computed.map((one) => (one.kind === "root" ? one.root : one.kind)));
    const [root] = computed;
    if (root?.kind !== "root") return roots;
    const digest = source.digestOf({ epoch, root: root.root });
    const signatures = GUARD_KEYS.map((key) => ({
      guard: addressOfPrivateKey(key),
      signature: toCompactSignature(signDigest(digest, key)),
    }));
    await source.post({ epoch, root: root.root, packed: encodeQuorum(set, signatures) });
    world.seconds(3);
    expect(await source.readPosted(epoch)).toBeDefined();
    return roots;
  };
  const money = async () => {
    const { client, router: operator, treasury } = world.people;
    return Promise.all([client, operator, treasury].map((one) => world.balanceOf(one.address)));
  };

  it("is opened, assigned, answered, attested and paid, and the network has its receipt as of any other", async () => {
    const before = await money();
    const opened = await openFor("what is the answer?");
    await rounds(2);
    const answered = await world.task(opened.address);
    expect(answered).toMatchObject({ phase: "committed", miner: world.people.router.address });
    const said = decodeSolanaAnswer(answered.answer);
    expect(said.text.length).toBeGreaterThan(0);
    const document = await router.gateway.findReceipt(said.taskId);
    expect(document?.receipt).toMatchObject({ account: ACCOUNT, resultsHash: said.resultsHash });
    const feeWei = document?.receipt.feeWei ?? 0n;
    const fee = answered.fee;
    const network = (fee * BigInt(SHARES.networkBps)) / 10_000n;
    expect((fee - network) * UNIT_WEI).toBeGreaterThanOrEqual(feeWei);
    expect((fee - network - 2n) * UNIT_WEI).toBeLessThan(feeWei);

    expect((await attest()).size).toBe(1);
    await rounds(3);
    expect(await world.task(opened.address)).toMatchObject({ phase: "ended", reason: "attested", minerAmount: fee });
    const after = await money();
    expect(after.map((balance, index) => balance - (before[index] ?? 0n))).toEqual([-fee, fee - network, network]);
  });

  it("is paid nothing when a miner committed to what isn't there: guards refuse it, and its client has everything back", async () => {
    const { client, router: operator } = world.people;
    const before = await world.balanceOf(client.address);
    const opened = await openFor("what isn't there?");
    const own = { program: world.place.program, task: opened.address, by: operator };
    const answer = new TextEncoder().encode("no answer in the network's form");
    const resultHash = solanaResultHash(solanaKeyToHex(opened.address), answer);
    const commit = buildCommit(own, { resultHash, fee: AMOUNT, answerBytes: answer.length });
    await world.send([buildAssign(own, operator.address), ...buildWrites(own, answer), commit], operator);
    expect((await attest()).size).toBe(1);
    await rounds(3);
    expect(await world.task(opened.address)).toMatchObject({ phase: "ended", reason: "refused", minerAmount: 0n });
    expect(await world.balanceOf(client.address)).toBe(before);
  });

  it("isn't taken when it can't be read, or has no room for what it asks", async () => {
    const request = encodeSolanaRequest(aRequest(router, "too long", { maxTokens: 500 }));
    const all = [await world.open(), await world.open({ request, amount: AMOUNT, answerRoom: 256 })];
    await rounds(2);
    for (const one of all) expect(await world.task(one)).toMatchObject({ phase: "opened" });
  });

  it("goes back to its client when the network asks for more than lies there", async () => {
    const request = encodeSolanaRequest(aRequest(router, "too dear", { maxTokens: 16 }));
    const task = await world.open({ request, amount: 3n, answerRoom: 256 });
    await rounds(2);
    expect(await world.task(task)).toMatchObject({ phase: "assigned" });
    world.seconds(61);
    await rounds(3);
    expect(await world.task(task)).toMatchObject({ phase: "ended", reason: "unanswered", minerAmount: 0n });
  });

  it("makes an offence, under the guards' own domain, of two roots that one guard signed", async () => {
    const source = sourceOf();
    const [key] = GUARD_KEYS;
    if (key === undefined) expect.unreachable();
    const signed = ([`0x${"0a".repeat(32)}`, `0x${"0b".repeat(32)}`] as const).map((root) => ({
      root,
      signature: toCompactSignature(signDigest(source.digestOf({ epoch: 7, root }), key)),
    }));
    const [one, two] = signed;
    if (one === undefined || two === undefined) expect.unreachable();
    const offence = source.offenceOf(7, one, two);
    expect(offence).toEqual(source.offenceOf(7, two, one));
  });
});
