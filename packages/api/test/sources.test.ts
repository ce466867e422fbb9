import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMasterBox, type DataDesk, OWN_POLICY, openDataDesk, STRANGERS_POLICY } from "@cortensor/data";
import { connectDatabase, type RunningPostgres, silentLogger, startPostgres, systemClock } from "@cortensor/runtime";
import OpenAI, { toFile } from "openai";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../src/index.js";
import { openTestServer, type TestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

const OTHER_KEY = "ck-poor";
const PASSWORD = "hunter2hunter2";
const VIEW = { kind: "view", view: "shown.prices", source: "id", text: "says" };

let folder: string;
let postgres: RunningPostgres;
let pool: pg.Pool;
/** The client's own database, as its owner. */
let own: pg.Pool;
let desk: DataDesk;
let strict: DataDesk;
let made: TestServer & { readonly url: string };
let url: (role: string) => string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cortensor-api-sources-"));
  chmodSync(folder, 0o755);
  postgres = await startPostgres({ folder: join(folder, "postgres") });
  pool = connectDatabase({ url: postgres.url, max: 4 });
  await pool.query("CREATE DATABASE clients");
  const clients = postgres.url.replace(/\/[^/]*$/, "/clients");
  own = connectDatabase({ url: clients, max: 1 });
  await own.query(`
    CREATE TABLE price (id text PRIMARY KEY, says text);
    INSERT INTO price VALUES ('apple', 'An apple costs three coins'), ('pear', 'A pear costs five coins');
    CREATE SCHEMA shown;
    CREATE VIEW shown.prices AS SELECT id, says FROM price;
    CREATE FUNCTION note(text) RETURNS text LANGUAGE sql VOLATILE SECURITY DEFINER
      AS $$ INSERT INTO price VALUES ('n', $1) RETURNING says $$;
    CREATE VIEW shown.writes AS SELECT id, note(says) AS says FROM price;
    CREATE ROLE reader LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE writer LOGIN PASSWORD '${PASSWORD}';
    GRANT USAGE ON SCHEMA shown TO reader, writer; GRANT SELECT ON ALL TABLES IN SCHEMA shown TO reader, writer;
    GRANT INSERT ON price TO writer;`);
  url = (role) => clients.replace(/\/\/[^@]*@/, `//${role}:${PASSWORD}@`);
  desk = await openDesk("lax", OWN_POLICY);
  strict = await openDesk("strict", STRANGERS_POLICY);
  made = await openTestServer({}, 0, gatewayOf(desk));
});
afterAll(async () => {
  await made?.server.close();
  await desk?.close();
  await strict?.close();
  await own?.end();
  await pool?.end();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function openDesk(name: string, sourcePolicy: typeof OWN_POLICY): Promise<DataDesk> {
  return openDataDesk({
    ...{ pool, sourcePolicy, holder: name, clock: systemClock, log: silentLogger, folder: join(folder, name) },
    embed: async () => ({ kind: "failed", code: "no_miner", message: "None." }),
    box: createMasterBox(Buffer.alloc(32, 5), () => randomBytes(12)),
    randomBytes: (count) => randomBytes(count),
    shelf: { put: async () => "cid", get: async () => new Uint8Array(), remove: async () => undefined },
  });
}

function gatewayOf(opened: DataDesk) {
  return {
    desk: opened,
    embeddingModel: () => undefined,
    onAttached: () => undefined,
    ownerOf: async ({ account }: Caller) => ({
      kind: "owner" as const,
      owner: { id: `client/${account}`, account },
    }),
  };
}

const clientOf = (apiKey: string, at = made.url) => new OpenAI({ baseURL: `${at}/v1`, apiKey, maxRetries: 0 });
const sourced = (over: { readonly role?: string; readonly place?: object } = {}, client = clientOf(API_KEY)) =>
  client.vectorStores.create({
    name: "prices",
    source: { url: url(over.role ?? "reader"), place: { ...VIEW, ...over.place } },
  } as never);
const ask = (store: string, input: string, client = clientOf(API_KEY)) =>
  client.responses.create({
    ...{ model: "test-model", input, include: ["file_search_call.results"] },
    tools: [{ type: "file_search", vector_store_ids: [store] }],
  });
const rows = async () => (await own.query("SELECT id, says FROM price ORDER BY id")).rows;

describe("a vector store that stands for a view of its owner's own database", () => {
  it("answers from its rows, with the row cited, and otherwise when the row changes", async () => {
    const { id } = await sourced();
    const before = await ask(id, "say: It is apple");
    expect(before.output).toMatchObject([
      { results: [{ file_id: "apple", text: "An apple costs three coins" }] },
      { content: [{ annotations: [{ type: "file_citation", file_id: "apple", filename: "apple" }] }] },
    ]);
    const prompt = () => JSON.stringify(made.gateway.seen.requests.at(-1)?.prompt);
    expect(prompt()).toContain("An apple costs three coins");
    await own.query("UPDATE price SET says = 'An apple costs nine coins' WHERE id = 'apple'");
    await ask(id, "say: It is apple");
    expect(prompt()).toContain("An apple costs nine coins");
    expect(prompt()).not.toContain("An apple costs three coins");
    await own.query("UPDATE price SET says = 'An apple costs three coins' WHERE id = 'apple'");
  });

  it("takes a question as words, whatever it says, and never writes", async () => {
    const before = await rows();
    const { id } = await sourced();
    for (const text of ["'; DROP TABLE price; --", "apple') OR 1=1 --", "$1 ? & | ! :* <->"]) await ask(id, text);
    const { id: writes } = await sourced({ place: { view: "shown.writes" } });
    await expect(ask(writes, "apple")).rejects.toMatchObject({ status: 422, code: "source_unreadable" });
    expect(await rows()).toEqual(before);
  });

  it("isn't read by a role that may do more, or that may not read it, or at an address of the router's own", async () => {
    const refused = { status: 422, code: "source_unreadable" };
    const { id: strong } = await sourced({ role: "writer" });
    await expect(ask(strong, "apple")).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("may write to a table"),
    });
    const { id: hidden } = await sourced({ place: { view: "public.price" } });
    await expect(ask(hidden, "apple")).rejects.toMatchObject(refused);
    const guarded = await openTestServer({}, 0, gatewayOf(strict));
    const client = clientOf(API_KEY, guarded.url);
    const { id } = await sourced({}, client);
    await expect(ask(id, "apple", client)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining("SINK_ADDRESS_REFUSED"),
    });
    await guarded.server.close();
  });

  it("is refused with SQL, an expression or another scheme in its place, and never quotes its URL", async () => {
    const create = (source: object) => clientOf(API_KEY).vectorStores.create({ source } as never);
    for (const source of [
      { url: url("reader"), place: { ...VIEW, view: 'prices"; DROP TABLE price; --' } },
      { url: url("reader"), place: { ...VIEW, text: "says || secret" } },
      { url: url("reader"), place: { ...VIEW, sql: "SELECT 1" } },
      { url: `mysql://u:${PASSWORD}@h/d`, place: VIEW },
    ]) {
      const asked = create(source);
      await expect(asked).rejects.toMatchObject({ status: 400, param: "source" });
      await expect(asked).rejects.not.toThrow(PASSWORD);
    }
    const vectors = { kind: "vectors", table: "t", source: "id", text: "says", embedding: "v", dimension: 3 };
    await expect(create({ url: url("reader"), place: vectors })).rejects.toMatchObject({ param: "embedding_model" });
  });

  it("keeps its credentials sealed, shows none, is nobody else's, takes no files, and goes when it is deleted", async () => {
    const store = await sourced();
    expect(store).toMatchObject({
      status: "completed",
      cortensor: { source: { name: expect.stringContaining("shown.prices"), place: VIEW } },
    });
    expect(JSON.stringify(await clientOf(API_KEY).vectorStores.retrieve(store.id))).not.toContain(PASSWORD);
    const kept = await pool.query("SELECT * FROM vector_stores WHERE id = $1", [store.id]);
    const columns = Object.values(kept.rows[0] ?? {}).map((value) => Buffer.from(String(value)).toString("latin1"));
    expect(columns.length).toBeGreaterThan(5);
    expect(columns.join()).not.toContain(PASSWORD);
    expect(kept.rows[0]?.source.includes(PASSWORD)).toBe(false);
    await expect(ask(store.id, "apple", clientOf(OTHER_KEY))).rejects.toMatchObject({ status: 404 });
    const file = await clientOf(API_KEY).files.create({
      file: await toFile(Buffer.from("Words."), "note.txt"),
      purpose: "assistants",
    });
    const attached = clientOf(API_KEY).vectorStores.files.create(store.id, { file_id: file.id });
    await expect(attached).rejects.toMatchObject({ status: 400, message: expect.stringContaining("takes no files") });
    await clientOf(API_KEY).vectorStores.delete(store.id);
    expect((await pool.query("SELECT 1 FROM vector_stores WHERE id = $1", [store.id])).rows).toEqual([]);
    await expect(ask(store.id, "apple")).rejects.toMatchObject({ status: 404 });
  });
});
