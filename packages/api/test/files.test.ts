import { type DataDesk, importCollection } from "@cortensor/data";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DataRoom, openDataRoom } from "./openDataRoom.js";
import type { TestServer } from "./openTestServer.js";
import { ACCOUNT, API_KEY } from "./testGateway.js";

const SIGNAL = new AbortController().signal;
const OTHER_KEY = "ck-poor";
const PASSAGE = "Put Malenda into the calendar for Thursday.";

let room: DataRoom;
let desk: DataDesk;
let made: TestServer & { readonly url: string };
let openai: OpenAI;
let other: OpenAI;

beforeAll(async () => {
  room = await openDataRoom();
  desk = await room.openDesk();
  made = await room.openServer(desk);
  openai = new OpenAI({ baseURL: `${made.url}/v1`, apiKey: API_KEY, maxRetries: 0 });
  other = new OpenAI({ baseURL: `${made.url}/v1`, apiKey: OTHER_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await made?.server.close();
  await room?.close();
});
beforeEach(async () => {
  room.refuse(undefined);
  await room.pool.query("TRUNCATE files, vector_stores CASCADE");
});

const upload = async (
  text: string,
  name = "note.txt",
  extra: { expires_after?: { anchor: "created_at"; seconds: number } } = {},
) => openai.files.create({ file: await toFile(Buffer.from(text), name), purpose: "assistants", ...extra });

/** A store of one text, embedded. */
async function storeOf(text: string): Promise<{ readonly store: string; readonly file: string }> {
  const { id: file } = await upload(text);
  const store = await openai.vectorStores.create({ name: "notes", file_ids: [file] });
  await desk.index(SIGNAL);
  return { store: store.id, file };
}

describe("files by the official client", () => {
  it("are uploaded, listed page by page, read and deleted", async () => {
    const first = await upload("One.", "one.md", { expires_after: { anchor: "created_at", seconds: 3_600 } });
    expect(first).toMatchObject({
      object: "file",
      bytes: 4,
      filename: "one.md",
      purpose: "assistants",
      status: "processed",
    });
    expect(first.expires_at).toBe(first.created_at + 3_600);
    const second = await upload("Two.", "zwölf.txt");
    const names: string[] = [];
    for await (const file of openai.files.list({ limit: 1, order: "asc" })) names.push(file.filename);
    expect(names.sort()).toEqual(["one.md", "zwölf.txt"]);
    expect(await (await openai.files.content(second.id)).text()).toBe("Two.");
    expect(await openai.files.retrieve(second.id)).toEqual(second);
    expect(await openai.files.delete(second.id)).toEqual({ id: second.id, object: "file", deleted: true });
    await expect(openai.files.retrieve(second.id)).rejects.toMatchObject({ status: 404, code: "file_not_found" });
  });

  it("aren't another key's to see, read, delete or attach", async () => {
    const { id } = await upload("Mine.");
    const gone = { status: 404, code: "file_not_found" };
    await expect(other.files.retrieve(id)).rejects.toMatchObject(gone);
    await expect(other.files.content(id)).rejects.toMatchObject(gone);
    await expect(other.files.delete(id)).rejects.toMatchObject(gone);
    await expect(other.vectorStores.create({ file_ids: [id] })).rejects.toMatchObject(gone);
    expect((await other.files.list()).data).toEqual([]);
    expect((await openai.files.retrieve(id)).id).toBe(id);
  });

  it.each([
    ["a type that nothing here reads", "x.pdf", "%PDF-1.7", { code: "unsupported_file_type", param: "file" }],
    ["bytes that are no text", "x.txt", "a\0b", { code: "unsupported_file_type", param: "file" }],
    ["a name that can't be kept", `${"n".repeat(300)}.txt`, "a", { code: "invalid_value", param: "file" }],
  ])("with %s are refused by name", async (_, name, text, refused) => {
    await expect(upload(text, name)).rejects.toMatchObject({ status: 400, ...refused });
  });

  it("are refused for another purpose, too short an expiry, too many bytes, as JSON, and without a key", async () => {
    const file = await toFile(Buffer.from("a"), "a.txt");
    await expect(openai.files.create({ file, purpose: "fine-tune" })).rejects.toMatchObject({
      status: 400,
      param: "purpose",
    });
    const short = upload("a", "a.txt", { expires_after: { anchor: "created_at", seconds: 10 } });
    await expect(short).rejects.toMatchObject({ status: 400, param: "expires_after[seconds]" });
    await expect(upload("a".repeat(16_777_217))).rejects.toMatchObject({ status: 413, code: "file_too_large" });
    const asJson = await fetch(`${made.url}/v1/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${API_KEY}` },
      body: "{}",
    });
    expect(asJson.status).toBe(400);
    const stranger = new OpenAI({ baseURL: `${made.url}/v1`, apiKey: "nobody", maxRetries: 0 });
    await expect(stranger.files.create({ file, purpose: "assistants" })).rejects.toMatchObject({ status: 401 });
  });

  it("are refused where the session keeps its texts from the router", async () => {
    room.refuse({ code: "session_unsupported", message: "'file_search' is not for sealed sessions." });
    await expect(upload("a")).rejects.toMatchObject({ status: 400, code: "session_unsupported" });
    const asked = openai.chat.completions.create({
      ...{ model: "test-model", messages: [{ role: "user", content: "x" }] },
      // OpenAI\'s types have this tool among its responses\' alone.
      tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] as never,
    });
    await expect(asked).rejects.toMatchObject({ status: 400, code: "session_unsupported" });
    expect(made.gateway.seen.requests).toEqual([]);
  });
});

