import { createMemoryBooks } from "@cortensor/books";
import {
  createPostgresOutbox,
  createPostgresSinkStore,
  createSinkVault,
  type SinkOutbox,
  STRANGERS_POLICY,
} from "@cortensor/data";
import { connectDatabase, Secret, systemClock } from "@cortensor/runtime";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../data/src/sinks/compliance/startTestPostgres.js";
import { aFile, complete, type Door, openDoor, rowsOf, someSinks } from "./sinkNetwork.js";
import {
  ACCOUNT,
  aRequest,
  ask,
  OPERATOR,
  onTearDown,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

/** Tasks of the run in which everything is killed: 1,000 in `npm run deep -- sinks`. */
const TASKS = Number(process.env.CORTENSOR_SINK_TASKS ?? 20);
const SINK = "/api/v1/sink";
const caller = { account: ACCOUNT, custody: "custodial" } as const;

async function startServed(
  options: Parameters<typeof startTestRouter>[0],
): Promise<TestRouter & { door: Door; model: string }> {
  const router = await startTestRouter(options);
  await startScriptedMiner(router, { name: "miner" });
  const model = router.gateway.models()[0]?.id ?? "none";
  return { ...router, model, door: await openDoor(router) };
}

async function setSink(door: Door, target: unknown) {
  return door.call("POST", SINK, { bearer: await door.owner(), body: { target } });
}

async function untilDelivered(outbox: SinkOutbox, { gateway }: TestRouter, count: number): Promise<void> {
  const shown = await gateway.sinks.show(caller);
  if (shown.kind !== "shown") throw new Error("no sink");
  await until(async () => (await outbox.status(shown.sink.session)).deliveredThrough >= count);
}

describe("a session's sink", () => {
  it("gets each task's prompt, answer, usage and receipt in order, from when it is set until it is removed", async () => {
    const sinks = someSinks();
    const router = await startServed({ sinks });
    const { door, model } = router;
    await complete(door, model, "before");
    const target = aFile();
    const set = await setSink(door, target);
    expect(set).toMatchObject({ status: 200, json: { kind: "sqlite", waiting: 0, isFull: false } });
    const first = await complete(door, model, "What is a receipt?");
    const messages = [{ role: "user", content: "And a lane?" }];
    const second = await door.call("POST", "/v1/chat/completions", { body: { model, messages, max_tokens: 4 } });
    const third = await door.call("POST", "/v1/embeddings", { body: { model, input: ["one", "two"] } });
    expect([first.status, second.status, third.status]).toEqual([200, 200, 200]);
    await untilDelivered(sinks.outbox, router, 3);
    const rows = await rowsOf(target);
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3]);
    expect(rows.map(({ prompt_kind: kind, prompt, model: of }) => [kind, prompt, of])).toEqual([
      ["text", "What is a receipt?", model],
      ["chat", JSON.stringify([{ content: "And a lane?", role: "user" }]), model],
      ["texts", '["one","two"]', model],
    ]);
    const answers = [first, second].map(({ json }) => json.choices);
    expect(answers[0]).toMatchObject([{ text: rows[0]?.result }]);
    expect(answers[1]).toMatchObject([{ message: { content: rows[1]?.result } }]);
    expect(JSON.parse(String(rows[2]?.result))).toHaveLength(2);
    for (const row of rows) {
      const taskId = String(row.task_id);
      const receipt = await door.call("GET", `/api/v1/receipts/${taskId}`);
      expect(JSON.parse(String(row.receipt))).toEqual(receipt.json);
      expect(receipt.json.receipt).toMatchObject({
        taskId,
        nIn: Number(row.prompt_tokens),
        feeWei: String(row.fee_wei),
      });
      expect(row.session).toBe(set.json.session);
    }
    const removed = await door.call("DELETE", SINK, { bearer: await door.owner() });
    expect(removed.json).toEqual({ removed: true, waiting: 0, discarded: 0 });
    await complete(door, model, "after");
    await until(async () => (await router.gateway.lane(caller)).nextDebit.count === 5);
    expect(await rowsOf(target)).toHaveLength(3);
    expect(await sinks.store.draftsBefore(Number.MAX_SAFE_INTEGER, 9)).toEqual([]);
  });

  it("is its owner's alone: an API key neither sees nor changes it, a stranger's bearer still less", async () => {
    const { door } = await startServed({ sinks: someSinks() });
    const bearer = await door.owner();
    expect(await door.call("GET", SINK, { bearer })).toMatchObject({ status: 404, json: { code: "sink_not_set" } });
    for (const method of ["GET", "POST", "DELETE"] as const) {
      const body = method === "POST" ? { body: { target: aFile() } } : {};
      expect(await door.call(method, SINK, body)).toMatchObject({ status: 403, json: { code: "sink_forbidden" } });
      expect(await door.call(method, SINK, { ...body, bearer: "ck-nobody" })).toMatchObject({ status: 401 });
    }
    expect(await door.call("DELETE", SINK, { bearer })).toMatchObject({ status: 404 });
    expect(await door.call("DELETE", `${SINK}?discard=maybe`, { bearer })).toMatchObject({ status: 400 });
  });

  it("is refused where a stranger's may not lie, or can't be read, and nothing of a target is ever said again", async () => {
    const { door } = await startServed({ sinks: someSinks({ policy: STRANGERS_POLICY }) });
    const secret = "hunter2";
    const targets = [
      aFile(),
      `postgres://me:${secret}@127.0.0.1/answers`,
      `mysql://me:${secret}@10.0.0.7/answers`,
      `https://169.254.169.254/${secret}#whsec_${Buffer.alloc(32, 1).toString("base64")}`,
      `https://example.com/${secret}`,
      `ftp://${secret}`,
      { url: `postgres://me:${secret}@127.0.0.1/answers`, table: "a b" },
      { url: `postgres://me:${secret}@127.0.0.1/answers`, password: secret },
      { secret },
      7,
      "",
    ];
    for (const target of targets) {
      const said = await setSink(door, target);
      expect([target, said.status]).toEqual([target, 400]);
      expect(said.text).not.toContain(secret);
    }
    expect(await door.call("GET", SINK, { bearer: await door.owner() })).toMatchObject({ status: 404 });
  });

  it("is refused where a router keeps none, and for a session that the router can't read", async () => {
    const bare = await startServed({ name: "bare" });
    expect(await setSink(bare.door, aFile())).toMatchObject({ status: 400, json: { code: "sink_refused" } });
    const sealed = await startServed({ name: "sealed", sinks: someSinks(), terms: { privacy: "sealed" } });
    const said = await setSink(sealed.door, aFile());
    expect(said).toMatchObject({ status: 400, json: { code: "sink_refused" } });
    expect(said.text).toContain("runs at the client");
  });

  it("refuses new tasks by name, before anything is held, when as much waits as may; others' are served", async () => {
    let nowMs = Date.now();
    const sinks = someSinks({}, { sessionRecordsMax: 2 });
    const router = await startServed({ sinks, nowMs: () => nowMs });
    const { door, model } = router;
    expect((await setSink(door, "sqlite:/nowhere/at/all/answers.db")).status).toBe(200);
    for (const prompt of ["one", "two"]) expect((await complete(door, model, prompt)).status).toBe(200);
    const bearer = await door.owner();
    await until(async () => (await door.call("GET", SINK, { bearer })).json.waiting === 2);
    nowMs += 1_000;
    // What was lately open is taken at its word once, and asked meanwhile.
    await complete(door, model, "three");
    await until(async () => (await complete(door, model, "four")).status === 429);
    await until(async () => (await router.gateway.lane(caller)).heldWei === 0n);
    const { spentWei } = await router.gateway.lane(caller);
    const refused = await complete(door, model, "five");
    expect(refused.json).toMatchObject({ error: { code: "sink_full" } });
    expect(await router.gateway.lane(caller)).toMatchObject({ heldWei: 0n, spentWei });
    const state = await door.call("GET", SINK, { bearer });
    expect(state.json).toMatchObject({ isFull: true, phase: "failing", lastError: "SINK_UNREACHABLE" });
    const removed = await door.call("DELETE", `${SINK}?discard=true`, { bearer });
    expect(removed.json).toMatchObject({ removed: true, waiting: 0, discarded: state.json.waiting });
    expect((await complete(door, model, "six")).status).toBe(200);
  });

  it("is delivered to by one of two routers of its operator, and recorded by both", async () => {
    const sinks = someSinks();
    const books = createMemoryBooks({ lane: OPERATOR, clock: systemClock });
    const one = await startServed({ sinks, books, name: "one" });
    const target = aFile();
    await setSink(one.door, target);
    const other = await startTestRouter({ sinks, books, name: "other" });
    await startScriptedMiner(other, { name: "elsewhere" });
    for (let n = 1; n <= 6; n++) {
      const answer = await ask(n % 2 === 0 ? one : other, aRequest(one, `question ${n}`, { maxTokens: 4 }));
      expect(answer.done).toBeDefined();
    }
    await untilDelivered(sinks.outbox, one, 6);
    const rows = await rowsOf(target);
    expect(rows.map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.map(({ prompt }) => prompt).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `question ${n}`));
    const phases = await Promise.all([one, other].map(({ gateway }) => gateway.sinks.show(caller)));
    expect(phases.map((shown) => shown.kind === "shown" && shown.sink.phase).sort()).toEqual(["elsewhere", "idle"]);
  });
});

