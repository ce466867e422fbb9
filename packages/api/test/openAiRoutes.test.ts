import { describe, expect, it } from "vitest";
import { makeTestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

const authorization = `Bearer ${API_KEY}`;
const chat = (content: unknown, more: object = {}) => ({
  model: "test-model",
  messages: [{ role: "user", content }],
  ...more,
});

function post(body: unknown, { url = "/v1/chat/completions", headers = {} as Record<string, string> } = {}) {
  const { server, gateway, logged } = makeTestServer();
  const answer = server.inject({
    method: "POST",
    url,
    headers: { authorization, "content-type": "application/json", ...headers },
    payload: typeof body === "string" ? body : JSON.stringify(body),
  });
  return answer.then((response) => ({ response, json: response.json(), gateway, logged }));
}

describe("POST /v1/chat/completions", () => {
  it("answers in OpenAI's shape, with the task in a header", async () => {
    const { response, json } = await post(chat("say: hello there"));
    expect(response.statusCode).toBe(200);
    expect(response.headers["content-type"]).toContain("application/json");
    const task = String(response.headers["x-cortensor-task"]);
    expect(task).toMatch(/^0x[0-9a-f]{64}$/);
    expect(json).toEqual({
      id: `chatcmpl-${task.slice(2)}`,
      object: "chat.completion",
      created: 1_700_000_000,
      model: "test-model",
      system_fingerprint: null,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "hello there", refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      cortensor: { proof: "proved" },
    });
    expect(response.headers["x-cortensor-proof"]).toBe("proved");
  });

  it("escapes whatever the model says and whatever name it has", async () => {
    const { json } = await post(chat('say: "quotes"\\\n\u2028 é 😀'));
    expect(json.choices[0].message.content).toBe('"quotes"\\\n\u2028 é 😀');
  });

  it("hands every option on as canonical parameters", async () => {
    const { gateway } = await post(
      chat("say: x", {
        temperature: 0.5,
        top_p: 0.9,
        top_k: 10,
        min_p: 0.1,
        presence_penalty: 1,
        frequency_penalty: -1,
        logit_bias: { "12": -100 },
        stop: ["a", "b"],
        seed: -1,
        max_completion_tokens: 9,
        user: "somebody",
        an_unknown_option: { is: "ignored" },
      }),
    );
    expect(gateway.seen.requests[0]?.params).toEqual({
      temperature: 0.5,
      topK: 10,
      topP: 0.9,
      minP: 0.1,
      presencePenalty: 1,
      frequencyPenalty: -1,
      logitBias: { "12": -100 },
      stop: ["a", "b"],
      maxTokens: 9,
      userSeed: 2n ** 64n - 1n,
    });
  });

  it("takes null for every default, as OpenAI does", async () => {
    const { response, gateway } = await post(
      chat("say: x", {
        temperature: null,
        top_p: null,
        stop: null,
        seed: null,
        stream: null,
        logit_bias: null,
        n: null,
        tools: null,
      }),
    );
    expect(response.statusCode).toBe(200);
    expect(gateway.seen.requests[0]?.params).toMatchObject({
      temperature: 1,
      topK: 40,
      topP: 1,
      maxTokens: 1_024,
      stop: [],
    });
  });

  it("joins content parts of text and reads developer as system", async () => {
    const { gateway } = await post({
      model: "test-model",
      messages: [
        { role: "developer", content: "Be short." },
        {
          role: "user",
          content: [
            { type: "text", text: "say: " },
            { type: "text", text: "x" },
          ],
        },
      ],
    });
    expect(gateway.seen.requests[0]?.prompt).toEqual({
      kind: "chat",
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: "say: x" },
      ],
    });
  });

  it("says length when the limit cut the answer", async () => {
    const { json } = await post(chat("say: a b c d", { max_tokens: 2 }));
    expect(json.choices[0]).toMatchObject({ message: { content: "a b" }, finish_reason: "length" });
  });

  it("passes a customer's nonce on, with or without its prefix", async () => {
    const nonce = "AB".repeat(32);
    const { gateway } = await post(chat("say: x"), { headers: { "x-cortensor-nonce": nonce } });
    expect(gateway.seen.options[0]?.userNonce).toBe(`0x${"ab".repeat(32)}`);
    const { response, json } = await post(chat("say: x"), { headers: { "x-cortensor-nonce": "0xshort" } });
    expect(response.statusCode).toBe(400);
    expect(json.error).toMatchObject({ param: "x-cortensor-nonce", code: "invalid_value" });
  });

  it("passes on that a task is a batch one, and knows nothing above interactive", async () => {
    const asked = async (priority: string) => post(chat("say: x"), { headers: { "x-cortensor-priority": priority } });
    expect((await asked("batch")).gateway.seen.options[0]?.priority).toBe("batch");
    expect((await post(chat("say: x"))).gateway.seen.options[0]).not.toHaveProperty("priority");
    const { response, json, gateway } = await asked("urgent");
    expect(response.statusCode).toBe(400);
    expect(json.error).toMatchObject({ param: "x-cortensor-priority", code: "invalid_value" });
    expect(gateway.seen.options).toEqual([]);
  });

  const refusals: readonly [what: string, body: unknown, param: string | null, code: string][] = [
    ["no model", { messages: [{ role: "user", content: "x" }] }, "model", "missing_required_parameter"],
    ["no messages", { model: "test-model" }, "messages", "missing_required_parameter"],
    ["no message at all", { model: "test-model", messages: [] }, "messages", "invalid_value"],
    ["a message without content", chat(undefined), "messages[0].content", "missing_required_parameter"],
    ["a content of another type", chat(3), "messages[0].content", "invalid_type"],
    [
      "an unknown role",
      { model: "test-model", messages: [{ role: "king", content: "x" }] },
      "messages[0].role",
      "invalid_value",
    ],
    [
      "an image",
      chat([{ type: "image_url", image_url: { url: "x" } }]),
      "messages[0].content[0].type",
      "unsupported_parameter",
    ],
    [
      "a tool's message",
      { model: "test-model", messages: [{ role: "tool", content: "x" }] },
      "messages[0].role",
      "unsupported_parameter",
    ],
    ["a temperature in words", chat("x", { temperature: "hot" }), "temperature", "invalid_type"],
    ["a temperature too high", chat("x", { temperature: 2.5 }), "temperature", "invalid_value"],
    ["a top_p of zero", chat("x", { top_p: 0 }), "top_p", "invalid_value"],
    ["no tokens", chat("x", { max_tokens: 0 }), "max_tokens", "invalid_value"],
    [
      "more tokens than the context",
      chat("x", { max_completion_tokens: 4_096 }),
      "max_completion_tokens",
      "invalid_value",
    ],
    ["five stops", chat("x", { stop: ["a", "b", "c", "d", "e"] }), "stop", "invalid_type"],
    ["a fractional seed", chat("x", { seed: 1.5 }), "seed", "invalid_type"],
    ["a bias on a word", chat("x", { logit_bias: { word: 1 } }), "logit_bias.word", "invalid_value"],
    ["a stream that isn't a boolean", chat("x", { stream: "yes" }), "stream", "invalid_type"],
    [
      "stream options without a stream",
      chat("x", { stream_options: { include_usage: true } }),
      "stream_options",
      "invalid_value",
    ],
    ["two answers", chat("x", { n: 2 }), "n", "unsupported_parameter"],
    ["tools", chat("x", { tools: [{ type: "function" }] }), "tools", "unsupported_parameter"],
    [
      "JSON output",
      chat("x", { response_format: { type: "json_object" } }),
      "response_format",
      "unsupported_parameter",
    ],
    ["log-probabilities", chat("x", { logprobs: true }), "logprobs", "unsupported_parameter"],
    ["an array", [], null, "invalid_type"],
    ["null", "null", null, "invalid_type"],
    ["malformed JSON", '{"model": ', null, "invalid_json"],
    ["an empty body", "", null, "invalid_json"],
  ];
  it.each(refusals)("refuses %s, naming the field", async (_what, body, param, code) => {
    const { response, json, gateway } = await post(body);
    expect(response.statusCode).toBe(400);
    expect(json.error).toMatchObject({ type: "invalid_request_error", param, code });
    expect(typeof json.error.message).toBe("string");
    expect(gateway.seen.requests).toEqual([]);
  });

  it("lets harmless values of unsupported options pass", async () => {
    const more = { n: 1, tools: [], response_format: { type: "text" }, logprobs: false, modalities: ["text"] };
    expect((await post(chat("say: x", more))).response.statusCode).toBe(200);
  });

  it("refuses an unknown model with 404", async () => {
    const { response, json } = await post({ ...chat("x"), model: "gpt-9" });
    expect(response.statusCode).toBe(404);
    expect(json.error).toMatchObject({ code: "model_not_found", param: "model" });
  });

  it.each(["", "Bearer ", "Bearer wrong", "Basic abc", `Bearer ${"x".repeat(600)}`])(
    "refuses the authorization '%s' with 401 and runs nothing",
    async (given) => {
      const { response, json, gateway } = await post(chat("say: x"), { headers: { authorization: given } });
      expect(response.statusCode).toBe(401);
      expect(json.error.code).toBe("invalid_api_key");
      expect(JSON.stringify(json)).not.toContain("wrong");
      expect(gateway.seen.requests).toEqual([]);
    },
  );

  it.each([
    ["insufficient_balance", 402, "insufficient_balance"],
    ["debit_required", 402, "debit_required"],
    ["prompt_too_long", 400, "context_length_exceeded"],
    ["document_unavailable", 422, "document_unavailable"],
    ["no_miner", 503, "no_miner"],
    ["overloaded", 429, "overloaded"],
    ["timeout", 504, "timeout"],
    ["miner_failed", 502, "miner_failed"],
    ["shutting_down", 503, "shutting_down"],
  ])("answers the router's %s with %i, streamed or not", async (refusal, status, code) => {
    for (const stream of [false, true]) {
      const { response, json } = await post(chat(`refuse: ${refusal}`, { stream }));
      expect(response.statusCode).toBe(status);
      expect(json.error.code).toBe(code);
      expect(response.headers["retry-after"]).toBe("3");
    }
  });

  it("fails with the miner's failure when it breaks off half-way", async () => {
    const { response, json } = await post(chat("fail after 2"));
    expect(response.statusCode).toBe(502);
    expect(json.error.code).toBe("miner_failed");
    expect(response.headers["x-cortensor-task"]).toMatch(/^0x/);
  });

  it("never takes an end without a word about it for a success", async () => {
    const { response, json } = await post(chat("end early"));
    expect(response.statusCode).toBe(502);
    expect(json.error.code).toBe("miner_failed");
  });

  it("answers a fault of the router with 500, tells the log and not the client, and logs no key and no prompt", async () => {
    const { server, gateway, logged } = makeTestServer();
    gateway.infer = () => {
      throw new Error("a secret of the house");
    };
    const payload = chat("my private prompt");
    const response = await server.inject({
      method: "POST",
      url: "/v1/chat/completions",
      headers: { authorization },
      payload,
    });
    expect(response.statusCode).toBe(500);
    expect(response.json().error.code).toBe("internal_error");
    expect(response.body).not.toContain("secret of the house");
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toContain(API_KEY);
    expect(JSON.stringify(logged)).not.toContain("private prompt");
  });
});

