import http from "node:http";
import net from "node:net";
import { createManualClock, type ManualClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { STREAM_SILENCE_MS } from "../src/limits.js";
import { openTestServer, type TestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

let open: (TestServer & { url: string }) | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

/** Sends a chat over a bare socket and hands out the answer's text as it arrives. */
async function start(server: TestServer & { url: string }, content: string, more: object = {}) {
  const body = JSON.stringify({ model: "test-model", stream: true, messages: [{ role: "user", content }], ...more });
  const request = http.request(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
  });
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  request.end(body);
  const response = await answered;
  response.setEncoding("utf8");
  let text = "";
  const arrived: (() => void)[] = [];
  const wake = () => {
    for (const one of arrived.splice(0)) one();
  };
  response.on("data", (chunk: string) => {
    text += chunk;
    wake();
  });
  let hasEnded = false;
  response.once("close", () => {
    hasEnded = true;
    wake();
  });
  const until = async (isThere: () => boolean) => {
    while (!isThere() && !hasEnded) await new Promise<void>((resolve) => arrived.push(resolve));
  };
  return {
    request,
    response,
    text: () => text,
    waitFor: (part: string) => until(() => text.includes(part)),
    ended: () => until(() => hasEnded),
  };
}

function events(text: string): string[] {
  return text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => block.replace(/^data: /, ""));
}

