import {
  type CollectionEntry,
  type DataDesk,
  exportLines,
  makeManifest,
  openCollection,
  rootOfMessages,
} from "@cortensor/data";
import { FILE_BYTES_MAX } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";
import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DataRoom, openDataRoom } from "./openDataRoom.js";
import type { TestServer } from "./openTestServer.js";
import { ACCOUNT, API_KEY } from "./testGateway.js";

const SIGNAL = new AbortController().signal;
const OTHER_KEY = "ck-poor";

let room: DataRoom;
let desk: DataDesk;
let made: TestServer & { readonly url: string };
let openai: OpenAI;

beforeAll(async () => {
  room = await openDataRoom();
  desk = await room.openDesk();
  made = await room.openServer(desk);
  openai = new OpenAI({ baseURL: `${made.url}/v1`, apiKey: API_KEY, maxRetries: 0 });
});
afterAll(async () => {
  await made?.server.close();
  await room?.close();
});
beforeEach(async () => {
  room.refuse(undefined);
  await room.pool.query("TRUNCATE files, vector_stores, conversations CASCADE");
});

describe("a response that is kept, by the official client", () => {
  const ask = { model: "test-model", max_output_tokens: 20 } as const;
  const prompts = (of: TestServer) => of.gateway.seen.requests.at(-1)?.prompt;
  const gone = { status: 404, code: "response_not_found" };

  it("is gone on from after the router started again, by its own key alone", async () => {
    // Each test server numbers its tasks from the first on: the second one's is to be another's.
    await openai.responses.create({ ...ask, input: "say: nothing" });
    const first = await openai.responses.create({
      ...{ ...ask, input: "say: I am Ada", instructions: "Be brief.", store: true },
    });
    expect(first).toMatchObject({ store: true, previous_response_id: null });
    const again = await room.openServer(await room.openDesk());
    try {
      const client = new OpenAI({ baseURL: `${again.url}/v1`, apiKey: API_KEY, maxRetries: 0 });
      const going = { ...ask, input: "say: you said so", previous_response_id: first.id, store: true } as const;
      const stream = await client.responses.create({ ...going, stream: true });
      let last: OpenAI.Responses.ResponseStreamEvent | undefined;
      for await (const event of stream) last = event;
      if (last?.type !== "response.completed") throw new Error("no end");
      const { response: second } = last;
      expect(second).toMatchObject({ store: true, previous_response_id: first.id });
      const said = [
        { role: "user", content: "say: I am Ada" },
        { role: "assistant", content: "I am Ada" },
        { role: "user", content: "say: you said so" },
      ] as const;
      expect(prompts(again)).toEqual({ kind: "chat", messages: said });
      const kept = await client.responses.retrieve(second.id);
      expect(kept.output_text).toBe("you said so");
      const messages = [...said, { role: "assistant", content: "you said so" }] as const;
      const cid = expect.stringMatching(/^cid-/);
      expect(Reflect.get(kept, "cortensor").object).toEqual({
        ...{ version: 1, kind: "conversation", owner: `client/${ACCOUNT}`, model: "test-model" },
        ...{ count: 4, root: rootOfMessages(messages), cid },
      });
      for (const one of room.objects.values()) expect(Buffer.from(one).includes("Ada")).toBe(false);
      const asked = again.gateway.seen.requests.length;
      const stranger = new OpenAI({ baseURL: `${again.url}/v1`, apiKey: OTHER_KEY, maxRetries: 0 });
      await expect(stranger.responses.create({ ...going, stream: false })).rejects.toMatchObject(gone);
      await expect(stranger.responses.retrieve(first.id)).rejects.toMatchObject(gone);
      await expect(stranger.responses.delete(first.id)).rejects.toMatchObject(gone);
      expect(again.gateway.seen.requests).toHaveLength(asked);
    } finally {
      await again.server.close();
    }
  });

  it("isn't there for anybody once it is deleted or has expired; what went on from it has its own copy", async () => {
    const before = room.objects.size;
    const first = await openai.responses.create({ ...ask, input: "say: one", store: true });
    const second = await openai.responses.create({
      ...{ ...ask, input: "say: two", previous_response_id: first.id, store: true },
    });
    const third = await openai.responses.create({ ...ask, input: "say: three", previous_response_id: first.id });
    expect(third).toMatchObject({ store: false });
    await expect(openai.responses.retrieve(third.id)).rejects.toMatchObject(gone);
    await openai.responses.delete(first.id);
    const again = { ...ask, input: "say: more", previous_response_id: first.id };
    await expect(openai.responses.create(again)).rejects.toMatchObject({ ...gone, param: "previous_response_id" });
    await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject(gone);
    expect((await openai.responses.retrieve(second.id)).output_text).toBe("two");
    await room.pool.query("UPDATE conversations SET expires_s = 1");
    await expect(openai.responses.retrieve(second.id)).rejects.toMatchObject(gone);
    await desk.sweep();
    expect(room.objects.size).toBe(before);
  });

  it("is refused by name where the router may not read, before anything is asked", async () => {
    const asked = made.gateway.seen.requests.length;
    room.refuse({ code: "session_unsupported", message: "A session of 'sealed' has none." });
    const keeping = openai.responses.create({ ...ask, input: "say: one", store: true });
    await expect(keeping).rejects.toMatchObject({ code: "session_unsupported" });
    expect(made.gateway.seen.requests).toHaveLength(asked);
  });
});