describe("POST /v1/completions", () => {
  it("answers in OpenAI's shape with sixteen tokens by default", async () => {
    const { json, gateway, response } = await post(
      { model: "test-model", prompt: "say: a b" },
      { url: "/v1/completions" },
    );
    const task = String(response.headers["x-cortensor-task"]);
    expect(json).toMatchObject({
      id: `cmpl-${task.slice(2)}`,
      object: "text_completion",
      choices: [{ text: "a b", index: 0, logprobs: null, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    });
    expect(gateway.seen.requests[0]?.params.maxTokens).toBe(16);
    expect(gateway.seen.requests[0]?.prompt).toEqual({ kind: "text", text: "say: a b" });
  });

  it.each([
    ["several prompts", { prompt: ["a", "b"] }, "prompt"],
    ["token ids", { prompt: [1, 2, 3] }, "prompt"],
    ["echo", { prompt: "x", echo: true }, "echo"],
    ["a suffix", { prompt: "x", suffix: "y" }, "suffix"],
    ["best_of", { prompt: "x", best_of: 3 }, "best_of"],
    ["log-probabilities", { prompt: "x", logprobs: 1 }, "logprobs"],
  ])("refuses %s by name", async (_what, body, param) => {
    const { response, json } = await post({ model: "test-model", ...body }, { url: "/v1/completions" });
    expect(response.statusCode).toBe(400);
    expect(json.error).toMatchObject({ param, code: "unsupported_parameter" });
  });
});

describe("POST /v1/embeddings", () => {
  const url = "/v1/embeddings";
  it("answers with vectors in the order of the texts", async () => {
    const { json, response } = await post({ model: "owner/test-embed", input: ["ab", "abcd"] }, { url });
    expect(json).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [2, 0.5, -0.25] },
        { object: "embedding", index: 1, embedding: [4, 0.5, -0.25] },
      ],
      model: "owner/test-embed",
      usage: { prompt_tokens: 6, total_tokens: 6 },
      cortensor: { proof: "statistical" },
    });
    expect(response.headers["x-cortensor-proof"]).toBe("statistical");
    expect(response.headers["x-cortensor-task"]).toMatch(/^0x/);
  });

  it("packs little-endian floats when asked for base64", async () => {
    const { json } = await post({ model: "owner/test-embed", input: "abc", encoding_format: "base64" }, { url });
    const bytes = Buffer.from(json.data[0].embedding, "base64");
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4), bytes.readFloatLE(8)]).toEqual([3, 0.5, -0.25]);
  });

  it.each([
    ["an empty text", { input: "" }, "input"],
    ["token ids", { input: [1, 2] }, "input"],
    ["a length of its own", { input: "x", dimensions: 8 }, "dimensions"],
    ["a model that makes none", { model: "test-model", input: "x" }, "model"],
  ])("refuses %s", async (_what, body, param) => {
    const { response, json } = await post({ model: "owner/test-embed", ...body }, { url });
    expect(response.statusCode).toBe(400);
    expect(json.error.param).toBe(param);
  });
});

