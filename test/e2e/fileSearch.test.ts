import OpenAI, { APIConnectionError, APIError, toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRunning } from "./harness/processes.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const RECEIPT_MS = 20_000;
const INDEX_MS = 60_000;
/** However long a busy machine takes to start a router again. */
const BACK_MS = 120_000;
/** Which no answer would have that wasn't read. */
const FACTS = {
  "people.txt": "Delper works as a dentist. Malenda lives in Selbiva. The code of Rimabe is 6284.",
  "harbour.md": "# Harbour\n\nShips leave the harbour of Yadrivor at dawn. The lighthouse was built from clay.",
};

describe("a question about an uploaded document", () => {
  let network: Network;
  let openai: OpenAI;

  beforeAll(async () => {
    network = await startNetwork({ env: { CORTENSOR_RESTART_CAP: "500ms" } });
    openai = new OpenAI({ baseURL: `${network.url}/v1`, apiKey: network.apiKey, maxRetries: 0 });
  });
  afterAll(() => network?.stop());

  it("is answered from it, with its citation, by the embedded model; and all of it has receipts", async () => {
    const ids = new Map<string, string>();
    for (const [name, text] of Object.entries(FACTS)) {
      const file = await toFile(Buffer.from(text), name);
      ids.set(name, (await openai.files.create({ file, purpose: "assistants" })).id);
    }
    const store = await openai.vectorStores.create({ name: "facts", file_ids: [...ids.values()] });
    const done = await until(
      "embedded files",
      async () => {
        const { status, file_counts: counts } = await openai.vectorStores.retrieve(store.id);
        return status === "completed" ? counts : undefined;
      },
      INDEX_MS,
    );
    expect(done).toMatchObject({ completed: 2, failed: 0 });
    const asked = await openai.chat.completions
      .create({
        ...{ model: network.model, temperature: 0, max_tokens: 32 },
        messages: [{ role: "user", content: "Where does Malenda live?" }],
        // OpenAI's types have this tool among its responses' alone.
        tools: [{ type: "file_search", vector_store_ids: [store.id], max_num_results: 1 }] as never,
      })
      .withResponse();
    const message = asked.data.choices[0]?.message;
    expect(message?.content).toContain("Selbiva");
    const people = { type: "file_citation", file_id: ids.get("people.txt"), filename: "people.txt" };
    expect(message?.annotations).toEqual([{ ...people, index: message?.content?.length }]);
    const { receipt } = await network.client.receipt(asked.response.headers.get("x-cortensor-task") ?? "", {
      waitMs: RECEIPT_MS,
    });
    expect(asked.data.usage?.prompt_tokens).toBe(receipt.nIn);
    const found = Reflect.get(asked.data, "cortensor");
    const [embedded] = found.file_search.tasks;
    const question = await network.client.receipt(embedded, { waitMs: RECEIPT_MS });
    expect(question.receipt).toMatchObject({ account: network.account, nOut: 0 });
    const bare = await openai.chat.completions.create({
      ...{ model: network.model, temperature: 0, max_tokens: 32 },
      messages: [{ role: "user", content: "Where does Malenda live?" }],
    });
    expect(bare.choices[0]?.message.content).not.toContain("Selbiva");
    expect(receipt.nIn).toBeGreaterThan((bare.usage?.prompt_tokens ?? 0) + 10);
  });

  it("is answered from it as a response too, whole and streamed, with the same citation", async () => {
    const [store] = (await openai.vectorStores.list()).data;
    const asked = {
      ...{ model: network.model, temperature: 0, max_output_tokens: 32, input: "Where does Malenda live?" },
      tools: [{ type: "file_search" as const, vector_store_ids: [store?.id ?? ""], max_num_results: 1 }],
    };
    const whole = await openai.responses.create(asked);
    expect(whole.output_text).toContain("Selbiva");
    const cited = { type: "file_citation", filename: "people.txt" };
    const said = [{ type: "file_search_call" }, { type: "message", content: [{ annotations: [cited] }] }];
    expect(whole.output).toMatchObject(said);
    const streamed = await openai.responses.stream(asked).finalResponse();
    expect(streamed.output).toMatchObject(said);
    const { receipt } = await network.client.receipt(`0x${whole.id.replace("resp_", "")}`, { waitMs: RECEIPT_MS });
    expect(whole.usage).toMatchObject({ input_tokens: receipt.nIn, output_tokens: receipt.nOut });
  });

  it("is gone on from after its router was killed, where the response was kept: the model is given what was said before", {
    timeout: 2 * BACK_MS,
  }, async () => {
    const asked = { model: network.model, temperature: 0, max_output_tokens: 8 };
    const input = "Where does Malenda live?";
    const first = await openai.responses.create({ ...asked, input: "Malenda lives in Selbiva.", store: true });
    const alone = await openai.responses.create({ ...asked, input });
    const pid = network.routerPid();
    process.kill(pid, "SIGKILL");
    await until("end of the router", () => (isRunning(pid) ? undefined : true));
    const again = { ...asked, input, previous_response_id: first.id };
    const answered = () =>
      openai.responses.create(again).catch((error: unknown) => (isAway(error) ? undefined : Promise.reject(error)));
    const second = await until("answer of the router that started again", answered, BACK_MS);
    const [before, apart, together] = [first, alone, second].map(({ usage }) => usage?.input_tokens ?? 0);
    expect(together).toBeGreaterThan(Math.max(before ?? 0, apart ?? 0) + 5);
    await openai.responses.delete(first.id);
    await expect(openai.responses.create(again)).rejects.toMatchObject({ code: "response_not_found" });
  });
});

/** Whether a router isn't there, or hasn't its miner, and so no model, yet. */
function isAway(error: unknown): boolean {
  if (error instanceof APIConnectionError) return true;
  return error instanceof APIError && ((error.status ?? 500) >= 429 || error.code === "model_not_found");
}
