import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectDatabase,
  createManualClock,
  type RunningPostgres,
  silentLogger,
  startPostgres,
  systemClock,
} from "@cortensor/runtime";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createContentNode, createContentShelf } from "../src/index.js";
import { createMemoryShelf, openTestDesk, type TestDesk, type TestShelf } from "./openTestDesk.js";

const ALICE = { id: "client/1", account: 1 };
const BOB = { id: "client/2", account: 2 };
const NOW = new AbortController().signal;
const PLAIN = { maxTokens: 100, overlapTokens: 0, isAuto: false };
const HOUR_MS = 3_600_000;

let folder: string;
let postgres: RunningPostgres;
let pool: pg.Pool;
let shelf: TestShelf;
let open: TestDesk;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cortensor-files-"));
  // As root the server runs as another account, which must get in.
  chmodSync(folder, 0o755);
  postgres = await startPostgres({ folder: join(folder, "postgres") });
  pool = connectDatabase({ url: postgres.url, max: 4 });
});
afterAll(async () => {
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  shelf = createMemoryShelf();
  open = await openTestDesk({ pool, shelf, folder: join(folder, "indexes") });
  await pool.query("TRUNCATE files, vector_stores, conversations CASCADE");
});

async function upload(text: string, owner = ALICE, expiresAfterSeconds?: number): Promise<string> {
  const made = await open.desk.files.create(owner, {
    ...{ filename: "note.txt", purpose: "assistants", saidType: "text/plain" },
    ...{ content: Buffer.from(text), expiresAfterSeconds },
  });
  if (made.kind !== "created") throw new Error(made.kind);
  return made.file.id;
}

async function newStore(files: readonly string[], owner = ALICE, expiresAfterDays?: number): Promise<string> {
  const made = await open.desk.stores.create(owner, {
    name: "s",
    metadata: {},
    embeddingModel: "words",
    expiresAfterDays,
  });
  if (made.kind !== "created") throw new Error(made.kind);
  const all = files.map((file) => ({ file, attributes: { of: file }, chunking: PLAIN }));
  if (all.length > 0) await open.desk.storeFiles.attach(owner, made.store.id, all);
  return made.store.id;
}

const asked = (text: string) => ({ text, most: 5, filter: undefined, scoreMin: 0, ranker: "fused" }) as const;
/** Enough sentences for several parts of 32 chunks. */
const LONG = Array.from({ length: 900 }, (_, at) => `Sentence ${at} stands here, with some more words.`).join(" ");

