import { createMemoryBooks } from "@cortensor/books";
import {
  hashAccess,
  hashDebit,
  keccak256,
  paymentDomain,
  signDigest,
  typedDataDigest,
  utf8ToBytes,
} from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { PROFILE } from "./fakeChain.js";
import { answerText, honest, N_IN, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  addressOf,
  aRequest,
  ask,
  keyOf,
  OPERATOR,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

describe("admission", () => {
  it("refuses a model that nobody offers, and anything while no miner is connected", async () => {
    const router = await startTestRouter();
    expect(router.gateway.health()).toMatchObject({ live: true, ready: false, reasons: ["No miner is connected."] });
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed?.code).toBe("model_not_found");
  });

  it("refuses when the balance doesn't cover the largest fee, and holds nothing", async () => {
    const router = await startTestRouter({ allotmentWei: 1_000n });
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed?.code).toBe("insufficient_balance");
    const lane = await router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    expect(lane).toMatchObject({ spentWei: 0n, heldWei: 0n });
    const small = await ask(router, aRequest(router, "hi", { maxTokens: 1 }));
    expect(small.failed?.code).toBe("insufficient_balance");
  });

  it("refuses a key's task beyond its budget though the account has more", async () => {
    const router = await startTestRouter();
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    const made = await router.gateway.keys.create({ account: ACCOUNT, name: "small", budgetWei: 10n });
    if (made.kind !== "created") throw new Error(made.message);
    const refused = await ask(router, aRequest(router, "hello"), { bearer: made.key });
    expect(refused.failed?.code).toBe("insufficient_balance");
    const answered = await ask(router, aRequest(router, "hello"));
    expect(answered.text).toBe(answerText(5));
  });

  it("refuses a prompt that no tokenizer makes fit, before any work", async () => {
    const router = await startTestRouter();
    const miner = await startRawMiner(router, { name: "small", onTask: honest(5), offer: { contextTokens: 1_024 } });
    const answer = await ask(router, aRequest(router, "x".repeat(2_000_000)));
    expect(answer.failed?.code).toBe("prompt_too_long");
    expect(miner.tasks).toHaveLength(0);
  });

  it("passes on that a prompt is too long when every miner says so", async () => {
    const router = await startTestRouter();
    for (const name of ["one", "two"]) {
      await startRawMiner(router, {
        name,
        onTask: (task) => task.send({ kind: "refused", code: "promptTooLong", detail: "" }),
      });
    }
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed?.code).toBe("prompt_too_long");
  });

  it("asks another miner when one refuses, and says when to come back when all do", async () => {
    const router = await startTestRouter();
    const busy = await startRawMiner(router, {
      name: "busy",
      offer: { weiPerTokenOut: 99n },
      onTask: (task) => task.send({ kind: "refused", code: "busy", detail: "" }),
    });
    const alone = await ask(router, aRequest(router, "hello"));
    expect(alone.failed?.code).toBe("overloaded");
    await startRawMiner(router, { name: "free", onTask: honest(5) });
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.text).toBe(answerText(5));
    expect(answer.done?.segments).toBe(1);
    expect(busy.tasks).toHaveLength(2);
  });

  it("refuses with a time to come back when every miner and the queue hold as many tasks as they can", async () => {
    const router = await startTestRouter({ config: { waitingMax: 1 } });
    await startRawMiner(router, { name: "full", capacity: 1, onTask: (task) => void task.accept().tokensTo(3) });
    const stop = new AbortController();
    const first = ask(router, aRequest(router, "hello"), { signal: stop.signal });
    await until(() => router.events.some(({ kind }) => kind === "taskStarted"));
    let isWaiting = false;
    const onEvent = (): void => {
      isWaiting = true;
    };
    const second = ask(router, aRequest(router, "hello"), { signal: stop.signal, onEvent });
    await until(() => isWaiting);
    const third = await ask(router, aRequest(router, "hello"));
    expect(third.failed).toMatchObject({ code: "overloaded" });
    expect(third.failed?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    stop.abort();
    await Promise.all([first, second]);
  });

  it("gives no work to a miner whose stake doesn't cover its fees in flight", async () => {
    const router = await startTestRouter();
    const poor = await startRawMiner(router, { name: "poor", onTask: honest(5), stakeWei: 1_000n });
    const refused = await ask(router, aRequest(router, "hello"));
    expect(refused.failed?.code).toBe("overloaded");
    expect(poor.tasks).toHaveLength(0);
    await startRawMiner(router, { name: "rich", onTask: honest(5) });
    expect((await ask(router, aRequest(router, "hello"))).text).toBe(answerText(5));
  });

  it("tells everyone that it is stopping, and ends what runs", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, {
      name: "slow",
      script: { reply: () => "word ".repeat(50), tokensPerSecond: 100 },
    });
    const running = ask(router, aRequest(router, "hello"));
    await until(() => router.events.some(({ kind }) => kind === "taskStarted"));
    const stopped = router.stop();
    const late = await ask(router, aRequest(router, "hello"));
    expect(late.failed?.code).toBe("shutting_down");
    expect((await running).done?.finish).toBe("stop");
    await stopped;
    expect(await router.books.findReceipt((await running).taskId)).toBeDefined();
  });
});

