import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bytes32, ReceiptDocument } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aReceiptDocument, word } from "../compliance/makers.js";
import { openDriver } from "../openSink.js";
import { parseSinkTarget } from "../target/parseSinkTarget.js";
import { OWN_POLICY } from "../target/sinkPolicy.js";
import { openClientDatabase } from "./clientDatabase.js";
import { createClientDrafts } from "./clientDrafts.js";
import { type ClientTask, textsOfBegun } from "./clientTask.js";
import { type ClientSink, type ClientSinkParts, openClientSink } from "./openClientSink.js";

const NEVER = new AbortController().signal;
const ROUTER = "http://router.example";

let folder: string;
let receipts: Map<Bytes32, ReceiptDocument>;
const opened: ClientSink[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cortensor-client-sink-"));
  receipts = new Map();
});
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The folder of the sink's file: while it isn't there, the sink is down. */
const place = () => join(folder, "place");
const target = () => `sqlite:${join(place(), "answers.db")}`;

async function open(over: Partial<ClientSinkParts> = {}): Promise<ClientSink> {
  const sink = await openClientSink({
    ...{ target: parseSinkTarget(target()), folder: join(folder, "sinks"), router: ROUTER, holder: "one" },
    receiptOf: async (router, taskId) => (router === ROUTER ? receipts.get(taskId) : undefined),
    ...{ clock: systemClock, random: () => 0.001, log: silentLogger },
    ...over,
  });
  opened.push(sink);
  return sink;
}

function aTask(n: number): ClientTask {
  const prompt = { kind: "text", text: `Question ${n}?` } as const;
  return { taskId: word(`task ${n}`), model: "m", prompt, askedAtMs: systemClock.nowMs() };
}

async function answer(sink: ClientSink, n: number, { isWhole = true, hasReceipt = true } = {}): Promise<void> {
  const task = aTask(n);
  await sink.recorder.admit();
  await sink.recorder.begun(task);
  await sink.recorder.ended({ ...task, text: `Answer ${n}.`, isWhole, answeredAtMs: task.askedAtMs });
  if (hasReceipt) receipts.set(task.taskId, aReceiptDocument(task.taskId));
}

async function rows(): Promise<readonly (readonly unknown[])[]> {
  const at = parseSinkTarget(target());
  if (at.kind !== "sqlite") throw new Error("not a file");
  const driver = openDriver(at, { policy: OWN_POLICY });
  const db = await driver.connect(NEVER);
  const found = await db.query(`SELECT * FROM ${driver.dialect.table("records")} ORDER BY sequence`);
  await db.close();
  return found.map(({ sequence, prompt, result, withheld }) => [sequence, prompt, result ?? withheld]);
}

describe("a client's own sink", () => {
  it("gets each answer once, in the order of the answers, whichever receipt comes first", async () => {
    mkdirSync(place());
    const sink = await open();
    await answer(sink, 1, { hasReceipt: false });
    await answer(sink, 2);
    await answer(sink, 3);
    expect(sink.state()).toMatchObject({ drafts: 3, deliveredThrough: 0 });
    receipts.set(aTask(1).taskId, aReceiptDocument(aTask(1).taskId));
    expect(await sink.drain(NEVER)).toBe(true);
    expect(await rows()).toEqual([1, 2, 3].map((n) => [n, `Question ${n}?`, `Answer ${n}.`]));
  });

  it("delays nobody and loses nothing while it is down, and after a process that died", async () => {
    // Never closed before its successor is there: as if killed, holding its lease.
    const died = await open();
    await answer(died, 1);
    await died.recorder.begun(aTask(2));
    expect(await died.drain(AbortSignal.timeout(1))).toBe(false);
    const next = await open();
    await answer(next, 3);
    mkdirSync(place());
    expect(await next.drain(NEVER)).toBe(true);
    expect(await rows()).toEqual([1, 3].map((n, at) => [at + 1, `Question ${n}?`, `Answer ${n}.`]));
    // What is on disk for the outbox keeps no word that the sink has.
    const [db = ""] = readdirSync(join(folder, "sinks")).filter((name) => name.endsWith(".db"));
    for (const one of opened.splice(0)) await one.close();
    expect(readFileSync(join(folder, "sinks", db)).includes("Question")).toBe(false);
  });

  it("says of a task whose process died before its end that its texts are lost, once it has a receipt, and of one without none", async () => {
    mkdirSync(place());
    const made = await open();
    await made.close();
    const [file = ""] = readdirSync(join(folder, "sinks")).filter((name) => name.endsWith(".db"));
    const db = await openClientDatabase(join(folder, "sinks", file));
    for (const n of [1, 2]) {
      const { taskId, askedAtMs } = aTask(n);
      const dead = { taskId, router: ROUTER, process: "999999999 never", keptAtMs: askedAtMs };
      createClientDrafts(db).begin({ ...dead, texts: textsOfBegun(aTask(n)) });
    }
    db.close();
    receipts.set(aTask(1).taskId, aReceiptDocument(aTask(1).taskId));
    const sink = await open();
    await answer(sink, 3);
    await until(async () => (await rows().catch(() => [])).length === 2);
    expect((await rows()).map(([, prompt, said]) => [prompt, said])).toEqual(
      expect.arrayContaining([
        [null, JSON.stringify({ kind: "lost" })],
        ["Question 3?", "Answer 3."],
      ]),
    );
  });

  it("keeps what came of an answer that was cut, where it was charged", async () => {
    mkdirSync(place());
    const sink = await open();
    await answer(sink, 1, { isWhole: false });
    await answer(sink, 2, { isWhole: false, hasReceipt: false });
    await answer(sink, 3);
    await until(async () => (await rows().catch(() => [])).length === 2);
    expect((await rows()).map(([, prompt]) => prompt)).toEqual(["Question 1?", "Question 3?"]);
  });

  it("is full at its mark before anything more is asked, and opens again", async () => {
    const sink = await open({ bounds: { sessionRecordsMax: 2 } });
    await answer(sink, 1);
    await answer(sink, 2, { hasReceipt: false });
    await expect(sink.recorder.admit()).rejects.toMatchObject({ data: { code: "SINK_FULL" }, isRetryable: true });
    mkdirSync(place());
    await until(async () => sink.state().deliveredThrough === 1);
    await sink.recorder.admit();
  });

  it("takes no receipt of another task, nor one of another router", async () => {
    mkdirSync(place());
    const sink = await open();
    await answer(sink, 1, { hasReceipt: false });
    receipts.set(aTask(1).taskId, aReceiptDocument(word("another")));
    expect(await sink.drain(AbortSignal.timeout(200))).toBe(false);
    await sink.close();
    const elsewhere = await open({
      receiptOf: async (router) => (router === ROUTER ? undefined : aReceiptDocument(aTask(1).taskId)),
    });
    expect(await elsewhere.drain(AbortSignal.timeout(200))).toBe(false);
  });

  it("has a file for each place, named without a word of it", async () => {
    const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
    await open();
    await open({ target: parseSinkTarget(`${target()}?table=other`) });
    await open({ target: parseSinkTarget(`http://127.0.0.1:9/hook#${secret}`) });
    const names = readdirSync(join(folder, "sinks")).filter((name) => name.endsWith(".db"));
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}\.db$/);
  });
});

/** The test's own time bounds it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.sleep(10);
}
