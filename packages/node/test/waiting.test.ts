import type { Priority } from "@cortensor/api";
import { createManualClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { answerText, honest, type RawMiner, type RawTask, startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  type Answer,
  API_KEY,
  aRequest,
  ask,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const TOKENS = 3;
const promptOf = ({ start: { prompt } }: RawTask): string => (prompt.kind === "text" ? prompt.text : "");

/** A miner that works on one task at a time and ends it when told. */
async function startStepping(
  router: TestRouter,
  options: { readonly name?: string; readonly sequences?: number; readonly capacity?: number } = {},
): Promise<RawMiner & { step(): string; prompts(): string[] }> {
  const { name = "stepping", sequences = 1, capacity = 1_000 } = options;
  const miner = await startRawMiner(router, {
    name,
    capacity,
    offer: { sequences },
    onTask: (task) => void task.accept(),
  });
  let ended = 0;
  const step = (): string => {
    const task = miner.tasks[ended];
    if (task === undefined) throw new Error("the miner has nothing to do");
    ended += 1;
    task.tokensTo(TOKENS).finish();
    return promptOf(task);
  };
  return { ...miner, step, prompts: () => miner.tasks.map(promptOf) };
}

type Asked = { readonly answer: Promise<Answer>; abort(): void };

/** Asks, and comes back when the router has taken the task on: it runs or waits. */
async function begin(
  router: TestRouter,
  text: string,
  options: { readonly bearer?: string; readonly priority?: Priority } = {},
): Promise<Asked> {
  const stop = new AbortController();
  let isBegun = false;
  const onEvent = (): void => {
    isBegun = true;
  };
  const answer = ask(router, aRequest(router, text), { ...options, signal: stop.signal, onEvent });
  await until(() => isBegun);
  return { answer, abort: () => stop.abort() };
}

async function beginAll(router: TestRouter, texts: readonly string[]): Promise<readonly Asked[]> {
  const all: Asked[] = [];
  for (const text of texts) all.push(await begin(router, text));
  return all;
}

async function abortAll(asked: readonly Asked[]): Promise<void> {
  for (const one of asked) one.abort();
  await Promise.all(asked.map(({ answer }) => answer));
}

/** A key of another customer of the operator. */
async function anotherKey({ gateway }: TestRouter): Promise<string> {
  const made = await gateway.keys.create({ account: ACCOUNT, name: "another" });
  if (made.kind !== "created") throw new Error(made.message);
  return made.key;
}

const heldWei = async ({ gateway }: TestRouter): Promise<bigint> =>
  (await gateway.lane({ account: ACCOUNT, custody: "custodial" })).heldWei;

describe("a client with a thousand queued tasks", () => {
  it.each([
    ["one miner with one sequence", 1, 1],
    ["two miners with two sequences each", 2, 2],
  ])("delays another's single request by at most two service times: %s", async (_, miners, slots) => {
    const router = await startTestRouter();
    const clock = createManualClock();
    const sequences = miners * slots;
    for (let miner = 0; miner < miners; miner += 1) {
      const script = { reply: () => "x", tokensPerSecond: 1, clock, slots };
      await startScriptedMiner(router, { name: `miner ${miner}`, script });
    }
    const stops: AbortController[] = [];
    const count = { started: 0, done: 0 };
    const askOne = (text: string, bearer = API_KEY): Promise<Answer> => {
      const stop = new AbortController();
      stops.push(stop);
      return ask(router, aRequest(router, text, { maxTokens: 1 }), {
        bearer,
        signal: stop.signal,
        onEvent: ({ kind }) => {
          if (kind === "started" || kind === "done") count[kind] += 1;
        },
      });
    };
    /** Every sequence works on one task to its end: one token, one second of the engines' clock. */
    const serve = async (): Promise<void> => {
      const { done } = count;
      await until(() => clock.sleepers() === sequences);
      await clock.advance(1_000);
      await until(() => count.done === done + sequences);
    };
    const bearer = await anotherKey(router);
    const flood = Array.from({ length: 1_000 }, (__, at) => askOne(`flood ${at}`));
    await until(() => count.started === 1_000);
    for (let time = 0; time < 3; time += 1) await serve();
    let isServed = false;
    const single = askOne("single", bearer).finally(() => {
      isServed = true;
    });
    await until(() => count.started === 1_001);
    const { done } = count;
    let serviceTimes = 0;
    for (; !isServed; serviceTimes += 1) await serve();
    // Two of delay, and its own.
    expect(serviceTimes).toBeLessThanOrEqual(3);
    expect(count.done - done).toBeLessThanOrEqual(3 * sequences);
    expect((await single).done?.finish).toBe("length");
    for (const stop of stops) stop.abort();
    await Promise.all(flood);
    await until(async () => (await heldWei(router)) === 0n);
  });

  it("has only as many at a miner as it starts soon, and all that it works on at once", async () => {
    const router = await startTestRouter();
    const miner = await startStepping(router, { sequences: 4 });
    const asked = await beginAll(router, ["a", "b", "c", "d", "e", "f", "g"]);
    expect(miner.tasks).toHaveLength(5);
    miner.step();
    await until(() => miner.tasks.length === 6);
    await abortAll(asked);
  });
});

describe("waiting tasks", () => {
  it("of one session go in the order they came, batch ones after the others", async () => {
    const router = await startTestRouter();
    const miner = await startStepping(router);
    await beginAll(router, ["running", "ahead"]);
    await begin(router, "batch 1", { priority: "batch" });
    await begin(router, "batch 2", { priority: "batch" });
    await beginAll(router, ["first", "second", "third"]);
    const served: string[] = [];
    for (let task = 1; task <= 7; task += 1) {
      await until(() => miner.tasks.length >= task);
      served.push(miner.step());
    }
    expect(served).toEqual(["running", "ahead", "first", "second", "third", "batch 1", "batch 2"]);
  });

  it("share alike between the keys of an operator's session", async () => {
    const router = await startTestRouter();
    const miner = await startStepping(router);
    const bearer = await anotherKey(router);
    await beginAll(router, ["a1", "a2", "a3", "a4", "a5"]);
    for (const text of ["b1", "b2", "b3"]) await begin(router, text, { bearer });
    for (let task = 1; task <= 8; task += 1) {
      await until(() => miner.tasks.length >= task);
      miner.step();
    }
    expect(miner.prompts()).toEqual(["a1", "a2", "b1", "a3", "b2", "a4", "b3", "a5"]);
  });

  it("leave at once when their client goes: nothing is held, sent or charged", async () => {
    const router = await startTestRouter();
    const miner = await startStepping(router);
    await beginAll(router, ["running", "ahead"]);
    const heldBeforeWei = await heldWei(router);
    const gone = await begin(router, "gone");
    const last = await begin(router, "last");
    const waitingWei = (await heldWei(router)) - heldBeforeWei;
    expect(waitingWei).toBeGreaterThan(0n);
    gone.abort();
    const { done, taskId } = await gone.answer;
    expect(done).toMatchObject({ finish: "abort", nIn: 0, nOut: 0, feeWei: 0n });
    expect(await heldWei(router)).toBe(heldBeforeWei + waitingWei / 2n);
    for (let task = 1; task <= 3; task += 1) {
      await until(() => miner.tasks.length >= task);
      miner.step();
    }
    expect((await last.answer).text).toBe(answerText(TOKENS));
    expect(miner.prompts()).toEqual(["running", "ahead", "last"]);
    expect(await router.gateway.findReceipt(taskId)).toBeUndefined();
  });

  it("are over at their deadline, which the wait counts against", async () => {
    const router = await startTestRouter({ config: { taskTimeoutMs: 300 } });
    const miner = await startStepping(router, { capacity: 1 });
    // Another router's task, which outlives the one that waits here.
    miner.advertise({ running: 1 });
    await until(() => router.gateway.network().miners[0]?.running === 1);
    const late = await begin(router, "late");
    expect((await late.answer).failed?.code).toBe("timeout");
    expect(miner.prompts()).toEqual([]);
    expect(await heldWei(router)).toBe(0n);
  });

  it("are given up when the router stops", async () => {
    const router = await startTestRouter();
    await startStepping(router);
    const asked = await beginAll(router, ["running", "ahead", "late"]);
    await router.stop();
    const answers = await Promise.all(asked.map(({ answer }) => answer));
    expect(answers.map(({ failed }) => failed?.code)).toEqual(Array(3).fill("shutting_down"));
  });

  it("outlive their miner's death, and go to the next", async () => {
    const router = await startTestRouter();
    const dying = await startStepping(router, { name: "dying" });
    const asked = await beginAll(router, ["running", "ahead", "waiting"]);
    dying.link.close("done");
    await startRawMiner(router, { name: "next", onTask: honest(TOKENS) });
    for (const { answer } of asked) expect((await answer).text).toBe(answerText(TOKENS));
  });

  it("are refused when nobody offers their model any more", async () => {
    const router = await startTestRouter();
    const dying = await startStepping(router);
    const asked = await beginAll(router, ["running", "ahead", "waiting"]);
    dying.link.close("done");
    const [, , waiting] = await Promise.all(asked.map(({ answer }) => answer));
    expect(waiting?.failed?.code).toBe("no_miner");
    expect(await heldWei(router)).toBe(0n);
  });

  it("let a task that lost its miner go first", async () => {
    const router = await startTestRouter();
    const dying = await startStepping(router, { name: "dying", capacity: 1 });
    const lost = await begin(router, "lost");
    const other = await startStepping(router, { name: "other", capacity: 1 });
    await beginAll(router, ["running", "new 1", "new 2"]);
    dying.link.close("done");
    await until(() => router.gateway.network().miners.length === 1);
    other.step();
    await until(() => other.tasks.length === 2);
    expect(other.step()).toBe("lost");
    await until(() => other.tasks.length === 3);
    expect(other.prompts()).toEqual(["running", "lost", "new 1"]);
    expect((await lost.answer).done?.segments).toBe(2);
  });

  it("are embeddings too, in one order with the answers", async () => {
    const router = await startTestRouter();
    const clock = createManualClock();
    await startScriptedMiner(router, { name: "one", script: { tokensPerSecond: 1, clock, slots: 1 } });
    const caller = await router.gateway.authenticate(API_KEY);
    if (caller === undefined) throw new Error("the test key is unknown");
    const embed = (signal: AbortSignal) =>
      router.gateway.embed(caller, { model: "scripted", texts: ["some text"] }, { signal });
    const asked = await beginAll(router, ["running", "ahead"]);
    const heldBeforeWei = await heldWei(router);
    const stop = new AbortController();
    const gone = embed(stop.signal);
    let vectors: Awaited<typeof gone> | undefined;
    const served = embed(new AbortController().signal).then((outcome) => {
      vectors = outcome;
    });
    await until(async () => (await heldWei(router)) > heldBeforeWei);
    stop.abort();
    expect(await gone).toMatchObject({ kind: "failed", refusal: { message: "The client has gone." } });
    expect(vectors).toBeUndefined();
    await abortAll(asked);
    await served;
    expect(vectors).toMatchObject({ kind: "vectors" });
    await until(async () => (await heldWei(router)) === 0n);
  });
});

describe("a full queue", () => {
  it("refuses a client that has its part of it, says when to come back, and takes another's task", async () => {
    const router = await startTestRouter({ config: { waitingClientMax: 2 } });
    await startStepping(router);
    const [, , waiting, ...rest] = await beginAll(router, ["running", "ahead", "waits 1", "waits 2"]);
    const refused = await ask(router, aRequest(router, "too many"));
    expect(refused.failed).toMatchObject({ code: "overloaded" });
    expect(refused.failed?.message).toContain("2");
    expect(refused.failed?.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    const other = await begin(router, "another's", { bearer: await anotherKey(router) });
    waiting?.abort();
    await waiting?.answer;
    const later = await begin(router, "room again");
    await abortAll([...rest, other, later]);
  });

  it("leaves as many places free as its largest client holds", async () => {
    const router = await startTestRouter({ config: { waitingMax: 4 } });
    await startStepping(router);
    const asked = [...(await beginAll(router, ["running", "ahead", "a1", "a2"]))];
    expect((await ask(router, aRequest(router, "a3"))).failed?.code).toBe("overloaded");
    const [second, third, fourth] = [await anotherKey(router), await anotherKey(router), await anotherKey(router)];
    asked.push(await begin(router, "b1", { bearer: second }));
    expect((await ask(router, aRequest(router, "b2"), { bearer: second })).failed?.code).toBe("overloaded");
    asked.push(await begin(router, "c1", { bearer: third }));
    const refused = await ask(router, aRequest(router, "d1"), { bearer: fourth });
    expect(refused.failed).toMatchObject({ code: "overloaded", message: "The router's queue is full." });
    await abortAll(asked);
  });

  it("says to come back when what waits is served", async () => {
    const router = await startTestRouter({ config: { waitingClientMax: 6 } });
    await startRawMiner(router, {
      name: "slow",
      offer: { sequences: 1, tokensPerSecond: 50 },
      onTask: (task) => void task.accept(),
    });
    const asked = await beginAll(
      router,
      Array.from({ length: 8 }, (_, at) => `task ${at}`),
    );
    const refused = await ask(router, aRequest(router, "too many"));
    // Six tasks of 128 tokens and their overhead, at 50 a second.
    expect(refused.failed?.retryAfterSeconds).toBeGreaterThanOrEqual(16);
    expect(refused.failed?.retryAfterSeconds).toBeLessThanOrEqual(18);
    await abortAll(asked);
  });
});
