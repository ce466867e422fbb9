import type { Bytes32 } from "@cortensor/protocol";
import { createMetrics, silentLogger } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { CreditDesk } from "../src/router/creditDesk.js";
import { createRouterMetrics } from "../src/router/metrics.js";
import { ServiceMeter } from "../src/router/serviceMeter.js";
import { SessionBook } from "../src/router/sessionBook.js";
import { COR, type FakeSession, PROFILE } from "./fakeChain.js";
import { honest, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  addressOf,
  aRequest,
  ask,
  hashOf,
  OPERATOR,
  receiptOf,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const CLIENT = addressOf("client");
const NOW = () => Math.floor(Date.now() / 1_000);

/** The credit desk of a process that starts when the router's tasks have ended, `ahead` seconds from now. */
async function deskOver(router: TestRouter, { ahead = 60, refundsMaxWei = COR } = {}): Promise<CreditDesk> {
  const { books, chain } = router;
  const sessions = new SessionBook({ books, chain });
  await sessions.load();
  const time = { chainSeconds: () => NOW() + ahead, epoch: () => 0 };
  const metrics = createRouterMetrics(createMetrics(), {
    running: () => 0,
    miners: () => 0,
    verifiedMiners: () => 0,
    receiptsPending: () => 0,
  });
  const service = new ServiceMeter({ sessions, time, nowMs: () => Date.now() });
  return new CreditDesk({
    ...{ books, chain, sessions, service, time, refundsMaxWei, metrics },
    meter: `0x${"11".repeat(32)}`,
    finalityBlocks: 12,
    log: silentLogger,
  });
}

/** A router whose client owns the session, at level 1, with one miner of that level that answers unless `isDown`. */
async function startPromised(options: { readonly owner?: `0x${string}`; readonly sla?: number } = {}) {
  const { owner = CLIENT, sla = 1 } = options;
  const router = await startTestRouter({ owner, terms: { sla }, config: { chainPollMs: 10 } });
  router.chain.levels.set(addressOf("good"), 1);
  const state = { isDown: false };
  const answer = honest(5);
  await startRawMiner(router, {
    name: "good",
    onTask: (task) => {
      if (state.isDown) task.send({ kind: "refused", code: "busy", detail: "no room" });
      else answer(task);
    },
  });
  const answered: Bytes32[] = [];
  const serveOne = async (): Promise<boolean> => {
    const { taskId, done } = await ask(router, aRequest(router, "hello"));
    if (done !== undefined) answered.push(taskId);
    return done !== undefined;
  };
  const serve = async (count: number) => {
    for (let asked = 0; asked < count; asked += 1) await serveOne();
  };
  /** So many requests are counted, and the fees of all that were answered are in the books. */
  const untilCounted = async (asked: number) => {
    await until(() => isCounted(router, asked));
    for (const taskId of answered) await receiptOf(router, taskId);
  };
  // The level is read soon after the miner has come.
  await until(serveOne);
  return { router, state, serve, untilCounted };
}

const verdictOf = async (router: TestRouter) => (await router.books.sessionCredits({ account: ACCOUNT, limit: 9 }))[0];
async function isCounted(router: TestRouter, asked: number): Promise<boolean> {
  const rows = await router.books.unjudgedService(Number.MAX_SAFE_INTEGER, 9);
  return rows.reduce((sum, row) => sum + row.asked, 0) >= asked;
}

describe("a session that is served below its level", () => {
  it("gets its part of the fees back within the next epoch, once, whatever process looks", async () => {
    const { router, state, serve, untilCounted } = await startPromised();
    await serve(16);
    state.isDown = true;
    await serve(6);
    await untilCounted(23);
    const desk = await deskOver(router);
    await desk.round();
    const verdict = await verdictOf(router);
    expect(verdict).toMatchObject({ reason: "sla", state: "owed", sla: 1 });
    const { figures, fromEpoch, epoch = 0, wei = 0n } = verdict ?? {};
    expect(figures?.asked).toBeGreaterThanOrEqual(23);
    expect((figures?.asked ?? 0) - (figures?.answered ?? 0)).toBeGreaterThanOrEqual(6);
    const feesWei = await router.books.feesOf({ account: ACCOUNT, fromEpoch: fromEpoch ?? 0, epoch });
    expect(wei).toBe((feesWei * 50n) / 10_000n);
    expect(wei).toBeGreaterThan(0n);
    expect(router.chain.credits).toEqual([{ account: ACCOUNT, epoch, reason: "sla", wei }]);

    for (const process of [desk, await deskOver(router), await deskOver(router)]) await process.round();
    expect(router.chain.credits).toHaveLength(1);
    expect(await verdictOf(router)).toMatchObject({ state: "given", wei });
    expect(await router.gateway.service({ account: ACCOUNT, custody: "self" })).toMatchObject({
      sla: 1,
      promise: { nodeLevelMin: 1, creditBps: 50 },
      credits: [{ reason: "sla", epoch, wei, state: "given", figures }],
    });
  });

  it("is given it by a later process when the first one can't", async () => {
    const { router, state, serve, untilCounted } = await startPromised();
    await serve(16);
    state.isDown = true;
    await serve(6);
    await untilCounted(23);
    router.chain.creditError = new Error("the router has no COR");
    await (await deskOver(router)).round();
    expect(router.chain.credits).toEqual([]);
    expect(await verdictOf(router)).toMatchObject({ state: "owed" });
    router.chain.creditError = undefined;
    await (await deskOver(router)).round();
    expect(router.chain.credits).toHaveLength(1);
  });

  it("of the operator's own has nobody to give anything to", async () => {
    const { router, state, serve, untilCounted } = await startPromised({ owner: OPERATOR });
    await serve(16);
    state.isDown = true;
    await serve(6);
    await untilCounted(23);
    await (await deskOver(router)).round();
    expect(await verdictOf(router)).toMatchObject({ reason: "sla", state: "none", wei: 0n });
    expect(router.chain.credits).toEqual([]);
  });

  it("isn't judged before half the next epoch has passed", async () => {
    const { router, serve, untilCounted } = await startPromised();
    await serve(20);
    await untilCounted(20);
    await (await deskOver(router, { ahead: 0 })).round();
    expect(await verdictOf(router)).toBeUndefined();
  });
});

describe("a session that is served as promised", () => {
  it("gets nothing back, and the verdict says why", async () => {
    const { router, serve, untilCounted } = await startPromised();
    await serve(20);
    await untilCounted(20);
    await (await deskOver(router)).round();
    const { figures, ...verdict } = (await verdictOf(router)) ?? {};
    expect(verdict).toMatchObject({ reason: "sla", state: "none", wei: 0n, sla: 1 });
    expect(figures?.answered).toBe(figures?.asked);
    expect(router.chain.credits).toEqual([]);
  });

  it("without a level is never judged", async () => {
    const { router, serve } = await startPromised({ sla: 0 });
    await serve(3);
    expect(await router.books.unjudgedService(Number.MAX_SAFE_INTEGER, 9)).toEqual([]);
  });
});

describe("a task that is cut", () => {
  const startCutting = async (options: { readonly owner?: `0x${string}`; readonly taskTimeoutMs?: number } = {}) => {
    const { owner = CLIENT, taskTimeoutMs = 600_000 } = options;
    const router = await startTestRouter({ owner, config: { handoversMax: 0, taskTimeoutMs } });
    const isLate = options.taskTimeoutMs !== undefined;
    const miner = await startRawMiner(router, {
      name: "cutting",
      onTask: (task) => {
        task.accept().tokensTo(40);
        if (!isLate) task.send({ kind: "failed", code: "outOfMemory", detail: "a test" });
      },
    });
    return { router, miner };
  };

  it("by its miner is charged for what was acknowledged, and given back whole within the next epoch, once", async () => {
    const { router } = await startCutting();
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed?.code).toBe("miner_failed");
    const { receipt } = await receiptOf(router, answer.taskId);
    expect(receipt.finish).toBe("error");
    expect(receipt.feeWei).toBeGreaterThan(0n);
    const desk = await deskOver(router);
    for (const process of [desk, desk, await deskOver(router)]) await process.round();
    expect(router.chain.credits).toMatchObject([{ account: ACCOUNT, reason: "cut", wei: receipt.feeWei }]);
  });

  it("by its deadline is given back too", async () => {
    const { router } = await startCutting({ taskTimeoutMs: 150 });
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed?.code).toBe("timeout");
    const { receipt } = await receiptOf(router, answer.taskId);
    await (await deskOver(router)).round();
    expect(router.chain.credits).toMatchObject([{ reason: "cut", wei: receipt.feeWei }]);
  });

  it("of an API key leaves its budget as it was, and moves nothing on chain", async () => {
    const { router } = await startCutting({ owner: OPERATOR });
    const answer = await ask(router, aRequest(router, "hello"));
    await receiptOf(router, answer.taskId);
    const spentWei = async () => (await router.books.listKeys({ account: ACCOUNT, limit: 9 }))[0]?.spentWei;
    expect(await spentWei()).toBeGreaterThan(0n);
    await (await deskOver(router)).round();
    expect(await spentWei()).toBe(0n);
    expect(router.chain.credits).toEqual([]);
    expect((await router.books.findKey(await hashOf("ck-test")))?.account).toBe(ACCOUNT);
  });

  it("waits for an epoch in which as much may be given back", async () => {
    const { router } = await startCutting();
    const { taskId } = await ask(router, aRequest(router, "hello"));
    const { receipt } = await receiptOf(router, taskId);
    await (await deskOver(router, { refundsMaxWei: receipt.feeWei - 1n })).round();
    expect(router.chain.credits).toEqual([]);
    await (await deskOver(router, { ahead: 90, refundsMaxWei: receipt.feeWei })).round();
    expect(router.chain.credits).toHaveLength(1);
  });

  it("before anything was acknowledged costs nothing", async () => {
    const router = await startTestRouter({ owner: CLIENT, config: { handoversMax: 0 } });
    await startRawMiner(router, { name: "bad", onTask: (task) => void task.accept().tokensTo(5).finish({ nOut: 9 }) });
    const answer = await ask(router, aRequest(router, "hello"));
    expect(answer.failed?.code).toBe("miner_failed");
    expect(await router.books.laneStatus(ACCOUNT)).toMatchObject({ spentWei: 0n, heldWei: 0n, count: 0 });
  });
});

describe("the level of a session", () => {
  it("is measured from the first request on that finds it, and by nothing that the client can't pay", async () => {
    const terms: FakeSession["terms"] = { sla: 1 };
    const router = await startTestRouter({ owner: CLIENT, terms, allotmentWei: 1_000n, config: { chainPollMs: 10 } });
    router.chain.levels.set(addressOf("good"), 1);
    await startRawMiner(router, { name: "good", onTask: honest(5) });
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await ask(router, aRequest(router, "hello"))).failed?.code).toBe("insufficient_balance");
    }
    expect(await router.books.unjudgedService(Number.MAX_SAFE_INTEGER, 9)).toEqual([]);
    expect(PROFILE.epochSeconds).toBe(30);
  });
});
