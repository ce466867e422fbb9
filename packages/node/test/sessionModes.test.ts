import { type NodeLife, UNREGISTERED } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { FakeSession } from "./fakeChain.js";
import { honest, type RawTask, startRawMiner } from "./rawMiner.js";
import { ACCOUNT, addressOf, aRequest, ask, startTestRouter, type TestRouter, tearDown, until } from "./testNetwork.js";

afterEach(tearDown);

const startWith = (terms: NonNullable<FakeSession["terms"]>) => startTestRouter({ terms });
const good = (router: TestRouter, name: string) => startRawMiner(router, { name, onTask: honest(5) });
const refusalOf = async (router: TestRouter) => (await ask(router, aRequest(router, "hello"))).failed;
const isServed = async (router: TestRouter) => (await ask(router, aRequest(router, "hello"))).done !== undefined;

describe("a dedicated session", () => {
  it("is refused by name while none of its nodes is there, and served by the one that comes, never by another", async () => {
    const router = await startWith({ mode: "dedicated", dedicatedNodes: [addressOf("own")] });
    const other = await good(router, "other");
    expect(await refusalOf(router)).toEqual({
      code: "no_miner",
      message: "None of the session's dedicated nodes offers this model here now.",
    });
    const own = await good(router, "own");
    for (let count = 0; count < 5; count += 1) expect(await isServed(router)).toBe(true);
    expect(own.tasks).toHaveLength(5);
    expect(other.tasks).toHaveLength(0);
  });

  it("is handed over to another of its nodes alone", async () => {
    const router = await startWith({ mode: "dedicated", dedicatedNodes: [addressOf("first"), addressOf("second")] });
    const first = await startRawMiner(router, {
      name: "first",
      onTask: (task) => {
        task.accept().tokensTo(3);
        first.link.close("done");
      },
    });
    const answering = ask(router, aRequest(router, "hello"));
    await until(() => first.tasks.length === 1);
    const [other, second] = [await good(router, "other"), await good(router, "second")];
    expect((await answering).done).toMatchObject({ segments: 2 });
    expect([other.tasks.length, second.tasks.length]).toEqual([0, 1]);
  });
});

describe("a hybrid session", () => {
  it("is served by its dedicated node first, and by any other while that has no room", async () => {
    const router = await startWith({ mode: "hybrid", dedicatedNodes: [addressOf("own")] });
    const other = await good(router, "other");
    expect(await isServed(router)).toBe(true);
    const held: RawTask[] = [];
    const own = await startRawMiner(router, { name: "own", capacity: 1, onTask: (task) => void held.push(task) });
    const first = ask(router, aRequest(router, "first"));
    await until(() => held.length === 1);
    expect(await isServed(router)).toBe(true);
    expect([own.tasks.length, other.tasks.length]).toEqual([1, 2]);
    held[0]?.accept().tokensTo(5).finish();
    expect((await first).done).toMatchObject({ nOut: 5 });
  });
});

describe("a session with a level", () => {
  it("is refused while no node has it, and served by one that has", async () => {
    const router = await startWith({ sla: 4 });
    router.chain.levels.set(addressOf("low"), 3);
    router.chain.levels.set(addressOf("high"), 4);
    const low = await good(router, "low");
    expect(await refusalOf(router)).toEqual({
      code: "no_miner",
      message: "No miner of this model has the level that the session's 'sla' asks for.",
    });
    await good(router, "high");
    await until(() => isServed(router));
    expect(low.tasks).toHaveLength(0);
  });
});

describe("the engine that a session asks for", () => {
  it("is one that can be checked, unless the session takes any", async () => {
    const unscored = { name: "unscored", onTask: honest(5), offer: { canScore: false } };
    const strict = await startWith({ engine: "proved" });
    await startRawMiner(strict, unscored);
    expect(await refusalOf(strict)).toMatchObject({ code: "no_miner", message: expect.stringContaining("'engine'") });
    const open = await startWith({ engine: "any" });
    await startRawMiner(open, unscored);
    expect(await isServed(open)).toBe(true);
  });
});

describe("the model that a session is for", () => {
  it("is the only one that it takes", async () => {
    const bound = await startWith({ modelIdentifier: `0x${"0a".repeat(32)}` });
    const miner = await good(bound, "good");
    expect(await refusalOf(bound)).toMatchObject({ code: "model_not_found", message: expect.stringContaining("0a0a") });
    expect(miner.tasks).toHaveLength(0);
    const modelIdentifier = bound.gateway.models()[0]?.modelId ?? "0x";
    const right = await startWith({ modelIdentifier });
    await good(right, "good");
    expect(await isServed(right)).toBe(true);
  });
});