describe("with Postgres on both sides", () => {
  let home: TestPostgres;
  let away: TestPostgres;
  beforeAll(async () => {
    [home, away] = await Promise.all([startTestPostgres(), startTestPostgres()]);
  });
  afterAll(async () => {
    await Promise.all([home.stop(), away.stop()]);
  });

  it("every task's row arrives once and in order though the sink is killed in their midst and the router started anew", async () => {
    const url = await home.create();
    const openSinks = async () => {
      const pool = connectDatabase({ url, max: 4 });
      onTearDown(() => pool.end());
      const vault = createSinkVault(new Secret(new Uint8Array(32).fill(9)));
      const outbox = await createPostgresOutbox({ pool, clock: systemClock });
      return someSinks({ store: await createPostgresSinkStore({ pool }), outbox, vault });
    };
    const books = createMemoryBooks({ lane: OPERATOR, clock: systemClock });
    const target = await away.create();
    const first = await openSinks();
    const before = await startServed({ sinks: first, books });
    await setSink(before.door, target);
    const serve = async ({ door, model }: typeof before, from: number, to: number) => {
      for (let n = from; n <= to; n++) expect((await complete(door, model, `task ${n}`)).status).toBe(200);
    };
    const [killAt, restartAt] = [TASKS / 4, (TASKS * 3) / 5];
    await serve(before, 1, killAt);
    await untilDelivered(first.outbox, before, 1);
    await away.kill();
    // Answered while the sink is dead: nothing that an answer needs can wait for it.
    await serve(before, killAt + 1, restartAt);
    await before.stop();
    const second = await openSinks();
    const after = await startServed({ sinks: second, books });
    expect(await after.gateway.sinks.show(caller)).toMatchObject({ kind: "shown", sink: { kind: "postgres" } });
    await serve(after, restartAt + 1, TASKS);
    await away.restart();
    await untilDelivered(second.outbox, after, TASKS);
    const rows = await rowsOf(target);
    expect(rows.map(({ sequence, prompt }) => [Number(sequence), prompt])).toEqual(
      Array.from({ length: TASKS }, (_, at) => [at + 1, `task ${at + 1}`]),
    );
    const pool = connectDatabase({ url, max: 1 });
    onTearDown(() => pool.end());
    const kept = await pool.query("SELECT sealed::text, name FROM sink_targets");
    expect(kept.rows).toHaveLength(1);
    const { password, username } = new URL(target);
    for (const word of [password, username].filter((one) => one.length > 3)) {
      expect(JSON.stringify(kept.rows)).not.toContain(word);
    }
  });
});
