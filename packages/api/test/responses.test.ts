import OpenAI, { APIError, BadRequestError, NotFoundError } from "openai";
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

const ask = { model: "test-model", input: "say: hello from a miner" } as const;

function lastPrompt() {
  return open.gateway.seen.requests.at(-1);
}

describe("a response, through the official client", () => {
  it("answers a text, and says that nothing of it is kept", async () => {
    const { data, response } = await client.responses.create(ask).withResponse();
    expect(data.output_text).toBe("hello from a miner");
    expect(data).toMatchObject({
      ...{ object: "response", status: "completed", store: false, error: null, incomplete_details: null },
      ...{ instructions: null, previous_response_id: null, created_at: 1_700_000_000 },
      usage: { input_tokens: 5, output_tokens: 4, total_tokens: 9 },
    });
    const task = response.headers.get("x-cortensor-task") ?? "";
    expect(data.id).toBe(`resp_${task.slice(2)}`);
    expect(Reflect.get(data, "cortensor").proof).toBe(response.headers.get("x-cortensor-proof"));
  });

  it("reads instructions, messages and an earlier answer's items as one chat", async () => {
    const { output } = await client.responses.create(ask);
    await client.responses.create({
      ...{ model: "test-model", instructions: "Be brief.", temperature: 0, max_output_tokens: 7, store: false },
      input: [
        { role: "developer", content: "No jokes." },
        {
          role: "user",
          content: [
            { type: "input_text", text: "say: " },
            { type: "input_text", text: "one" },
          ],
        },
        ...output,
        { id: "fs_1", type: "file_search_call", status: "completed", queries: ["one"] },
        { role: "user", content: "say: two" },
      ],
    });
    expect(lastPrompt()).toMatchObject({
      params: { temperature: 0, maxTokens: 7 },
      prompt: {
        kind: "chat",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "system", content: "No jokes." },
          { role: "user", content: "say: one" },
          { role: "assistant", content: "hello from a miner" },
          { role: "user", content: "say: two" },
        ],
      },
    });
  });

  it("streams the events of OpenAI's, numbered, whose deltas are the text", async () => {
    const stream = await client.responses.create({ ...ask, stream: true, metadata: { of: "mine" } });
    const events: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events.map(({ sequence_number: at }) => at)).toEqual(events.map((_, index) => index));
    const deltas = events.flatMap((event) => (event.type === "response.output_text.delta" ? [event.delta] : []));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toBe("hello from a miner");
    const types = events.map(({ type }) => type).filter((type) => type !== "response.output_text.delta");
    expect(types).toEqual([
      ...["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"],
      ...["response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"],
    ]);
    expect(events.at(-1)).toMatchObject({ response: { metadata: { of: "mine" }, usage: { output_tokens: 4 } } });
  });

  it("streams through its helper, which puts the response together", async () => {
    const final = await client.responses.stream({ ...ask }).finalResponse();
    expect(final.output).toMatchObject([{ content: [{ type: "output_text", text: "hello from a miner" }] }]);
    expect(final.status).toBe("completed");
  });

  it("is incomplete when its tokens were used up, whole and streamed", async () => {
    const cut = { ...ask, max_output_tokens: 2 };
    const whole = await client.responses.create(cut);
    expect(whole).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    const stream = await client.responses.create({ ...cut, stream: true });
    let last: OpenAI.Responses.ResponseStreamEvent | undefined;
    for await (const event of stream) last = event;
    expect(last).toMatchObject({ type: "response.incomplete", response: { status: "incomplete" } });
  });

  it("throws when a stream breaks off", async () => {
    const stream = await client.responses.create({ model: "test-model", input: "fail after 2", stream: true });
    const types: string[] = [];
    const read = async () => {
      for await (const event of stream) types.push(event.type);
    };
    await expect(read()).rejects.toThrow(APIError);
    expect(types).not.toContain("response.completed");
  });
});

describe("a response that can't be made", () => {
  it.each([
    ["store", { store: true }],
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation", { conversation: "conv_1" }],
    ["background", { background: true }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["tools", { tools: [{ type: "web_search" }] }],
    ["tool_choice", { tool_choice: { type: "function", name: "f" } }],
    ["max_tool_calls", { max_tool_calls: 2 }],
    ["reasoning", { reasoning: { effort: "high" } }],
    ["text", { text: { format: { type: "json_object" } } }],
    ["truncation", { truncation: "auto" }],
    ["include", { include: ["message.output_text.logprobs"] }],
    ["top_logprobs", { top_logprobs: 2 }],
    ["service_tier", { service_tier: "flex" }],
    [
      "input[0].content[0].type",
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "data:," }] }] },
    ],
    ["input[0].type", { input: [{ type: "function_call_output", call_id: "c", output: "o" }] }],
  ])("is refused by the name of %s before anything is asked", async (param, extra) => {
    const before = open.gateway.seen.requests.length;
    const asked = client.responses.create({ ...ask, ...extra } as never);
    await expect(asked).rejects.toThrow(BadRequestError);
    await expect(asked).rejects.toMatchObject({ param, code: "unsupported_parameter" });
    expect(open.gateway.seen.requests).toHaveLength(before);
  });

  it("takes the same options where they ask for nothing", async () => {
    const harmless = { store: false, background: false, truncation: "disabled", text: { format: { type: "text" } } };
    const answer = await client.responses.create({ ...ask, ...harmless, tools: [], service_tier: "auto" } as never);
    expect(Reflect.get(answer, "output_text")).toBe("hello from a miner");
  });

  it("is refused with OpenAI's errors for what is missing, wrong or unknown", async () => {
    const refused = (extra: object) => client.responses.create({ ...ask, ...extra } as never);
    await expect(refused({ input: undefined })).rejects.toMatchObject({
      ...{ param: "input", code: "missing_required_parameter" },
    });
    await expect(refused({ max_output_tokens: 0 })).rejects.toMatchObject({ param: "max_output_tokens", status: 400 });
    await expect(refused({ input: "x".repeat(1_048_577) })).rejects.toMatchObject({
      ...{ param: "input", code: "context_length_exceeded" },
    });
    await expect(refused({ model: "none" })).rejects.toThrow(NotFoundError);
    const tools = [{ type: "file_search", vector_store_ids: ["vs_1"] }];
    await expect(refused({ tools })).rejects.toMatchObject({ param: "tools[0].type", code: "unsupported_parameter" });
  });
});