describe("a stream", () => {
  it("shows its first chunk before the last token exists", async () => {
    open = await openTestServer();
    open.gateway.gate.hold();
    const started = start(open, "say: one two three");
    open.gateway.gate.release(1);
    const stream = await started;
    await stream.waitFor('"one"');
    expect(stream.text()).not.toContain("two");
    expect(stream.text()).not.toContain("[DONE]");
    open.gateway.gate.release(2);
    await stream.ended();
    expect(stream.text()).toContain('" three"');
  });

  it("has role, texts, finish, usage and one [DONE], all under one id", async () => {
    open = await openTestServer();
    const stream = await start(open, "say: one two", { stream_options: { include_usage: true } });
    await stream.ended();
    expect(stream.response.headers["content-type"]).toContain("text/event-stream");
    const task = String(stream.response.headers["x-cortensor-task"]);
    const all = events(stream.text());
    expect(all.filter((event) => event === "[DONE]")).toHaveLength(1);
    expect(all.at(-1)).toBe("[DONE]");
    const chunks = all.slice(0, -1).map((event) => JSON.parse(event));
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({
        id: `chatcmpl-${task.slice(2)}`,
        object: "chat.completion.chunk",
        model: "test-model",
      });
    }
    expect(chunks.map((chunk) => chunk.choices[0])).toEqual([
      { index: 0, delta: { role: "assistant", content: "", refusal: null }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: "one" }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: " two" }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: "stop" },
      undefined,
    ]);
    expect(chunks.map((chunk) => chunk.cortensor)).toEqual([
      undefined,
      undefined,
      undefined,
      { proof: "proved" },
      undefined,
    ]);
    expect(chunks.map((chunk) => chunk.usage)).toEqual([
      null,
      null,
      null,
      null,
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    ]);
  });

  it("has a chunk for each token that shows, also when all came together", async () => {
    open = await openTestServer();
    open.gateway.infer = async function* () {
      const taskId = `0x${"ab".repeat(32)}` as const;
      yield { kind: "started", taskId };
      yield { kind: "text", text: "one  two", ids: [1, 2, 3, 4], cuts: [3, 0, 1, 4] };
      yield { kind: "done", taskId, finish: "length", nIn: 1, nOut: 4, feeWei: 1n, segments: 1, label: "proved" };
    };
    const stream = await start(open, "go");
    await stream.ended();
    const chunks = events(stream.text()).slice(1, -2);
    expect(chunks.map((chunk) => JSON.parse(chunk).choices[0].delta.content)).toEqual(["one", " ", " two"]);
  });

  it("has no usage unless it was asked for", async () => {
    open = await openTestServer();
    const stream = await start(open, "say: one");
    await stream.ended();
    expect(stream.text()).not.toContain("usage");
  });

  it.each(["fail after 3", "end early"])("ends with an error event and no [DONE] at '%s'", async (content) => {
    open = await openTestServer();
    const stream = await start(open, content);
    await stream.ended();
    const all = events(stream.text());
    expect(JSON.parse(all.at(-1) ?? "").error).toMatchObject({ code: "miner_failed", type: "server_error" });
    expect(stream.text()).not.toContain("[DONE]");
    expect(stream.text()).not.toContain('"finish_reason":"stop"');
  });

  it("cancels the work when the client leaves", async () => {
    open = await openTestServer();
    const { gateway } = open;
    gateway.gate.hold();
    const started = start(open, "say: one two three");
    gateway.gate.release(1);
    const stream = await started;
    await stream.waitFor('"one"');
    const signal = gateway.seen.options[0]?.signal;
    const cancelled = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    stream.request.destroy();
    await cancelled;
    expect(signal?.aborted).toBe(true);
  });

  it("cancels the work of an answer that isn't streamed when the client leaves", async () => {
    open = await openTestServer();
    const { gateway, url } = open;
    gateway.gate.hold();
    const leaving = new AbortController();
    const answer = fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({ model: "test-model", messages: [{ role: "user", content: "say: one" }] }),
      signal: leaving.signal,
    });
    while (gateway.seen.options.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const signal = gateway.seen.options[0]?.signal;
    const cancelled = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await cancelled;
  });

  it("waits for a client that reads slowly instead of piling its answer up", async () => {
    open = await openTestServer();
    const { gateway } = open;
    const word = "x".repeat(65_536);
    let made = 0;
    gateway.infer = async function* () {
      const taskId = `0x${"ab".repeat(32)}` as const;
      yield { kind: "started", taskId };
      for (; made < 2_000; made += 1) yield { kind: "text", text: word, ids: [made] };
      yield { kind: "done", taskId, finish: "stop", nIn: 1, nOut: made, feeWei: 1n, segments: 1, label: "proved" };
    };
    const socket = http.request(`${open.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    const answered = new Promise<http.IncomingMessage>((resolve) => socket.once("response", resolve));
    socket.end(JSON.stringify({ model: "test-model", stream: true, messages: [{ role: "user", content: "go" }] }));
    const response = await answered;
    // The reader takes nothing: the kernel's buffers fill, and then the writer stands still.
    let before = -1;
    while (before !== made) {
      before = made;
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(made).toBeLessThan(2_000);
    let bytes = 0;
    for await (const chunk of response) bytes += chunk.length;
    expect(made).toBe(2_000);
    expect(bytes).toBeGreaterThan(2_000 * 65_536);
  });
});

describe("a stream that waits for its first word", () => {
  const openQuiet = async () => {
    const clock = createManualClock();
    open = await openTestServer({ clock });
    open.gateway.gate.hold();
    return { server: open, clock };
  };
  /** The request is on its way: its wait has begun. */
  const untilWaiting = async (clock: ManualClock) => {
    while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it("sends its head and comments, and then the whole answer as ever", async () => {
    const { server, clock } = await openQuiet();
    const started = start(server, "say: one two");
    await untilWaiting(clock);
    await clock.advance(STREAM_SILENCE_MS);
    const stream = await started;
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers["x-cortensor-task"]).toMatch(/^0x[0-9a-f]{64}$/);
    await clock.advance(STREAM_SILENCE_MS);
    await stream.waitFor(": keep-alive\n\n: keep-alive\n\n");
    expect(stream.text()).not.toContain("data:");
    server.gateway.gate.release(2);
    await stream.ended();
    const [, , ...chunks] = events(stream.text());
    expect(chunks.at(-1)).toBe("[DONE]");
    expect(chunks.slice(0, -1).map((chunk) => JSON.parse(chunk).choices[0].delta.content ?? "")).toEqual([
      "",
      "one",
      " two",
      "",
    ]);
    expect(clock.sleepers()).toBe(0);
  });

  it("fails with an event once its head is sent", async () => {
    const { server, clock } = await openQuiet();
    const started = start(server, "fail after 0");
    await untilWaiting(clock);
    await clock.advance(STREAM_SILENCE_MS);
    const stream = await started;
    server.gateway.gate.release(1);
    await stream.ended();
    expect(stream.response.statusCode).toBe(200);
    expect(JSON.parse(events(stream.text()).at(-1) ?? "").error).toMatchObject({ code: "miner_failed" });
    expect(stream.text()).not.toContain("[DONE]");
  });

  it("fails with its status until then", async () => {
    const { server, clock } = await openQuiet();
    const started = start(server, "fail after 0");
    await untilWaiting(clock);
    await clock.advance(STREAM_SILENCE_MS - 1);
    server.gateway.gate.release(1);
    expect((await started).response.statusCode).toBe(502);
    expect(clock.sleepers()).toBe(0);
  });

  it("doesn't wait for a client that left", async () => {
    const { server, clock } = await openQuiet();
    const started = start(server, "say: one");
    await untilWaiting(clock);
    await clock.advance(STREAM_SILENCE_MS);
    (await started).request.destroy();
    while (clock.sleepers() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(server.gateway.seen.aborted).toHaveLength(1);
  });
});

describe("bodies", () => {
  it("refuses a prompt of 2 MB cleanly, and the connection lives on", async () => {
    open = await openTestServer();
    const send = (content: string) =>
      fetch(`${open?.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "test-model", messages: [{ role: "user", content }] }),
      });
    const long = await send("x".repeat(2_000_000));
    expect(long.status).toBe(400);
    expect(await long.json()).toMatchObject({ error: { code: "context_length_exceeded", param: "messages" } });
    const tooLarge = await send("x".repeat(3_000_000));
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ error: { code: "request_too_large" } });
    expect((await send("say: x")).status).toBe(200);
  });
});

describe("closing", () => {
  it("ends silent connections at once and lets a running answer finish", async () => {
    open = await openTestServer();
    const { port } = new URL(open.url);
    const silent = net.connect(Number(port), "127.0.0.1");
    await new Promise<void>((resolve) => silent.once("connect", () => resolve()));
    open.gateway.gate.hold();
    const started = start(open, "say: one two");
    open.gateway.gate.release(1);
    const stream = await started;
    const silentEnded = new Promise<void>((resolve) => silent.once("close", () => resolve()));
    const closed = open.server.close();
    silent.resume();
    await silentEnded;
    expect(stream.text()).not.toContain("[DONE]");
    open.gateway.gate.release(1);
    await stream.ended();
    expect(stream.text()).toContain("[DONE]");
    await closed;
  });
});
