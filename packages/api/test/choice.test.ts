import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

let open: Awaited<ReturnType<typeof openTestServer>>;
let client: OpenAI;
beforeAll(async () => {
  open = await openTestServer();
  client = new OpenAI({ baseURL: `${open.url}/v1`, apiKey: API_KEY, maxRetries: 0 });
});
afterAll(() => open.server.close());

const BODY = { model: "test-model", messages: [{ role: "user" as const, content: "say: hello" }] };
const lastChoice = () => open.gateway.seen.options.at(-1)?.choice;

const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(open.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};
const errorOf = async (body: object, headers: Record<string, string> = {}) =>
  (await post("/v1/chat/completions", { ...BODY, ...body }, headers)).json.error;

describe("what a client chooses for one task", () => {
  it("comes through the official client as fields of the body, or as headers", async () => {
    const fields = { validation: "redundant", redundancy: 5, max_fee_wei: "12345678901234567890" };
    await client.chat.completions.create({ ...BODY, ...fields });
    const choice = { validation: "redundant", redundancy: 5, maxFeeWei: 12_345_678_901_234_567_890n };
    expect(lastChoice()).toEqual(choice);
    const headers = {
      "x-cortensor-validation": "redundant",
      "x-cortensor-redundancy": "5",
      "x-cortensor-max-fee-wei": "12345678901234567890",
    };
    await client.chat.completions.create(BODY, { headers });
    expect(lastChoice()).toEqual(choice);
    await client.completions.create({ model: "test-model", prompt: "say: x" }, { headers });
    expect(lastChoice()).toEqual(choice);
    await client.embeddings.create({ model: "owner/test-embed", input: "x" }, { headers });
    expect(lastChoice()).toEqual(choice);
  });

  it("is nothing when nothing is said, or null", async () => {
    await client.chat.completions.create(BODY);
    expect(lastChoice()).toBeUndefined();
    await post("/v1/chat/completions", { ...BODY, validation: null, redundancy: null, max_fee_wei: null });
    expect(lastChoice()).toBeUndefined();
  });

  it("prices a quote", async () => {
    const work = { ...BODY, max_tokens: 20, denomination: "cor" };
    const one = await post("/api/v1/quote", work);
    const three = await post("/api/v1/quote", { ...work, validation: "redundant" });
    const five = await post("/api/v1/quote", work, { "x-cortensor-redundancy": "5" });
    expect([one, three, five].map(({ json }) => json.wei)).toEqual(["250", "750", "1250"]);
    expect(open.gateway.seen.quotes.at(-1)?.choice).toEqual({ redundancy: 5 });
  });

  it.each<[string, object, Record<string, string>]>([
    ["validation", { validation: "some" }, {}],
    ["redundancy", { redundancy: 2 }, {}],
    ["redundancy", { redundancy: "3" }, {}],
    ["redundancy", { redundancy: 7 }, {}],
    ["max_fee_wei", { max_fee_wei: 5 }, {}],
    ["max_fee_wei", { max_fee_wei: "-1" }, {}],
    ["max_fee_wei", { max_fee_wei: "1".repeat(30) }, {}],
    ["max_fee_wei", { max_fee_wei: (2n ** 96n).toString() }, {}],
    ["x-cortensor-validation", {}, { "x-cortensor-validation": "" }],
    ["x-cortensor-redundancy", {}, { "x-cortensor-redundancy": "3.0" }],
    ["x-cortensor-max-fee-wei", {}, { "x-cortensor-max-fee-wei": "1e18" }],
    ["redundancy", { validation: "redundant", redundancy: 1 }, {}],
    ["redundancy", { validation: "none" }, { "x-cortensor-redundancy": "3" }],
    ["redundancy", { validation: "check", redundancy: 5 }, {}],
    ["validation", { validation: "none" }, { "x-cortensor-validation": "check" }],
  ])("is refused by the name of what is wrong: %s in %o %o", async (param, body, headers) => {
    const asked = open.gateway.seen.requests.length;
    expect(await errorOf(body, headers)).toMatchObject({ param, code: "invalid_value" });
    expect(open.gateway.seen.requests).toHaveLength(asked);
  });

  it("that is dearer than its client wants is refused as the router refuses it", async () => {
    const response = await post("/v1/chat/completions", {
      ...BODY,
      messages: [{ role: "user", content: "refuse: fee_above_limit" }],
    });
    expect(response).toMatchObject({ status: 402, json: { error: { code: "fee_above_limit" } } });
  });
});