describe("GET /v1/models", () => {
  it("lists models, and finds one whose name has a slash", async () => {
    const { server } = makeTestServer();
    const list = await server.inject("/v1/models");
    expect(list.json()).toEqual({
      object: "list",
      data: [
        { id: "test-model", object: "model", created: 1_700_000_000, owned_by: "cortensor" },
        { id: "owner/test-embed", object: "model", created: 1_700_000_000, owned_by: "cortensor" },
      ],
    });
    expect((await server.inject("/v1/models/owner/test-embed")).json().id).toBe("owner/test-embed");
    expect((await server.inject("/v1/models/owner%2Ftest-embed")).json().id).toBe("owner/test-embed");
    expect((await server.inject("/v1/models/none")).statusCode).toBe(404);
  });

  it("refuses a wrong key even here", async () => {
    const { server } = makeTestServer();
    const answer = await server.inject({ url: "/v1/models", headers: { authorization: "Bearer wrong" } });
    expect(answer.statusCode).toBe(401);
  });
});

it("answers an unknown route in the shape of its family", async () => {
  const { server } = makeTestServer();
  const openAi = await server.inject("/v1/nothing");
  expect(openAi.statusCode).toBe(404);
  expect(openAi.json().error.code).toBe("unknown_url");
  const own = await server.inject("/api/v1/nothing");
  expect(own.headers["content-type"]).toContain("application/problem+json");
  expect(own.json()).toMatchObject({ status: 404, code: "unknown_url" });
});
