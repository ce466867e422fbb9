import {
  buildAssign,
  buildCommit,
  buildWrites,
  connectSolana,
  requireHub,
  solanaKeyToHex,
  type TaskState,
} from "@cortensor/chain";
import {
  addressOfPrivateKey,
  type Bytes32,
  cutOffOf,
  type EpochTimes,
  encodeQuorum,
  encodeSolanaAnswer,
  encodeSolanaRequest,
  type GuardSet,
  hashResult,
  readSolanaAnswer,
  recordEpochAt,
  resultsHash,
  SOLANA_SETTLE_SECONDS,
  type SolanaAnswer,
  setEntryId,
  signDigest,
  solanaResultHash,
  solanaTaskNonce,
  toCompactSignature,
} from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOMAIN, GUARD_KEYS, type HubWorld, SET, SHARES, stakesOf, startHubWorld } from "../../rollup/test/hubWorld.js";
import { createSolanaTasks, createVerdictSource, SolanaDesk } from "../src/index.js";
import {
  ACCOUNT,
  aRequest,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
} from "./testNetwork.js";

const EPOCH_SECONDS = 60;
/** Of COR in wei, in the local mint's smallest unit. */
const UNIT_WEI = 10n ** 9n;
const PRICES = { weiPerTokenIn: UNIT_WEI, weiPerTokenOut: 10n * UNIT_WEI };
const AMOUNT = 10_000n;
/** The operator's session, by which its miners are paid. */
const CALLER = { account: ACCOUNT, custody: "custodial" } as const;