describe("a conversation that responses go on in, by the official client", () => {
  const ask = { model: "test-model", max_output_tokens: 20 } as const;
  const gone = { status: 404, code: "conversation_not_found" };
  const prompt = () => made.gateway.seen.requests.at(-1)?.prompt;

  it("has what was put into it, what was asked in it and what was answered, in order and after a new start", async () => {
    const before = room.objects.size;
    const items = [{ role: "user", content: "say: I am Ada" } as const];
    const { id } = await openai.conversations.create({ items, metadata: { of: "ada" } });
    const whole = await openai.responses.create({
      ...ask,
      conversation: id,
      input: "say: one",
      instructions: "Be brief.",
    });
    expect(whole).toMatchObject({ conversation: { id }, store: false, output_text: "one" });
    expect(prompt()).toMatchObject({
      messages: [{ role: "system", content: "Be brief." }, ...items, { role: "user", content: "say: one" }],
    });
    const again = await room.openServer(await room.openDesk());
    try {
      const client = new OpenAI({ baseURL: `${again.url}/v1`, apiKey: API_KEY, maxRetries: 0 });
      const stream = await client.responses.create({ ...ask, conversation: { id }, input: "say: two", stream: true });
      const types: string[] = [];
      for await (const { type } of stream) types.push(type);
      expect(types.at(-1)).toBe("response.completed");
      expect(await client.conversations.retrieve(id)).toMatchObject({ id, metadata: { of: "ada" } });
      const said: string[] = [];
      // Two a page: the client asks for the next by itself.
      for await (const item of client.conversations.items.list(id, { order: "asc", limit: 2 }))
        if (item.type === "message") said.push(item.content.map((part) => ("text" in part ? part.text : "")).join());
      expect(said).toEqual(["say: I am Ada", "say: one", "one", "say: two", "two"]);
    } finally {
      await again.server.close();
    }
    for (const sealed of room.objects.values()) expect(Buffer.from(sealed).includes("Ada")).toBe(false);
    // Each change is another object, and lets the one before go.
    expect(room.objects.size).toBe(before + 1);
  });

  it("is changed item by item, and is its own key's alone", async () => {
    const before = room.objects.size;
    const { id } = await openai.conversations.create();
    const items = [
      { role: "user", content: "say: one" },
      { role: "assistant", content: "one" },
    ] as const;
    const added = await openai.conversations.items.create(id, { items: [...items] });
    const [first = "", second = ""] = added.data.flatMap((item) => (item.id === null ? [] : [item.id]));
    expect(await openai.conversations.items.retrieve(second, { conversation_id: id })).toMatchObject({
      ...{ role: "assistant", content: [{ type: "output_text", text: "one" }] },
    });
    expect(await openai.conversations.update(id, { metadata: { of: "me" } })).toMatchObject({ metadata: { of: "me" } });
    await openai.conversations.items.delete(first, { conversation_id: id });
    expect((await openai.conversations.items.list(id)).data).toMatchObject([{ id: second }]);
    await expect(openai.conversations.items.delete(first, { conversation_id: id })).rejects.toMatchObject(gone);
    const other = new OpenAI({ baseURL: `${made.url}/v1`, apiKey: OTHER_KEY, maxRetries: 0 });
    await expect(other.conversations.retrieve(id)).rejects.toMatchObject(gone);
    await expect(other.responses.create({ ...ask, conversation: id, input: "say: it" })).rejects.toMatchObject(gone);
    expect(await openai.conversations.delete(id)).toMatchObject({ deleted: true });
    await expect(openai.conversations.retrieve(id)).rejects.toMatchObject(gone);
    await expect(openai.conversations.delete(id)).rejects.toMatchObject(gone);
    expect(room.objects.size).toBe(before);
  });

  it("loses nothing to two that add to it at once", async () => {
    const { id } = await openai.conversations.create();
    const words = Array.from({ length: 8 }, (_, at) => `say: ${at}`);
    await Promise.all(words.map((input) => openai.responses.create({ ...ask, conversation: id, input })));
    const said = (await openai.conversations.items.list(id, { limit: 100 })).data;
    expect(said).toHaveLength(2 * words.length);
  });

  it("is refused before anything is asked: unknown, beside an earlier response, too long, with what is no message", async () => {
    const asked = made.gateway.seen.requests.length;
    const { id } = await openai.conversations.create();
    const responding = (extra: object) => openai.responses.create({ ...ask, input: "say: it", ...extra });
    await expect(responding({ conversation: "conv_none" })).rejects.toMatchObject({ ...gone, param: "conversation" });
    const both = responding({ conversation: id, previous_response_id: "resp_1" });
    await expect(both).rejects.toMatchObject({ status: 400, param: "conversation" });
    const large = { role: "user", content: "x".repeat(600_000) } as const;
    await openai.conversations.items.create(id, { items: [large] });
    const more = openai.conversations.items.create(id, { items: [large] });
    await expect(more).rejects.toMatchObject({ code: "context_length_exceeded" });
    const odd = { type: "function_call_output", call_id: "c", output: "o" } as const;
    await expect(openai.conversations.create({ items: [odd] })).rejects.toMatchObject({ param: "items[0].type" });
    room.refuse({ code: "session_unsupported", message: "A session of 'sealed' has none." });
    await expect(openai.conversations.create()).rejects.toMatchObject({ code: "session_unsupported" });
    await expect(responding({ conversation: id })).rejects.toMatchObject({ code: "session_unsupported" });
    expect(made.gateway.seen.requests).toHaveLength(asked);
  });

  it("goes thirty days after it was last added to", async () => {
    const before = room.objects.size;
    const { id } = await openai.conversations.create({ items: [{ role: "user", content: "say: one" }] });
    await room.pool.query("UPDATE conversations SET expires_s = 1");
    await expect(openai.conversations.retrieve(id)).rejects.toMatchObject(gone);
    await desk.sweep();
    expect(room.objects.size).toBe(before);
  });
});

