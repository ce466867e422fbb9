import http from "node:http";
import net from "node:net";
import { afterEach, describe, expect, it } from "vitest";
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
    expect(chunks.map((chunk) => chunk.usage)).toEqual([
      null,
      null,
      null,
      null,
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    ]);
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
      yield { kind: "done", taskId, finish: "stop", nIn: 1, nOut: made, feeWei: 1n, segments: 1 };
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