describe("vector stores by the official client", () => {
  it("are made, changed, listed, searched and deleted", async () => {
    const { store, file } = await storeOf(PASSAGE);
    expect(await openai.vectorStores.retrieve(store)).toMatchObject({
      status: "completed",
      file_counts: { completed: 1, total: 1 },
      name: "notes",
    });
    const changed = await openai.vectorStores.update(store, {
      name: "other",
      metadata: { of: "me" },
      expires_after: { anchor: "last_active_at", days: 2 },
    });
    expect(changed).toMatchObject({ name: "other", metadata: { of: "me" }, expires_after: { days: 2 } });
    expect((await openai.vectorStores.list()).data.map(({ id }) => id)).toEqual([store]);
    const found = await openai.vectorStores.search(store, { query: "calendar", max_num_results: 3 });
    expect(found.data).toEqual([
      { file_id: file, filename: "note.txt", score: 1, attributes: {}, content: [{ type: "text", text: PASSAGE }] },
    ]);
    expect(await openai.vectorStores.delete(store)).toMatchObject({ deleted: true });
    await expect(openai.vectorStores.retrieve(store)).rejects.toMatchObject({
      status: 404,
      code: "vector_store_not_found",
    });
  });

  it("take files one by one and in batches, with attributes to filter by", async () => {
    const [a, b, c] = [await upload("Alpha."), await upload("Beta."), await upload("Gamma.")];
    const { id: store } = await openai.vectorStores.create({ name: "all" });
    const chunking_strategy = {
      type: "static",
      static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 20 },
    } as const;
    const one = await openai.vectorStores.files.create(store, {
      file_id: a.id,
      attributes: { year: 2_024 },
      chunking_strategy,
    });
    expect(one).toMatchObject({ status: "in_progress", attributes: { year: 2_024 }, chunking_strategy });
    const batch = await openai.vectorStores.fileBatches.create(store, {
      file_ids: [b.id, c.id],
      attributes: { year: 1_999 },
    });
    expect(batch).toMatchObject({ status: "in_progress", file_counts: { in_progress: 2, total: 2 } });
    await desk.index(SIGNAL);
    expect(await openai.vectorStores.fileBatches.retrieve(batch.id, { vector_store_id: store })).toMatchObject({
      status: "completed",
    });
    const listed = await openai.vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: store });
    expect(listed.data.map(({ id }) => id).sort()).toEqual([b.id, c.id].sort());
    const search = async (filters: OpenAI.ComparisonFilter | OpenAI.CompoundFilter) =>
      (await openai.vectorStores.search(store, { query: "alpha beta", filters })).data.map((result) => result.file_id);
    expect(await search({ type: "gt", key: "year", value: 2_000 })).toEqual([a.id]);
    expect((await search({ type: "or", filters: [{ type: "eq", key: "year", value: 1_999 }] })).length).toBe(2);
    await openai.vectorStores.files.update(a.id, { vector_store_id: store, attributes: { year: 1 } });
    expect(await search({ type: "gt", key: "year", value: 2_000 })).toEqual([]);
    const text = await openai.vectorStores.files.content(a.id, { vector_store_id: store });
    expect(text.data).toEqual([{ type: "text", text: "Alpha." }]);
    await openai.vectorStores.files.delete(a.id, { vector_store_id: store });
    expect((await openai.vectorStores.files.list(store)).data).toHaveLength(2);
  });

  it("of another key aren't there, whatever is asked of them", async () => {
    const { store, file } = await storeOf(PASSAGE);
    const gone = { status: 404, code: "vector_store_not_found" };
    await expect(other.vectorStores.retrieve(store)).rejects.toMatchObject(gone);
    await expect(other.vectorStores.search(store, { query: "x" })).rejects.toMatchObject(gone);
    await expect(other.vectorStores.files.list(store)).rejects.toMatchObject(gone);
    await expect(other.vectorStores.files.delete(file, { vector_store_id: store })).rejects.toMatchObject(gone);
    await expect(other.vectorStores.delete(store)).rejects.toMatchObject(gone);
    const collection = await fetch(`${made.url}/v1/vector_stores/${store}/collection`, {
      headers: { authorization: `Bearer ${OTHER_KEY}` },
    });
    expect(collection.status).toBe(404);
  });

  it("refuse what they don't do by its name, before anything is changed", async () => {
    const { store } = await storeOf(PASSAGE);
    const deep = (depth: number): OpenAI.CompoundFilter =>
      ({
        type: "and",
        filters: [depth === 0 ? { type: "eq", key: "a", value: 1 } : deep(depth - 1)],
      }) as OpenAI.CompoundFilter;
    const refused = async (asked: Promise<unknown>, param: string) =>
      expect(asked).rejects.toMatchObject({ status: 400, param });
    await refused(openai.vectorStores.search(store, { query: "x", rewrite_query: true }), "rewrite_query");
    await refused(openai.vectorStores.search(store, { query: "x", filters: deep(8) }), "filters");
    await refused(openai.vectorStores.search(store, { query: "x", max_num_results: 51 }), "max_num_results");
    await refused(openai.vectorStores.search(store, { query: "" }), "query");
    await refused(openai.vectorStores.list({ before: "vs_1" }), "before");
    const chunking_strategy = {
      type: "static",
      static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 60 },
    } as const;
    await refused(openai.vectorStores.create({ chunking_strategy }), "chunking_strategy.static");
    expect((await openai.vectorStores.list()).data).toHaveLength(1);
  });

  it("are collections, whose export says what its manifest does", async () => {
    const { store } = await storeOf(PASSAGE);
    const read = async (path: string) =>
      (
        await fetch(`${made.url}/v1/vector_stores/${store}/${path}`, {
          headers: { authorization: `Bearer ${API_KEY}` },
        })
      ).text();
    const [manifest, exported] = [await read("collection"), await read("collection/export")];
    expect(JSON.parse(exported.split("\n", 1)[0] ?? "")).toEqual(JSON.parse(manifest));
    expect(JSON.parse(manifest)).toMatchObject({ owner: `client/${ACCOUNT}`, count: 1, dimension: 2 });
    const bytes = Buffer.from(exported);
    expect((await importCollection(bytes)).manifest).toEqual(JSON.parse(manifest));
    const [first = "", line = ""] = exported.split("\n");
    const moved = { ...JSON.parse(line), vector: Buffer.from(Float32Array.of(1, 2).buffer).toString("base64") };
    const changed = Buffer.from(`${first}\n${JSON.stringify(moved)}\n`);
    await expect(importCollection(changed)).rejects.toMatchObject({ code: "VECTORS_ROOT_MISMATCH" });
  });
});