const PASSAGE = "Put Malenda into the calendar for Thursday.";
const uploadNote = async (text: string, name: string) =>
  openai.files.create({ file: await toFile(Buffer.from(text), name), purpose: "assistants" });

describe("an exported collection", () => {
  it("makes a store of the same root, without a text embedded anew; one number changed, and it is refused", async () => {
    const { id: one } = await uploadNote(PASSAGE, "one.txt");
    const { id: two } = await uploadNote("Nothing of the kind.", "two.txt");
    const { id } = await openai.vectorStores.create({ name: "notes", file_ids: [one, two] });
    await desk.index(SIGNAL);
    const fetchOf = async (path: string) =>
      (await fetch(`${made.url}/v1/vector_stores/${path}`, { headers: { authorization: `Bearer ${API_KEY}` } })).text();
    const exported = await fetchOf(`${id}/collection/export`);
    const put = async (text: string) => (await uploadNote(text, "notes.jsonl")).id;
    const importing = (collection: string, extra: object = {}) =>
      openai.vectorStores.create({ name: "again", ...{ collection }, ...extra });
    const again = await importing(await put(exported));
    expect(again).toMatchObject({ status: "completed", file_counts: { completed: 2, total: 2 } });
    const [from, to] = [
      JSON.parse(await fetchOf(`${id}/collection`)),
      JSON.parse(await fetchOf(`${again.id}/collection`)),
    ];
    expect(to).toMatchObject({ root: from.root, count: from.count, dimension: 2 });
    const found = await openai.vectorStores.search(again.id, { query: "Malenda" });
    expect(found.data[0]).toMatchObject({ filename: "one.txt", content: [{ text: PASSAGE }] });

    const lines = exported.split("\n");
    const entry = JSON.parse(lines[1] ?? "");
    const numbers = Buffer.from(entry.vector, "base64");
    numbers.writeFloatLE(numbers.readFloatLE(0) + 1, 0);
    lines[1] = JSON.stringify({ ...entry, vector: numbers.toString("base64") });
    const stores = (await openai.vectorStores.list()).data.length;
    const refused = importing(await put(lines.join("\n")));
    await expect(refused).rejects.toMatchObject({ status: 400, param: "collection" });
    await expect(refused).rejects.toThrow("VECTORS_ROOT_MISMATCH");
    await expect(importing(one)).rejects.toThrow("VECTORS_MALFORMED");
    await expect(importing("file-none")).rejects.toMatchObject({ code: "file_not_found" });
    await expect(importing(one, { file_ids: [one] })).rejects.toMatchObject({ param: "collection" });
    expect((await openai.vectorStores.list()).data).toHaveLength(stores);
  });
});