describe("an aborted task", () => {
  it("stops the miner and is charged what was generated", async () => {
    const router = await startTestRouter();
    const script = { reply: () => "word ".repeat(400), tokensPerSecond: 400 };
    const { address } = await startScriptedMiner(router, { name: "miner", script });
    const stop = new AbortController();
    let seen = 0;
    const answer = await ask(router, aRequest(router, "hello"), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === "text") seen += event.ids.length;
        if (seen > 40) stop.abort();
      },
    });
    expect(answer.done?.finish).toBe("abort");
    expect(answer.ids.length).toBeLessThan(512);
    const { payees, receipt } = await receiptOf(router, answer.taskId);
    expect(receipt).toMatchObject({ finish: "abort", nOut: answer.ids.length });
    expect(payees).toMatchObject([{ miner: address, from: 0, to: answer.ids.length }]);
  });

  it("is charged what was acknowledged when the miner doesn't answer", async () => {
    const router = await startTestRouter({ config: { abortGraceMs: 100 } });
    await startRawMiner(router, { name: "deaf", onTask: (task) => void task.accept().tokensTo(50) });
    const stop = new AbortController();
    let seen = 0;
    const answer = await ask(router, aRequest(router, "hello"), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === "text") seen += event.ids.length;
        if (seen === 50) stop.abort();
      },
    });
    expect(answer.done).toMatchObject({ finish: "abort", nIn: N_IN, nOut: 32 });
    expect((await receiptOf(router, answer.taskId)).results).toEqual([]);
  });

  it("costs nothing when nothing was made", async () => {
    const router = await startTestRouter({ config: { abortGraceMs: 100 } });
    await startRawMiner(router, { name: "slow", onTask: (task) => void task.accept() });
    const stop = new AbortController();
    const asking = ask(router, aRequest(router, "hello"), { signal: stop.signal });
    await until(() => router.events.some(({ kind }) => kind === "taskStarted"));
    stop.abort();
    expect((await asking).done).toMatchObject({ finish: "abort", feeWei: 0n });
    const lane = await router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    expect(lane).toMatchObject({ spentWei: 0n, heldWei: 0n });
  });
});