describe("files at rest", () => {
  it("come back to their owner, and stand nowhere in the clear", async () => {
    const id = await upload("A secret marker-7391.");
    expect(Buffer.from((await open.desk.files.read(ALICE, id, NOW)) ?? []).toString()).toBe("A secret marker-7391.");
    const rows = JSON.stringify(
      (await pool.query("SELECT * FROM files")).rows.map((row) => Object.values(row).map(String)),
    );
    expect(rows).not.toContain("marker-7391");
    expect(rows).not.toContain("note.txt");
    for (const sealed of shelf.objects.values()) expect(Buffer.from(sealed).includes("marker")).toBe(false);
  });

  it("are nobody else's: neither found, read, removed nor attached", async () => {
    const id = await upload("Alice's.");
    const { files, storeFiles } = open.desk;
    expect([await files.find(BOB, id), await files.read(BOB, id, NOW), await files.remove(BOB, id)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    const store = await newStore([], BOB);
    const outcome = await storeFiles.attach(BOB, store, [{ file: id, attributes: {}, chunking: PLAIN }]);
    expect(outcome).toEqual({ kind: "noFile", file: id });
    expect(await open.desk.stores.find(ALICE, store)).toBeUndefined();
    expect(await open.desk.search(ALICE, [store], asked("x"), NOW)).toEqual({ kind: "noStore", store });
  });

  it("are gone when they expire, and their ciphertext with the next sweep", async () => {
    const id = await upload("For an hour.", ALICE, 3_600);
    const kept = await upload("For ever.");
    await open.clock.advance(HOUR_MS);
    expect(await open.desk.files.find(ALICE, id)).toBeUndefined();
    await open.desk.sweep();
    expect(shelf.objects.size).toBe(1);
    expect((await open.desk.files.find(ALICE, kept))?.id).toBe(kept);
  });

  it("when removed leave no key, no row and no ciphertext, also not of what was embedded of them", async () => {
    const id = await upload("Removed words.");
    const store = await newStore([id]);
    await open.desk.index(NOW);
    expect(shelf.objects.size).toBe(2);
    expect((await open.desk.search(ALICE, [store], asked("removed"), NOW)).kind).toBe("found");
    expect(await open.desk.files.remove(ALICE, id)).toBe(true);
    expect(shelf.objects.size).toBe(0);
    expect((await pool.query("SELECT * FROM vector_store_parts")).rows).toEqual([]);
    expect(await open.desk.search(ALICE, [store], asked("removed"), NOW)).toMatchObject({ results: [] });
  });
});

describe("a store", () => {
  it("embeds its files in its owner's name, and finds by words and by meaning", async () => {
    const zebra = await upload("The zebra is striped.");
    const other = await upload("Ships sail at dawn.");
    const store = await newStore([zebra, other]);
    expect((await open.desk.stores.find(ALICE, store))?.status).toBe("in_progress");
    await open.desk.index(NOW);
    expect(open.embedder.payers).toEqual(["client/1", "client/1"]);
    expect((await open.desk.stores.find(ALICE, store))?.counts).toMatchObject({ completed: 2, total: 2 });
    const found = await open.desk.search(ALICE, [store], asked("which animal is striped"), NOW);
    expect(found).toMatchObject({
      kind: "found",
      results: [{ file: zebra, text: "The zebra is striped.", score: 1 }, { file: other }],
    });
    const filter = { type: "eq", key: "of", value: other } as const;
    const filtered = await open.desk.search(ALICE, [store], { ...asked("striped"), filter }, NOW);
    expect(filtered).toMatchObject({ results: [{ file: other }] });
  });

  it("that its router left in the midst of a file goes on where it was, and pays no part twice", async () => {
    const store = await newStore([await upload(LONG)]);
    const stopping = new AbortController();
    const calls: number[] = [];
    // The second part never comes: the router dies while it waits.
    open.embedder.refuse = async (signal) => {
      calls.push(calls.length);
      if (calls.length < 2) return undefined;
      stopping.abort();
      expect(signal.aborted).toBe(true);
      return { code: "shutting_down" };
    };
    await open.desk.index(stopping.signal);
    const paid = [...open.embedder.texts];
    expect(paid).toHaveLength(32);
    const again = await openTestDesk({ pool, shelf, folder: join(folder, "again"), clock: open.clock });
    await again.desk.index(NOW);
    expect((await again.desk.stores.find(ALICE, store))?.status).toBe("completed");
    expect(again.embedder.texts.some((text) => paid.includes(text))).toBe(false);
    expect(again.embedder.texts.length).toBeGreaterThan(64);
    const found = await again.desk.search(ALICE, [store], asked("chapter 3"), NOW);
    expect(found).toMatchObject({ kind: "found" });
  });

  it("isn't worked on by two routers at once, until the one that holds it is silent for long", async () => {
    await newStore([await upload("Held.")]);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    open.embedder.refuse = () => held.then(() => undefined);
    const first = open.desk.index(NOW);
    const other = await openTestDesk({
      pool,
      shelf,
      folder: join(folder, "other"),
      clock: open.clock,
      holder: "router-2",
    });
    await expect
      .poll(async () => (await pool.query("SELECT 1 FROM vector_store_files WHERE lease_holder <> ''")).rows.length)
      .toBe(1);
    await other.desk.index(NOW);
    expect(other.embedder.texts).toEqual([]);
    await open.clock.advance(HOUR_MS);
    await other.desk.index(NOW);
    expect(other.embedder.texts).toEqual(["Held."]);
    release();
    await first;
    expect((await pool.query("SELECT 1 FROM vector_store_parts")).rows).toHaveLength(1);
  });

  it("tries again after a refusal, later and later, and calls the file failed in the end", async () => {
    const id = await upload("Unpaid.");
    const store = await newStore([id]);
    open.embedder.refuse = async () => ({ code: "insufficient_balance" });
    await open.desk.index(NOW);
    expect((await open.desk.storeFiles.find(store, id))?.status).toBe("in_progress");
    for (let tries = 1; tries < 6; tries += 1) {
      await open.clock.advance(HOUR_MS);
      await open.desk.index(NOW);
    }
    expect(await open.desk.storeFiles.find(store, id)).toMatchObject({ status: "failed", errorCode: "server_error" });
  });

  it("calls a file without a word, or with too long a one for its model, invalid", async () => {
    const [blank, long] = [await upload(" \n "), await upload("Long.")];
    const store = await newStore([blank]);
    await open.desk.index(NOW);
    expect(await open.desk.storeFiles.find(store, blank)).toMatchObject({
      status: "failed",
      errorCode: "invalid_file",
    });
    open.embedder.refuse = async () => ({ code: "prompt_too_long" });
    await open.desk.storeFiles.attach(ALICE, store, [{ file: long, attributes: {}, chunking: PLAIN }]);
    await open.desk.index(NOW);
    expect(await open.desk.storeFiles.find(store, long)).toMatchObject({ status: "failed", errorCode: "invalid_file" });
  });

  it("that nobody uses for its days is emptied, and one that is searched lives on", async () => {
    const [idle, used] = [
      await newStore([await upload("Idle.")], ALICE, 1),
      await newStore([await upload("Used.")], ALICE, 1),
    ];
    await open.desk.index(NOW);
    await open.clock.advance(23 * HOUR_MS);
    await open.desk.search(ALICE, [used], asked("used"), NOW);
    await open.clock.advance(2 * HOUR_MS);
    expect((await open.desk.stores.find(ALICE, idle))?.status).toBe("expired");
    expect(await open.desk.search(ALICE, [idle], asked("idle"), NOW)).toEqual({ kind: "expired", store: idle });
    await open.desk.sweep();
    expect((await open.desk.stores.find(ALICE, idle))?.counts.total).toBe(0);
    expect((await open.desk.stores.find(ALICE, used))?.status).toBe("completed");
    expect((await pool.query("SELECT 1 FROM vector_store_parts")).rows).toHaveLength(1);
  });

  it("is a collection with a root, and another one when a file is added", async () => {
    const store = await newStore([await upload("One fact.")]);
    expect(await open.desk.collect(ALICE, store, NOW)).toBeUndefined();
    await open.desk.index(NOW);
    const first = await open.desk.collect(ALICE, store, NOW);
    expect(first?.manifest).toMatchObject({ count: 1, dimension: 64, owner: "client/1", embeddingModel: "words" });
    await open.desk.storeFiles.attach(ALICE, store, [{ file: await upload("Two."), attributes: {}, chunking: PLAIN }]);
    await open.desk.index(NOW);
    const second = await open.desk.collect(ALICE, store, NOW);
    expect(second?.manifest.count).toBe(2);
    expect(second?.manifest.root).not.toBe(first?.manifest.root);
    expect(await open.desk.collect(BOB, store, NOW)).toBeUndefined();
  });
});

describe("ciphertext whose row is gone", () => {
  it("is let go a day after it was first seen so, and nothing else is", async () => {
    const node = await createContentNode({
      folder: join(folder, "content"),
      nowSeconds: () => 1_000,
      clock: systemClock,
      log: silentLogger,
    });
    try {
      const kept = createContentShelf(node, { privacy: "open", bytesMax: 1_000_000 });
      const clock = createManualClock(1_700_000_000_000);
      open = await openTestDesk({ pool, shelf: kept, folder: join(folder, "indexes"), clock });
      const [lost, stays] = [await upload("lost"), await upload("stays")];
      const { threads } = open.desk;
      const thread = await threads.create(ALICE, { metadata: {}, items: [] });
      const grown = [{ id: "msg_1", role: "user", content: "more" }] as const;
      await threads.change(ALICE, thread?.id ?? "", () => ({ metadata: {}, items: grown }));
      await pool.query("DELETE FROM files WHERE id = $1", [lost]);
      await open.desk.sweep();
      await clock.advance(23 * HOUR_MS);
      await open.desk.sweep();
      expect(node.stat().pins).toBe(3);
      await clock.advance(HOUR_MS);
      await open.desk.sweep();
      expect(new Set(node.listPins(9).map(({ owner }) => owner))).toEqual(new Set([stays, `${thread?.id}/1`]));
      expect((await threads.find(ALICE, thread?.id ?? "", NOW))?.items).toEqual(grown);
      expect(Buffer.from((await open.desk.files.read(ALICE, stays, NOW)) ?? []).toString()).toBe("stays");
    } finally {
      await node.stop();
    }
  });
});

describe("a collection and a conversation of one network's router", () => {
  it("open at no other network's, which has the same rows and the same blocks, and another master key", async () => {
    const store = await newStore([await upload("Only members read this.")]);
    await open.desk.index(NOW);
    const said = { model: "m", messages: [{ role: "user", content: "members only" }], response: {} } as const;
    await open.desk.conversations.keep(ALICE, "resp_1", said);
    expect(await open.desk.collect(ALICE, store, NOW)).toMatchObject({ manifest: { count: 1 } });
    const other = await openTestDesk({ pool, shelf, folder: join(folder, "other"), masterKey: Buffer.alloc(32, 10) });
    const unreadable = { code: "FILES_UNREADABLE" };
    await expect(other.desk.collect(ALICE, store, NOW)).rejects.toMatchObject(unreadable);
    await expect(other.desk.conversations.find(ALICE, "resp_1", NOW)).rejects.toMatchObject(unreadable);
    for (const one of shelf.objects.values()) expect(Buffer.from(one).includes("members")).toBe(false);
    expect((await open.desk.conversations.find(ALICE, "resp_1", NOW))?.state.messages).toEqual(said.messages);
    expect(await open.desk.conversations.find(BOB, "resp_1", NOW)).toBeUndefined();
  });
});