describe("a collection that is larger than a file", () => {
  const COUNT = 2_600;
  const OF_A_FILE = 200;
  /** As long as attributes may be: what makes lines long, and is hashed once. */
  const ATTRIBUTES = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`name ${at}`, "x".repeat(512)]));

  /** Its entries, and how many were made. */
  function* made21Megabytes(count: { made: number }): Generator<CollectionEntry> {
    for (let at = 0; at < COUNT; at += 1) {
      count.made += 1;
      const file = `file-${Math.floor(at / OF_A_FILE)}`;
      const named = { file, filename: `${file}.txt`, attributes: ATTRIBUTES };
      yield { ...named, text: `entry ${at}`, vector: Float32Array.of(at, 1) };
    }
  }

  it("goes in and out in pieces, with no more of it in memory than a piece", async () => {
    const count = { made: 0 };
    const of = { owner: "client/another", embeddingModel: "owner/test-embed" };
    const manifest = await makeManifest(made21Megabytes(count), of);
    const { vectorStores } = createCortensor({ baseUrl: made.url, apiKey: API_KEY });
    const sent: number[] = [];
    count.made = 0;
    const ahead: number[] = [];
    const onPiece = (bytes: number) => {
      sent.push(bytes);
      ahead.push(count.made);
    };
    const { id } = await vectorStores.importCollection(exportLines(manifest, made21Megabytes(count)), { onPiece });
    expect(sent).toHaveLength(2);
    expect(sent[0]).toBeLessThanOrEqual(FILE_BYTES_MAX);
    expect(sent[1]).toBeGreaterThan(20 * 1_048_576);
    // When the first piece had been sent, what was behind it wasn't made yet.
    expect(ahead[0]).toBeLessThan(COUNT);
    expect(await openai.vectorStores.retrieve(id)).toMatchObject({ file_counts: { completed: 13, total: 13 } });
    // Its pieces are gone; what is left are the files that it was made of.
    expect((await openai.files.list()).data.map(({ filename }) => filename)).not.toContain("piece-1.jsonl");

    let largest = 0;
    async function* watched() {
      for await (const chunk of vectorStores.exportCollection(id)) {
        largest = Math.max(largest, chunk.length);
        yield chunk;
      }
    }
    const opened = await openCollection(watched());
    let entries = 0;
    const again = await opened.read(async ({ vector }) => {
      expect(vector[0]).toBe(entries);
      entries += 1;
      return true;
    });
    expect(again).toMatchObject({ root: manifest.root, count: COUNT, dimension: 2 });
    expect(largest).toBeLessThan(1_048_576);
  });

  it("is refused with a piece missing, and nothing of it stays", async () => {
    const of = { owner: "client/another", embeddingModel: "owner/test-embed" };
    const entries = [...made21Megabytes({ made: 0 })].slice(150, 250);
    const manifest = await makeManifest(entries, of);
    const lines: Buffer[] = [];
    for await (const line of exportLines(manifest, entries)) lines.push(Buffer.from(line));
    const head = (await uploadNote(Buffer.concat(lines.slice(0, 41)).toString(), "head.jsonl")).id;
    const tail = (await uploadNote(Buffer.concat(lines.slice(41)).toString(), "tail.jsonl")).id;
    const objects = room.objects.size;
    const importing = (collection: readonly string[]) =>
      openai.vectorStores.create({ name: "again", ...{ collection } });
    await expect(importing([head])).rejects.toThrow("VECTORS_MALFORMED");
    await expect(importing([head, "file-none"])).rejects.toMatchObject({ code: "file_not_found" });
    await expect(importing([tail, head])).rejects.toThrow("VECTORS_MALFORMED");
    await expect(importing([])).rejects.toMatchObject({ status: 400, param: "collection" });
    // Its owner has room for one of its two files.
    const others = "SELECT 'file-other-' || n, owner, 0, purpose, media_type, 0, cid, wrapped, filename FROM files, ";
    const columns = "(id, owner, bytes, purpose, media_type, created_s, cid, wrapped, filename)";
    await room.pool.query(`INSERT INTO files ${columns} ${others} generate_series(1, 997) AS n WHERE id = '${head}'`);
    await expect(importing([head, tail])).rejects.toMatchObject({ code: "data_quota_reached" });
    await room.pool.query("DELETE FROM files WHERE id LIKE 'file-other-%'");
    expect([(await openai.vectorStores.list()).data, room.objects.size]).toEqual([[], objects]);
    expect(await importing([head, tail])).toMatchObject({ file_counts: { completed: 2 } });
  });
});
