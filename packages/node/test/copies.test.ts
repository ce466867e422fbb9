import type { InferEvent } from "@cortensor/api";
import { createMemoryBooks } from "@cortensor/books";
import { createScriptedEngine } from "@cortensor/engine";
import type { ModelDistance } from "@cortensor/proof";
import {
  type Address,
  type Payee,
  priceWei,
  registryDomain,
  samplerSeed,
  type TaskChoice,
  verifyReceiptDocument,
} from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { COR, PROFILE } from "./fakeChain.js";
import { answerText, honest, N_IN, type RawTask, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  API_KEY,
  addressOf,
  aRequest,
  OPERATOR,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

/** The operator's own session, which pays for comparing. */
const COMPARISON_ACCOUNT = ACCOUNT + 1;
const THREE: TaskChoice = { validation: "redundant", redundancy: 3 };

async function startComparing(options: Parameters<typeof startTestRouter>[0] = {}): Promise<TestRouter> {
  const books = createMemoryBooks({ lane: OPERATOR, clock: systemClock });
  const config = { comparisonAccount: COMPARISON_ACCOUNT, copiesWaitMs: 60_000, ...options.config };
  const router = await startTestRouter({ ...options, books, config });
  router.chain.setLane(COMPARISON_ACCOUNT, { owner: OPERATOR, allotmentWei: 1_000n * COR });
  await books.putSession({
    account: COMPARISON_ACCOUNT,
    session: `0x${"08".padStart(64, "0")}`,
    owner: OPERATOR,
    custody: "custodial",
    allotmentWei: 1_000n * COR,
    sessionClass: "unvalidated",
  });
  return router;
}

async function askFor(
  router: TestRouter,
  choice: TaskChoice,
  options: { readonly text?: string; readonly signal?: AbortSignal } = {},
) {
  const caller = await router.gateway.authenticate(API_KEY);
  if (caller === undefined) throw new Error("the test key is unknown");
  const { text = "hello there", signal = new AbortController().signal } = options;
  const events: InferEvent[] = [];
  for await (const event of await router.gateway.infer(caller, aRequest(router, text), { signal, choice }))
    events.push(event);
  const started = events.find(({ kind }) => kind === "started");
  return {
    text: events.map((event) => (event.kind === "text" ? event.text : "")).join(""),
    taskId: started?.kind === "started" ? started.taskId : ("0x" as const),
    done: events.find((event) => event.kind === "done"),
    refusal: events.find((event) => event.kind === "failed")?.refusal,
    events,
  };
}

const quoteOf = async (router: TestRouter, choice: TaskChoice, text = "hello there") =>
  router.gateway.quote(
    { account: ACCOUNT, custody: "custodial" },
    { work: { kind: "generation", request: aRequest(router, text) }, terms: {}, choice, denomination: "cor" },
  );

const lane = ({ gateway }: TestRouter) => gateway.lane({ account: ACCOUNT, custody: "custodial" });
const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });

describe("three copies of one answer", () => {
  it("are made by three miners, each paid to its result; quote = formula ≥ charge, exact to the wei", async () => {
    const router = await startComparing();
    const miners: Address[] = [];
    for (const name of ["one", "two", "three"]) miners.push((await startScriptedMiner(router, { name })).address);
    const quoted = await quoteOf(router, THREE);
    const answer = await askFor(router, THREE);
    expect(answer.refusal).toBeUndefined();
    expect(answer.text).toBe("You said: hello there");
    const { receipt, payees, results, ...rest } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ replica, segment }) => [replica, segment])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    expect(new Set(payees.map(({ miner }) => miner))).toEqual(new Set(miners));
    expect(results).toHaveLength(3);
    const routerSigner = router.identity.signer.address;
    expect(verifyReceiptDocument({ document: { receipt, payees, results, ...rest }, domain, routerSigner })).toEqual({
      kind: "valid",
    });
    // All copies say the same here, so each counts the same tokens.
    const [nIn, nOut] = [receipt.nIn / 3, receipt.nOut / 3];
    const terms = { redundant: 3, numOfValidatorNodes: 0, sla: 0, privacy: "open" } as const;
    expect(receipt.feeWei).toBe(priceWei({ model: PRICES, terms, nIn, nOut }));
    expect(payees.every(({ wei }) => wei * 3n === receipt.feeWei)).toBe(true);
    expect(quoted).toMatchObject({ kind: "quoted", quote: { unavailable: [], formula: { terms } } });
    if (quoted.kind === "quoted") expect(quoted.quote.wei).toBeGreaterThanOrEqual(receipt.feeWei);
    expect(answer.done).toMatchObject({
      feeWei: receipt.feeWei,
      label: "unproved",
      copies: { asked: 3, arrived: 3, outliers: [] },
    });
    expect(rest.label).toBe("unproved");
    await until(async () => (await lane(router)).heldWei === 0n);
    expect((await lane(router)).spentWei).toBe(receipt.feeWei);
  });

  it("give the one nearest their middle; the comparison is an ordinary task that the operator's own session pays", async () => {
    const router = await startComparing();
    const replies = ["blue whales swim far", "blue whales swim far north", "tax forms are due in april"];
    for (const [at, name] of ["one", "two", "three"].entries()) {
      await startScriptedMiner(router, { name, script: { reply: () => replies[at] ?? "" } });
    }
    const { text, done } = await askFor(router, THREE);
    expect(text).not.toBe(replies[2]);
    const distances = done?.copies?.distances?.map(({ distance }) => distance) ?? [];
    expect(Math.min(...distances)).toBe(distances[done?.copies?.answer ?? -1]);
    const booked = () => router.books.listReceipts({ account: COMPARISON_ACCOUNT, limit: 10 });
    await until(async () => (await booked()).length > 0);
    const [comparison, ...more] = await booked();
    expect(more).toEqual([]);
    expect(comparison?.receipt.feeWei).toBe(BigInt(comparison?.receipt.nIn ?? 0) * PRICES.weiPerTokenIn);
    expect((await lane(router)).spentWei).toBe(done?.feeWei);
  });

  it("have replica indices of their own, so that no two have one seed", async () => {
    const router = await startComparing();
    const tasks: RawTask[] = [];
    for (const name of ["one", "two", "three"]) {
      await startRawMiner(router, {
        name,
        onTask: (task) => {
          tasks.push(task);
          honest(5)(task);
        },
      });
    }
    expect((await askFor(router, THREE)).text).toBe(answerText(5));
    expect(tasks.map(({ assignment }) => assignment.replica).sort()).toEqual([0, 1, 2]);
    const source = tasks[0]?.start.seedSource ?? "0x";
    expect(tasks.every(({ start }) => start.seedSource === source)).toBe(true);
    expect(new Set(tasks.map(({ assignment }) => samplerSeed(source, assignment.replica))).size).toBe(3);
  });
});