describe("a session in its owner's own custody", () => {
  const owner = addressOf("client");
  const domain = paymentDomain({ chainId: PROFILE.chainId, payment: PROFILE.addresses.sessionPayment });

  it("runs up to one chunk, then asks for a debit, takes it, and goes on", async () => {
    const chunkWei = 200_000n;
    const router = await startTestRouter({ owner, config: { chunkWei } });
    await startRawMiner(router, { name: "good", onTask: honest(100), offer: { contextTokens: 1_000 } });
    const caller = { account: ACCOUNT, custody: "self" } as const;
    // The chunk is mirrored with the prices of the miners that are there.
    await until(async () => (await router.gateway.lane(caller)).chunkWei >= chunkWei);
    let refused = 0;
    for (let task = 0; task < 60 && refused === 0; task += 1) {
      const answer = await ask(router, aRequest(router, "hello"));
      if (answer.failed?.code === "debit_required") refused += 1;
    }
    expect(refused).toBe(1);
    await until(async () => (await router.gateway.lane(caller)).heldWei === 0n);
    const status = await router.gateway.lane(caller);
    const sign = (debit: typeof status.nextDebit, key = keyOf("client")) => ({
      debit,
      signature: signDigest(typedDataDigest(domain, hashDebit(debit)), key),
    });
    const foreign = sign(status.nextDebit, keyOf("stranger"));
    expect(await router.gateway.acceptDebit(foreign)).toMatchObject({ kind: "refused" });
    const short = sign({ ...status.nextDebit, cumulativeWei: status.spentWei - 1n });
    expect(await router.gateway.acceptDebit(short)).toMatchObject({ kind: "refused" });
    const elsewhere = sign({ ...status.nextDebit, lane: owner });
    expect(await router.gateway.acceptDebit(elsewhere)).toMatchObject({ kind: "refused" });
    expect(await router.gateway.acceptDebit(sign(status.nextDebit))).toEqual({ kind: "accepted" });
    expect(await router.gateway.acceptDebit(sign(status.nextDebit))).toMatchObject({ kind: "refused" });
    expect((await ask(router, aRequest(router, "hello"))).failed).toBeUndefined();
  });

  it("buys a bearer token with a signature, and with no other", async () => {
    const router = await startTestRouter({ owner });
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    const caller = { account: ACCOUNT, custody: "self" } as const;
    await until(async () => (await router.gateway.lane(caller)).chunkWei > 0n);
    const expires = Math.floor(Date.now() / 1_000) + 600;
    const access = { account: ACCOUNT, lane: OPERATOR, expires };
    const sign = (key: `0x${string}`) => signDigest(typedDataDigest(domain, hashAccess(access)), key);
    const request = { account: ACCOUNT, expires };
    const stranger = await router.gateway.openAccess({ ...request, signature: sign(keyOf("stranger")) });
    expect(stranger.kind).toBe("refused");
    const late = await router.gateway.openAccess({ ...request, expires: 1, signature: sign(keyOf("client")) });
    expect(late.kind).toBe("refused");
    const opened = await router.gateway.openAccess({ ...request, signature: sign(keyOf("client")) });
    if (opened.kind !== "opened") throw new Error(opened.message);
    const answer = await ask(router, aRequest(router, "hello"), { bearer: opened.bearer });
    expect(answer.text).toBe(answerText(5));
  });
});

describe("keys", () => {
  it("are made and revoked by the admin alone, and only for accounts there are", async () => {
    const router = await startTestRouter();
    const { gateway } = router;
    expect(gateway.keys.isAdmin("admin")).toBe(true);
    expect(gateway.keys.isAdmin("guess")).toBe(false);
    expect((await gateway.keys.create({ account: 99, name: "x" })).kind).toBe("refused");
    const made = await gateway.keys.create({ account: ACCOUNT, name: "x" });
    if (made.kind !== "created") throw new Error(made.message);
    expect(await gateway.authenticate(made.key)).toMatchObject({ account: ACCOUNT, custody: "custodial" });
    expect(gateway.authenticate(made.key)).not.toBeInstanceOf(Promise);
    expect(await gateway.keys.revoke(made.keyHash)).toBe(true);
    expect(await gateway.authenticate(made.key)).toBeUndefined();
    expect(await gateway.keys.revoke(keccak256(utf8ToBytes("nothing")))).toBe(false);
  });
});

describe("two routers over one set of books", () => {
  it("never spend more than the account has", async () => {
    const books = createMemoryBooks({ lane: OPERATOR, clock: systemClock });
    const allotmentWei = 60_000n;
    const one = await startTestRouter({ name: "router one", books, allotmentWei });
    const two = await startTestRouter({ name: "router two", books, allotmentWei });
    await startRawMiner(one, { name: "a", onTask: honest(100) });
    await startRawMiner(two, { name: "b", onTask: honest(100) });
    const request = (router: typeof one) => aRequest(router, "hi", { maxTokens: 100 });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => ask(index % 2 ? one : two, request(index % 2 ? one : two))),
    );
    const feesWei = answers.reduce((sum, { done }) => sum + (done?.feeWei ?? 0n), 0n);
    expect(feesWei).toBeGreaterThan(0n);
    expect(feesWei).toBeLessThanOrEqual(allotmentWei);
    expect(answers.filter(({ failed }) => failed?.code === "insufficient_balance").length).toBeGreaterThan(0);
  });
});
