import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer, type TestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

let open: TestServer & { url: string };
let client: OpenAI;
beforeAll(async () => {
  open = await openTestServer();
  client = new OpenAI({ baseURL: `${open.url}/v1`, apiKey: API_KEY, maxRetries: 0 });
});
afterAll(() => open.server.close());

const messages = [{ role: "user" as const, content: "say: hello from a miner" }];

describe("the official client", () => {
  it("chats", async () => {
    const { data, response } = await client.chat.completions.create({ model: "test-model", messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe("hello from a miner");
    expect(data.usage?.total_tokens).toBe(9);
    expect(response.headers.get("x-cortensor-task")).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("streams", async () => {
    const stream = await client.chat.completions.create({
      model: "test-model",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe("hello from a miner");
    expect(usage?.completion_tokens).toBe(4);
  });

  it("streams through its helper, which puts the message together", async () => {
    const runner = client.chat.completions.stream({ model: "test-model", messages });
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]?.message).toMatchObject({ role: "assistant", content: "hello from a miner" });
    expect(completion.choices[0]?.finish_reason).toBe("stop");
  });

  it("completes, whole and streamed", async () => {
    const whole = await client.completions.create({ model: "test-model", prompt: "say: a b" });
    expect(whole.choices[0]?.text).toBe("a b");
    const stream = await client.completions.create({ model: "test-model", prompt: "say: a b", stream: true });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
    expect(text).toBe("a b");
  });

  it("embeds, with its own default of base64", async () => {
    const { data } = await client.embeddings.create({ model: "owner/test-embed", input: ["ab"] });
    expect(data[0]?.embedding).toEqual([2, 0.5, -0.25]);
  });

  it("lists and finds models", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(["test-model", "owner/test-embed"]);
    expect((await client.models.retrieve("owner/test-embed")).owned_by).toBe("cortensor");
  });

  it("throws its own errors for refusals", async () => {
    const stranger = new OpenAI({ baseURL: `${open.url}/v1`, apiKey: "wrong", maxRetries: 0 });
    await expect(stranger.chat.completions.create({ model: "test-model", messages })).rejects.toThrow(
      AuthenticationError,
    );
    await expect(client.chat.completions.create({ model: "none", messages })).rejects.toThrow(NotFoundError);
    const two = client.chat.completions.create({ model: "test-model", messages, n: 2 });
    await expect(two).rejects.toThrow(BadRequestError);
    await expect(two).rejects.toMatchObject({ param: "n", code: "unsupported_parameter" });
  });

  it("throws when a stream breaks off", async () => {
    const broken = [{ role: "user" as const, content: "fail after 2" }];
    const stream = await client.chat.completions.create({ model: "test-model", messages: broken, stream: true });
    const texts: (string | null | undefined)[] = [];
    const read = async () => {
      for await (const chunk of stream) texts.push(chunk.choices[0]?.delta.content);
    };
    await expect(read()).rejects.toThrow(APIError);
    expect(texts.join("")).toBe("a b");
  });

  it("cancels the work when its caller aborts", async () => {
    open.gateway.gate.hold();
    const before = open.gateway.seen.options.length;
    const stream = client.chat.completions.create({ model: "test-model", messages, stream: true });
    open.gateway.gate.release(1);
    const opened = await stream;
    const signal = open.gateway.seen.options[before]?.signal;
    const cancelled = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    opened.controller.abort();
    await cancelled;
    open.gateway.gate.release(Number.POSITIVE_INFINITY);
  });
});