describe("file_search in a chat", () => {
  const ask = (store: string, extra: object = {}) => ({
    model: "test-model",
    messages: [{ role: "user" as const, content: "say: It is Thursday" }],
    tools: [{ type: "file_search", vector_store_ids: [store] }] as never,
    ...extra,
  });

  it("puts what is found before the question, and cites the file in which the answer's words stand", async () => {
    const { store, file } = await storeOf(PASSAGE);
    made.gateway.seen.requests.length = 0;
    const { choices, ...answer } = await openai.chat.completions.create(ask(store));
    const prompt = made.gateway.seen.requests[0]?.prompt;
    expect(prompt).toMatchObject({
      kind: "chat",
      messages: [{ content: `Answer from the text. ${PASSAGE}\nQuestion: say: It is Thursday` }],
    });
    const text = choices[0]?.message.content ?? "";
    expect(choices[0]?.message.annotations).toEqual([
      { type: "file_citation", file_id: file, filename: "note.txt", index: text.length },
    ]);
    expect(answer).toMatchObject({
      cortensor: {
        file_search: { results: [{ file_id: file, filename: "note.txt", score: 1 }], tasks: [`0x${"ab".repeat(32)}`] },
      },
    });
  });

  it("cites in a stream's last chunk", async () => {
    const { store, file } = await storeOf(PASSAGE);
    const stream = await openai.chat.completions.create({ ...ask(store), stream: true as const });
    const deltas: unknown[] = [];
    for await (const chunk of stream) deltas.push(chunk.choices[0]?.delta);
    expect(deltas.at(-1)).toMatchObject({
      annotations: [{ type: "file_citation", file_id: file, filename: "note.txt" }],
    });
  });

  it("searches nothing when tool_choice is none, and is refused for a store that isn't there, another's, or beside another tool", async () => {
    const { store } = await storeOf(PASSAGE);
    made.gateway.seen.requests.length = 0;
    await openai.chat.completions.create(ask(store, { tool_choice: "none" }));
    expect(made.gateway.seen.requests[0]?.prompt).toMatchObject({ messages: [{ content: "say: It is Thursday" }] });
    made.gateway.seen.requests.length = 0;
    await expect(openai.chat.completions.create(ask("vs_none"))).rejects.toMatchObject({
      status: 404,
      code: "vector_store_not_found",
    });
    await expect(other.chat.completions.create(ask(store))).rejects.toMatchObject({
      status: 404,
      code: "vector_store_not_found",
    });
    const search = { type: "file_search", vector_store_ids: [store] };
    const both = ask(store, { tools: [search, { type: "function", function: { name: "f" } }] });
    await expect(openai.chat.completions.create(both)).rejects.toMatchObject({ status: 400, param: "tools" });
    const bad = ask(store, { tools: [{ ...search, max_num_results: 0 }] });
    await expect(openai.chat.completions.create(bad)).rejects.toMatchObject({
      status: 400,
      param: "tools[0].max_num_results",
    });
    expect(made.gateway.seen.requests).toEqual([]);
  });
});