describe("the bounds on a session's nodes", () => {
  it("let nothing begin with fewer miners than the least", async () => {
    const router = await startWith({ minNumOfNodes: 2 });
    await good(router, "one");
    expect(await refusalOf(router)).toMatchObject({
      code: "no_miner",
      message: expect.stringContaining("'minNumOfNodes'"),
    });
    await good(router, "two");
    expect(await isServed(router)).toBe(true);
  });

  it("keep its tasks on the most miners that it may have at one time", async () => {
    const router = await startWith({ maxNumOfNodes: 1 });
    const held: RawTask[] = [];
    const onTask = (task: RawTask): void => void held.push(task);
    const miners = [];
    for (const name of ["one", "two", "three"]) miners.push(await startRawMiner(router, { name, onTask }));
    const answers = Array.from({ length: 6 }, () => ask(router, aRequest(router, "hello")));
    await until(() => held.length === 6);
    expect(miners.map(({ tasks }) => tasks.length).sort()).toEqual([0, 0, 6]);
    for (const task of held) task.accept().tokensTo(5).finish();
    for (const answer of await Promise.all(answers)) expect(answer.done).toMatchObject({ nOut: 5 });
  });
});

describe("a session that may run so many tasks", () => {
  it("is refused the next one by name, and has nothing held for it", async () => {
    const router = await startWith({ maxTaskExecutionCount: 2 });
    await good(router, "good");
    expect([await isServed(router), await isServed(router)]).toEqual([true, true]);
    expect(await refusalOf(router)).toEqual({
      code: "task_limit_reached",
      message: "The session has run, or runs, the 2 tasks of its 'maxTaskExecutionCount'.",
    });
    const lane = () => router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    await until(async () => (await lane()).heldWei === 0n);
    expect((await router.books.laneStatus(ACCOUNT))?.count).toBe(2);
  });

  it("isn't charged a task for one that a miner refused", async () => {
    const router = await startWith({ maxTaskExecutionCount: 1 });
    const busy = await startRawMiner(router, {
      name: "busy",
      onTask: (task) => task.send({ kind: "refused", code: "busy", detail: "no room" }),
    });
    expect(await refusalOf(router)).toMatchObject({ code: "overloaded" });
    busy.link.close("done");
    await until(() => router.gateway.network().miners.length === 0);
    await good(router, "good");
    expect(await isServed(router)).toBe(true);
    expect(await refusalOf(router)).toMatchObject({ code: "task_limit_reached" });
  });
});

describe("what can't be kept yet", () => {
  it.each<[NonNullable<FakeSession["terms"]>, string]>([[{ auditMode: "canary" }, "'auditMode' canary"]])(
    "is refused by name: %o",
    async (terms, named) => {
      const router = await startWith(terms);
      await good(router, "good");
      expect(await refusalOf(router)).toMatchObject({
        code: "session_unsupported",
        message: expect.stringContaining(named),
      });
    },
  );
});

describe("a node that is reserved out of the pool", () => {
  const reservedFor = (session: number, tasksLeft: number | undefined): NodeLife => ({
    ...UNREGISTERED,
    state: "reserved",
    reservation: { session, untilSeconds: 4_102_444_800, tasksLeft, tasksRunning: 0 },
  });

  it("serves the session that it is reserved for, and the pool is told of its tasks; another session has other nodes", async () => {
    const router = await startTestRouter({
      terms: { reserveEphemeralNodes: true },
      config: { chainPollMs: 10 },
    });
    router.chain.lives.set(addressOf("foreign"), reservedFor(ACCOUNT + 1, undefined));
    router.chain.lives.set(addressOf("own"), reservedFor(ACCOUNT, 1));
    const foreign = await good(router, "foreign");
    await until(() => lifeOf(router, "foreign") === "reserved");
    expect(await refusalOf(router)).toMatchObject({ code: "no_miner", message: expect.stringContaining("reserved") });
    const own = await good(router, "own");
    await until(() => lifeOf(router, "own") === "reserved");
    // One task is left: the second waits for the chain to say that there are more.
    expect(await isServed(router)).toBe(true);
    expect(await refusalOf(router)).toMatchObject({ code: "no_miner", message: expect.stringContaining("task left") });
    await until(() => router.chain.told.length > 0);
    expect(router.chain.told).toEqual([{ account: ACCOUNT, node: addressOf("own"), tasks: 1 }]);
    expect([foreign.tasks.length, own.tasks.length]).toEqual([0, 1]);
  });
});

function lifeOf(router: TestRouter, name: string): string | undefined {
  return router.gateway.network().miners.find(({ address }) => address === addressOf(name))?.life?.state;
}