/** Forty tokens of these words, over and over. */
function say(task: RawTask, text: string): void {
  const words = text.split(" ");
  task
    .accept()
    .tokensTo(40, (at) => `${words[at % words.length]} `)
    .finish();
}

/** A calibrated distance of what scripted engines say, embedded by one. */
function ofScripted(outlierAbove: number): ModelDistance {
  const { modelId } = createScriptedEngine().describe();
  const cheats = [{ name: "far", answers: 100, outliers: 100, found: { low: 0.96, high: 1 } }];
  const measured = { copies: 3, falseAlarmsMax: 0.01, held: { answers: 100, outliers: 1 }, cheats };
  return { modelId, embeddingModelId: modelId, outlierAbove, ...measured };
}

describe("a copy beyond the calibrated distance", () => {
  it("is paid what was acknowledged alone, isn't the answer, and its result isn't in the receipt", async () => {
    const authors = ["one", "two", "liar"];
    const router = await startComparing({
      terms: { mode: "dedicated", dedicatedNodes: authors.map(addressOf) },
      distances: [ofScripted(0.2)],
    });
    const embedder = await startScriptedMiner(router, { name: "embedder" });
    const whales = (task: RawTask): void => say(task, "blue whales swim far");
    await startRawMiner(router, { name: "one", onTask: whales });
    await startRawMiner(router, { name: "two", onTask: whales });
    const liar = await startRawMiner(router, { name: "liar", onTask: (task) => say(task, "tax forms are due") });
    const { done, taskId, text } = await askFor(router, THREE);
    expect(text).toContain("whales");
    const { payees, results } = await receiptOf(router, taskId);
    const paidTo = (miner: Address): Payee | undefined => payees.find((one) => one.miner === miner);
    expect(paidTo(liar.address)).toMatchObject({ from: 0, to: 32 });
    expect(results).toHaveLength(2);
    expect(done?.copies?.outliers).toEqual([paidTo(liar.address)?.replica]);
    for (const payee of payees.filter(({ miner }) => miner !== liar.address)) expect(payee.to).toBe(40);
    const compared = async () => (await router.books.listReceipts({ account: COMPARISON_ACCOUNT, limit: 1 }))[0];
    await until(async () => (await compared()) !== undefined);
    expect((await compared())?.payees.map(({ miner }) => miner)).toEqual([embedder.address]);
  });
});