describe("a task whose client touches Solana alone", { timeout: 120_000 }, () => {
  let world: HubWorld;
  let router: TestRouter;
  let desk: SolanaDesk;
  let times: EpochTimes;
  const settled = new Map<Bytes32, { readonly resultsHash: Bytes32; readonly feeWei: bigint }>();
  beforeAll(async () => {
    world = await startHubWorld();
    router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner", prices: PRICES });
    const t0 = Number(await world.cluster.rpc.getBlockTime(BigInt(world.svm.slot())).send());
    times = { t0, epochSeconds: EPOCH_SECONDS };
    const key = world.people.router;
    const tasks = createSolanaTasks({ place: world.place, connect, key, confirm: async () => world.seconds(1) });
    desk = new SolanaDesk({ tasks, gateway: router.gateway, caller: CALLER, clock: systemClock, log: silentLogger });
  });
  afterAll(async () => {
    await desk.stop();
    await world.svm.stop();
    await tearDown();
  });

  const connect = () => connectSolana({ url: world.svm.url, genesisHash: world.cluster.genesisHash });
  let guards = SET;
  const readGuardSet = async (epoch: number): Promise<GuardSet> => ({ ...guards, epoch });
  const nowSeconds = async () => Number(await world.cluster.rpc.getBlockTime(BigInt(world.svm.slot())).send());
  const sourceOf = () =>
    createVerdictSource({
      ...{ place: world.place, genesisHash: world.cluster.genesisHash, connect, payer: world.people.stranger },
      ...{ domain: DOMAIN, chain: { times, readGuardSet, readFrozen: async () => new Set<never>() } },
      ...{ readSettled: async () => settled, nowSeconds: () => 0, confirm: async () => world.seconds(2) },
    });
  /** The router settles what it has a receipt of: guards find it in its set. */
  const settle = async (taskId: Bytes32, change: { readonly feeWei?: bigint } = {}): Promise<void> => {
    const document = await router.gateway.findReceipt(taskId);
    if (document === undefined) throw new Error("there is no receipt");
    settled.set(setEntryId(taskId), { ...document.receipt, ...change });
  };
  const openFor = async (text: string): Promise<TaskState> => {
    const request = encodeSolanaRequest(aRequest(router, text, { maxTokens: 16 }));
    return world.task(await world.open({ request, amount: AMOUNT, answerRoom: 700 }));
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
    const epoch = recordEpochAt(times, await nowSeconds());
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
    const said = readSolanaAnswer({ ...answered, account: solanaKeyToHex(answered.address) });
    if (said === undefined) throw new Error("its account shows no answer");
    const { taskId } = said.result;
    expect(said.text.length).toBeGreaterThan(0);
    const document = await router.gateway.findReceipt(taskId);
    expect(document?.receipt).toMatchObject({ account: ACCOUNT, resultsHash: resultsHash([hashResult(said.result)]) });
    const feeWei = document?.receipt.feeWei ?? 0n;
    const fee = answered.fee;
    const network = (fee * BigInt(SHARES.networkBps)) / 10_000n;
    expect((fee - network) * UNIT_WEI).toBeGreaterThanOrEqual(feeWei);
    expect((fee - network - 2n) * UNIT_WEI).toBeLessThan(feeWei);

    expect(await attest()).toEqual(new Set(["empty"]));
    expect(await world.task(opened.address)).toMatchObject({ phase: "committed" });
    await settle(taskId);
    expect((await attest()).size).toBe(1);
    await rounds(3);
    expect(await world.task(opened.address)).toMatchObject({ phase: "ended", reason: "attested", minerAmount: fee });
    const after = await money();
    expect(after.map((balance, index) => balance - (before[index] ?? 0n))).toEqual([-fee, fee - network, network]);
  });

  /** Takes a task past the desk, as a router would that has other things in mind. */
  const answerBy = async (opened: TaskState, answer: Uint8Array, fee: bigint): Promise<void> => {
    const { router: operator } = world.people;
    const own = { program: world.place.program, task: opened.address, by: operator };
    const resultHash = solanaResultHash(solanaKeyToHex(opened.address), answer);
    await world.send([buildAssign(own, operator.address), ...buildWrites(own, answer)], operator);
    await world.send([buildCommit(own, { resultHash, fee, answerBytes: answer.length })], operator);
  };
  const answerOf = async (prompt: string, userNonce: Bytes32): Promise<SolanaAnswer> => {
    const signal = new AbortController().signal;
    const request = aRequest(router, prompt, { maxTokens: 16 });
    let [text, taskId]: [string, Bytes32] = ["", "0x"];
    for await (const event of await router.gateway.infer(CALLER, request, { userNonce, signal })) {
      if (event.kind === "text") text += event.text;
      if (event.kind === "done") taskId = event.taskId;
    }
    await receiptOf(router, taskId);
    await settle(taskId);
    const found = await router.gateway.evidence.find(taskId, CALLER);
    const [body] = found.kind === "found" ? found.evidence.bodies : [];
    if (body === undefined) throw new Error("its miner shows no body");
    return { task: body.task, promptSalt: body.promptSalt, result: body.result, text };
  };

  it("is paid nothing for what wasn't asked, wasn't made for it, or isn't there, nor for more than it cost", async () => {
    const { client } = world.people;
    const before = await world.balanceOf(client.address);
    const all = [];
    for (let count = 0; count < 5; count += 1) all.push(await openFor("what is true?"));
    const [noise, altered, asked, made, dear] = all;
    if (!noise || !altered || !asked || !made || !dear) throw new Error("five were opened");
    const nonceOf = ({ address, openedAt }: TaskState) =>
      solanaTaskNonce({ account: solanaKeyToHex(address), openedAt });
    const own = (of: TaskState) => answerOf("what is true?", nonceOf(of));
    await answerBy(noise, new TextEncoder().encode("no answer in the network's form"), 1n);
    const whole = await own(altered);
    await answerBy(altered, encodeSolanaAnswer({ ...whole, text: `${whole.text}!` }), 1n);
    await settle(whole.result.taskId);
    await answerBy(asked, encodeSolanaAnswer(await answerOf("what is false?", nonceOf(asked))), 1n);
    await answerBy(made, encodeSolanaAnswer(await own(altered)), 1n);
    await answerBy(dear, encodeSolanaAnswer(await own(dear)), AMOUNT);
    expect((await attest()).size).toBe(1);
    await rounds(3);
    for (const one of all)
      expect(await world.task(one.address)).toMatchObject({ phase: "ended", reason: "refused", minerAmount: 0n });
    expect(await world.balanceOf(client.address)).toBe(before);
  });

  it("is paid nothing for what the network never settles", async () => {
    const opened = await openFor("what is owed?");
    await rounds(2);
    await attest();
    expect(await world.task(opened.address)).toMatchObject({ phase: "committed" });
    world.seconds(SOLANA_SETTLE_SECONDS);
    expect((await attest()).size).toBe(1);
    await rounds(3);
    expect(await world.task(opened.address)).toMatchObject({ phase: "ended", reason: "refused", minerAmount: 0n });
  });

  it("is asked of the network once, however often its answer finds no way onto the cluster", async () => {
    const key = world.people.router;
    const tasks = createSolanaTasks({ place: world.place, connect, key, confirm: async () => world.seconds(1) });
    const { gateway } = router;
    let [asked, refused] = [0, 0];
    const unlucky = new SolanaDesk({
      tasks: {
        ...tasks,
        answer: async (...said) => {
          refused += 1;
          if (refused < 3) throw new Error("the cluster is away");
          await tasks.answer(...said);
        },
      },
      gateway: {
        findReceipt: (taskId) => gateway.findReceipt(taskId),
        evidence: gateway.evidence,
        infer: (...question) => {
          asked += 1;
          return gateway.infer(...question);
        },
      },
      ...{ caller: CALLER, clock: systemClock, log: silentLogger },
    });
    const opened = await openFor("what is paid once?");
    for (let round = 0; round < 5; round += 1) {
      await unlucky.round();
      await unlucky.idle();
      world.seconds(1);
    }
    expect(await world.task(opened.address)).toMatchObject({ phase: "committed" });
    expect({ asked, refused }).toEqual({ asked: 1, refused: 3 });
  });

  it("isn't taken when it can't be read, or has no room for what it asks", async () => {
    const request = encodeSolanaRequest(aRequest(router, "too long", { maxTokens: 400 }));
    const all = [await world.open(), await world.open({ request, amount: AMOUNT, answerRoom: 700 })];
    await rounds(2);
    for (const one of all) expect(await world.task(one)).toMatchObject({ phase: "opened" });
  });

  it("goes back to its client when the network asks for more than lies there", async () => {
    const request = encodeSolanaRequest(aRequest(router, "too dear", { maxTokens: 16 }));
    const task = await world.open({ request, amount: 3n, answerRoom: 700 });
    await rounds(2);
    expect(await world.task(task)).toMatchObject({ phase: "assigned" });
    world.seconds(61);
    await rounds(3);
    expect(await world.task(task)).toMatchObject({ phase: "ended", reason: "unanswered", minerAmount: 0n });
  });

  it("is of no hub that hears other guards, nor of an account that is none", async () => {
    expect(await requireHub(world.cluster, world.place, DOMAIN)).toMatchObject({ decimals: 9 });
    const other = { ...DOMAIN, chainId: 1 };
    await expect(requireHub(world.cluster, world.place, other)).rejects.toMatchObject({ code: "SOLANA_BAD_HUB" });
    const none = { ...world.place, hub: world.people.client.address };
    await expect(requireHub(world.cluster, none, DOMAIN)).rejects.toMatchObject({ code: "SOLANA_BAD_HUB" });
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
  it("hands over to the set that guards' own chain has next, as soon as the former has signed for it", async () => {
    guards = stakesOf([...GUARD_KEYS.slice(1), `0x${"66".repeat(32)}`], 0, 7n);
    expect((await attest()).size).toBe(1);
    expect((await world.readHub()).set.members).toEqual(guards.members);
  });
});
