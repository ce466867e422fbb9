import { afterEach, describe, expect, it } from "vitest";
import { makeTestServer, type TestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

let open: TestServer | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

function openServer(): TestServer {
  open = makeTestServer();
  return open;
}

const MESSAGES = [{ role: "user", content: "hi" }];

function ask({ server }: TestServer, payload: object, key = API_KEY) {
  return server.inject({
    method: "POST",
    url: "/api/v1/quote",
    headers: { authorization: `Bearer ${key}` },
    payload,
  });
}

describe("POST /api/v1/quote", () => {
  it("prices a chat by the formula and runs nothing, money as decimal strings", async () => {
    const test = openServer();
    const response = await ask(test, {
      model: "test-model",
      messages: MESSAGES,
      max_tokens: 20,
      session: { redundant: 2, sla: 5 },
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      model: "test-model",
      modelId: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      nInMax: 5,
      nOutMax: 20,
      // 10 wei a token and 5 % for the level, rounded up to 11; two copies of 25 tokens.
      wei: "550",
      llmTokens: "184",
      rate: {
        weiPerLlmToken: "3",
        source: "test",
        postedAt: 1_700_000_000,
        ageSeconds: 10,
        ageMaxSeconds: 86_400,
        isFresh: true,
      },
      formula: {
        model: { weiPerTokenIn: "10", weiPerTokenOut: "10" },
        terms: { redundant: 2, numOfValidatorNodes: 0, sla: 5, privacy: "open" },
        surcharges: { validationBps: 0, levelBps: 500, privacyBps: 0, totalBps: 500 },
        charged: { weiPerTokenIn: "11", weiPerTokenOut: "11" },
      },
      unavailable: ["sla"],
      expires: 1_700_000_060,
    });
    expect(test.gateway.seen.requests).toEqual([]);
  });

  it("reads a completion by its prompt and an embedding by its input", async () => {
    const test = openServer();
    await ask(test, { model: "test-model", prompt: "hi", max_tokens: 3 });
    await ask(test, { model: "owner/test-embed", input: ["one", "two"] });
    expect(test.gateway.seen.quotes).toMatchObject([
      {
        work: { kind: "generation", request: { prompt: { kind: "text", text: "hi" } } },
        terms: {},
        denomination: "llm",
      },
      { work: { kind: "embedding", model: "owner/test-embed", texts: ["one", "two"] } },
    ]);
  });

  it("refuses LLM tokens by a stale rate, and still quotes in COR", async () => {
    const test = openServer();
    test.gateway.rate = { ...test.gateway.rate, isFresh: false };
    const body = { model: "test-model", messages: MESSAGES };
    const stale = await ask(test, body);
    expect(stale.statusCode).toBe(503);
    expect(stale.headers["content-type"]).toContain("application/problem+json");
    expect(stale.headers["retry-after"]).toBeDefined();
    expect(stale.json()).toMatchObject({ code: "rate_stale" });
    const inCor = await ask(test, { ...body, denomination: "cor" });
    expect(inCor.statusCode).toBe(200);
    expect(Object.keys(inCor.json())).not.toEqual(expect.arrayContaining(["llmTokens"]));
    expect(inCor.json().wei).toMatch(/^\d+$/);
  });

  it.each([
    [{ model: "nothing", messages: MESSAGES }, 404, "model_not_found", "model"],
    [{ model: "test-model" }, 400, "missing_required_parameter", "messages"],
    [{ model: "test-model", messages: MESSAGES, tools: [{}] }, 400, "unsupported_parameter", undefined],
    [{ model: "test-model", messages: MESSAGES, session: { sla: 11 } }, 400, "invalid_value", "session.sla"],
    [{ model: "test-model", messages: MESSAGES, session: { redundant: 0 } }, 400, "invalid_value", "session.redundant"],
    [
      { model: "test-model", messages: MESSAGES, session: { privacy: "secret" } },
      400,
      "invalid_value",
      "session.privacy",
    ],
    [{ model: "test-model", messages: MESSAGES, session: { level: 3 } }, 400, "invalid_value", "session"],
    [{ model: "test-model", messages: MESSAGES, denomination: "usd" }, 400, "invalid_value", "denomination"],
    [{ model: "test-model", input: ["one"] }, 400, "model_cannot_embed", "model"],
  ])("refuses %o", async (body, status, code, param) => {
    const response = await ask(openServer(), body);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject(param === undefined ? { code } : { code, param });
  });

  it("needs a key", async () => {
    const response = await ask(openServer(), { model: "test-model", messages: MESSAGES }, "ck-nobody");
    expect(response.statusCode).toBe(401);
    expect(response.json().code).toBe("invalid_api_key");
  });
});