describe("file_search in a response", () => {
  const ask = (store: string) => ({
    model: "test-model",
    input: "say: It is Thursday",
    tools: [{ type: "file_search" as const, vector_store_ids: [store] }],
  });

  it("says what was searched, and cites the file, whole and streamed", async () => {
    const { store, file } = await storeOf(PASSAGE);
    const whole = await openai.responses.create({ ...ask(store), include: ["file_search_call.results"] });
    const cited = { type: "file_citation", file_id: file, filename: "note.txt", index: whole.output_text.length };
    const found = { file_id: file, filename: "note.txt", score: 1, text: PASSAGE };
    expect(whole.output).toMatchObject([
      { type: "file_search_call", status: "completed", queries: ["say: It is Thursday"], results: [found] },
      { type: "message", content: [{ type: "output_text", annotations: [cited] }] },
    ]);
    const streamed = await openai.responses.stream(ask(store)).finalResponse();
    expect(streamed.output).toMatchObject([
      { type: "file_search_call", results: null },
      { type: "message", content: [{ annotations: [cited] }] },
    ]);
    const types: string[] = [];
    for await (const event of await openai.responses.create({ ...ask(store), stream: true })) types.push(event.type);
    expect(types).toContain("response.file_search_call.completed");
    expect(types).toContain("response.output_text.annotation.added");
  });

  it("is refused for another's store, and for an input that doesn't end with a question", async () => {
    const { store } = await storeOf(PASSAGE);
    await expect(other.responses.create(ask(store))).rejects.toMatchObject({ status: 404 });
    const input = [{ role: "assistant" as const, content: "It is Friday" }];
    await expect(openai.responses.create({ ...ask(store), input })).rejects.toMatchObject({
      status: 400,
      param: "input",
    });
  });
});