describe("copies that don't all arrive", () => {
  it("end with what has arrived a while after most have, and who was late is paid what was acknowledged", async () => {
    const router = await startComparing({ config: { copiesWaitMs: 1 } });
    await startRawMiner(router, { name: "one", onTask: honest(5) });
    await startRawMiner(router, { name: "two", onTask: honest(5) });
    const slow = await startRawMiner(router, { name: "slow", onTask: (task) => void task.accept().tokensTo(40) });
    const { text, done, taskId } = await askFor(router, THREE);
    expect(text).toBe(answerText(5));
    expect(done?.copies).toEqual({ asked: 3, arrived: 2, answer: expect.any(Number), outliers: [] });
    const { payees } = await receiptOf(router, taskId);
    expect(payees.find(({ miner }) => miner === slow.address)?.to).toBe(32);
    expect(payees).toHaveLength(3);
  });

  it("are all paid what they made when the client goes, and nothing more is held", async () => {
    const router = await startComparing();
    const tasks: RawTask[] = [];
    const onTask = (task: RawTask): void => void tasks.push(task.accept().tokensTo(32));
    for (const name of ["one", "two", "three"]) await startRawMiner(router, { name, onTask });
    const leaving = new AbortController();
    const answering = askFor(router, THREE, { signal: leaving.signal });
    await until(() => tasks.length === 3);
    leaving.abort();
    for (const task of tasks) {
      await until(() => task.received.some(({ kind }) => kind === "abort"));
      task.finish({ finish: "abort" });
    }
    const { taskId, done } = await answering;
    expect(done).toMatchObject({ finish: "abort", nOut: 96, nIn: 3 * N_IN });
    expect((await receiptOf(router, taskId)).payees).toHaveLength(3);
    await until(async () => (await lane(router)).heldWei === 0n);
  });
});

describe("copies that can't be made", () => {
  const refusalOf = async (router: TestRouter, choice: TaskChoice) => (await askFor(router, choice)).refusal;

  it("are refused by name, and nothing is held: fewer miners than copies", async () => {
    const router = await startComparing();
    await startRawMiner(router, { name: "one", onTask: honest(5) });
    await startRawMiner(router, { name: "two", onTask: honest(5) });
    expect(await refusalOf(router, THREE)).toEqual({
      code: "no_miner",
      message: "3 copies need as many miners, and 2 can serve the session with this model now.",
    });
    expect(await lane(router)).toMatchObject({ spentWei: 0n, heldWei: 0n });
  });

  it("are refused where the session takes fewer nodes, and where nobody pays for their comparison", async () => {
    const narrow = await startComparing({ terms: { maxNumOfNodes: 2 } });
    for (const name of ["one", "two", "three"]) await startRawMiner(narrow, { name, onTask: honest(5) });
    expect(await refusalOf(narrow, THREE)).toMatchObject({
      code: "session_unsupported",
      message: expect.stringContaining("'maxNumOfNodes' is 2"),
    });
    const plain = await startTestRouter();
    for (const name of ["one", "two", "three"]) await startRawMiner(plain, { name, onTask: honest(5) });
    expect(await refusalOf(plain, THREE)).toMatchObject({
      code: "session_unsupported",
      message: expect.stringContaining("'redundant' 3"),
    });
    expect(await quoteOf(plain, THREE)).toMatchObject({ kind: "quoted", quote: { unavailable: ["redundant"] } });
  });
});

describe("what a client chooses", () => {
  it("replaces its session's copies for one task", async () => {
    const router = await startComparing({ terms: { redundant: 3 } });
    await startRawMiner(router, { name: "one", onTask: honest(5) });
    const { done } = await askFor(router, { validation: "none" });
    expect(done).toMatchObject({ nOut: 5 });
    expect(done?.copies).toBeUndefined();
  });

  it("is refused by name when it is copies in a session with validators, priced all the same", async () => {
    const router = await startComparing({ terms: { numOfValidatorNodes: 1 } });
    for (const name of ["one", "two", "three"]) await startRawMiner(router, { name, onTask: honest(5) });
    expect((await askFor(router, THREE)).refusal).toMatchObject({
      code: "session_unsupported",
      message: expect.stringContaining("'numOfValidatorNodes' 1"),
    });
    expect(await quoteOf(router, THREE)).toMatchObject({
      kind: "quoted",
      quote: { unavailable: ["numOfValidatorNodes"], formula: { surcharges: { validationBps: 1_085 } } },
    });
    expect(await quoteOf(router, { validation: "check" })).toMatchObject({ quote: { unavailable: [] } });
  });

  it("bounds what a task may cost: dearer ones are refused before anything is held", async () => {
    const router = await startComparing();
    for (const name of ["one", "two", "three"]) await startRawMiner(router, { name, onTask: honest(5) });
    const quoted = await quoteOf(router, THREE);
    const wei = quoted.kind === "quoted" ? quoted.quote.wei : 0n;
    expect((await askFor(router, { ...THREE, maxFeeWei: wei - 1n })).refusal).toEqual({
      code: "fee_above_limit",
      message: `The largest fee of this request is ${wei} wei, above its 'max_fee_wei' of ${wei - 1n}.`,
    });
    expect(await quoteOf(router, { ...THREE, maxFeeWei: wei - 1n })).toMatchObject({
      refusal: { code: "fee_above_limit" },
    });
    expect(await lane(router)).toMatchObject({ spentWei: 0n, heldWei: 0n });
    expect((await askFor(router, { ...THREE, maxFeeWei: wei })).done).toBeDefined();
  });
});
