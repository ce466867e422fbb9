import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSession } from "@cortensor/chain";
import { encodeReceiptDocument, parseReceiptDocument, type ReceiptDocument } from "@cortensor/protocol";
import { createCortensor } from "@cortensor/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { checkInvariants } from "./harness/checkInvariants.js";
import { fundedWallet } from "./harness/fundedWallet.js";
import { LONG_PROMPT, longAnswer } from "./harness/longAnswer.js";
import { queryBooks } from "./harness/queryBooks.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

/** A receipt is durable within half a second of its answer; a busy machine may take longer. */
const RECEIPT_MS = 20_000;
const MEBIBYTE = 1_048_576;

describe("an answer, from the client to the chain", () => {
  let network: Network;
  let openai: OpenAI;
  /** Every task that was begun here: their receipts are all there are. */
  const taskIds = new Set<string>();

  beforeAll(async () => {
    network = await startNetwork();
    openai = new OpenAI({ baseURL: `${network.url}/v1`, apiKey: network.apiKey, maxRetries: 0 });
  });
  afterAll(() => network?.stop());

  const receiptOf = (taskId: string): Promise<ReceiptDocument> =>
    network.client.receipt(taskId, { waitMs: RECEIPT_MS });
  const note = (taskId: string | null): string => {
    if (taskId === null) throw new Error("an answer without its task's id");
    taskIds.add(taskId);
    return taskId;
  };
  const ask = (content: string, extra: Record<string, unknown> = {}, apiKey = network.apiKey): Promise<Response> =>
    fetch(`${network.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model: network.model, messages: [{ role: "user", content }], max_tokens: 8, ...extra }),
    });
  const codeOf = async (response: Response): Promise<unknown> => {
    const body = (await response.json()) as { error?: { code?: unknown } };
    return body.error?.code;
  };

  it("gives the official client the same words whole and streamed, with a receipt for each", async () => {
    const body = {
      model: network.model,
      messages: [{ role: "user" as const, content: "What is the capital of France?" }],
      seed: 7,
    };
    const whole = await openai.chat.completions.create(body).withResponse();
    const taskId = note(whole.response.headers.get("x-cortensor-task"));
    const streamed = await openai.chat.completions
      .create({ ...body, stream: true, stream_options: { include_usage: true } })
      .withResponse();
    note(streamed.response.headers.get("x-cortensor-task"));
    let text = "";
    let finish: string | null = null;
    let completionTokens: number | undefined;
    for await (const chunk of streamed.data) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      completionTokens = chunk.usage?.completion_tokens ?? completionTokens;
    }
    expect(text).toBe(whole.data.choices[0]?.message.content);
    expect(text.length).toBeGreaterThan(0);
    expect(finish).toBe("stop");
    const { receipt, payees } = await receiptOf(taskId);
    expect(completionTokens).toBe(receipt.nOut);
    const [model] = await network.client.models();
    if (model === undefined) throw new Error("no model is offered");
    const { weiPerTokenIn, weiPerTokenOut } = model;
    expect(receipt.feeWei).toBe(BigInt(receipt.nIn) * weiPerTokenIn + BigInt(receipt.nOut) * weiPerTokenOut);
    expect(whole.data.usage).toMatchObject({ prompt_tokens: receipt.nIn, completion_tokens: receipt.nOut });
    expect(payees.map(({ wei }) => wei)).toEqual([receipt.feeWei]);
  });

  it("sends its first words before the last are made, and an abort ends the work and the bill", async () => {
    const maxTokens = 1_800;
    const options = longAnswer({ maxTokens, temperature: 1 });
    const stream = await openai.chat.completions.create({
      model: network.model,
      messages: [{ role: "user", content: LONG_PROMPT }],
      max_tokens: maxTokens,
      logit_bias: { ...options.logitBias },
      stream: true,
    });
    let taskId = "";
    for await (const chunk of stream) {
      taskId = note(`0x${chunk.id.replace("chatcmpl-", "")}`);
      if ((chunk.choices[0]?.delta.content ?? "") !== "") break;
    }
    stream.controller.abort();
    const { receipt } = await receiptOf(taskId);
    expect(receipt.finish).toBe("abort");
    expect(receipt.nOut).toBeGreaterThan(0);
    expect(receipt.nOut).toBeLessThan(maxTokens);
    const running = (await network.client.network()).miners.map((miner) => miner.running);
    expect(running.filter((tasks) => tasks > 0)).toEqual([]);
  });

  it("completes a bare prompt and makes vectors, each with a receipt", async () => {
    const completion = await openai.completions
      .create({ model: network.model, prompt: "The capital of France is", max_tokens: 12, temperature: 0 })
      .withResponse();
    const completed = await receiptOf(note(completion.response.headers.get("x-cortensor-task")));
    expect(completed.receipt.nOut).toBe(completion.data.usage?.completion_tokens);
    const vectors = await openai.embeddings
      .create({ model: network.model, input: ["a miner", "a router"] })
      .withResponse();
    expect(vectors.data.data).toHaveLength(2);
    const embedded = await receiptOf(note(vectors.response.headers.get("x-cortensor-task")));
    expect(embedded.receipt).toMatchObject({ nOut: 0, nIn: vectors.data.usage.prompt_tokens });
  });

  it("refuses a wrong key, an unknown model and malformed JSON, each by its own status", async () => {
    const wrongKey = new OpenAI({ baseURL: `${network.url}/v1`, apiKey: `${network.apiKey}x`, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Hello" }];
    await expect(wrongKey.chat.completions.create({ model: network.model, messages })).rejects.toMatchObject({
      status: 401,
      code: "invalid_api_key",
    });
    await expect(openai.chat.completions.create({ model: "no-such-model", messages })).rejects.toMatchObject({
      status: 404,
      code: "model_not_found",
    });
    const malformed = await fetch(`${network.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${network.apiKey}`, "content-type": "application/json" },
      body: `{"model": "${network.model}", "messages": [{"role": "user"`,
    });
    expect([malformed.status, await codeOf(malformed)]).toEqual([400, "invalid_json"]);
  });

  it("refuses a prompt above what a body may be, and one that only just fits it, and stays well", async () => {
    const large = await ask("word ".repeat((2 * MEBIBYTE + 16_384) / 5));
    expect([large.status, await codeOf(large)]).toEqual([413, "request_too_large"]);
    const long = await ask("word ".repeat((1.5 * MEBIBYTE) / 5));
    expect([long.status, await codeOf(long)]).toEqual([400, "context_length_exceeded"]);
    const tooManyTokens = await ask("word ".repeat(3_000));
    expect([tooManyTokens.status, await codeOf(tooManyTokens)]).toEqual([400, "context_length_exceeded"]);
    const short = await ask("What is the capital of France?");
    expect(short.status).toBe(200);
    note(short.headers.get("x-cortensor-task"));
  });

  it("refuses a key whose budget, and a session whose deposit, can't cover the largest fee", async () => {
    const { key } = await network.client.createKey({ account: network.account, name: "poor", budgetWei: 1_000n });
    const poor = await ask("What is the capital of France?", {}, key);
    expect([poor.status, await codeOf(poor)]).toEqual([402, "insufficient_balance"]);
    const wallet = await fundedWallet(network, 10n ** 18n);
    const client = createCortensor({ baseUrl: network.url, wallet });
    await client.openSession({ name: "empty", depositWei: 1n });
    const asked = client.chat("What is the capital of France?", { maxTokens: 8 });
    await expect(asked).rejects.toMatchObject({ data: { status: 402, reason: "insufficient_balance" } });
  });

  it("lets a wallet pay for itself: it opens a session, asks, and signs what it owes", async () => {
    const wallet = await fundedWallet(network, 10n ** 18n);
    const client = createCortensor({ baseUrl: network.url, wallet });
    const { account } = await client.openSession({ name: "self", depositWei: 10n ** 17n });
    const answer = await client.chat("What is the capital of France?", { maxTokens: 8 });
    const { receipt } = await receiptOf(note(answer.taskId));
    expect(receipt).toMatchObject({ account, custody: "self" });
    expect(await client.payLane()).toBe(receipt.feeWei);
  });

  it("has its receipt accepted by a fresh process that asks the chain alone, and a changed one refused", async () => {
    const document = await receiptOf([...taskIds][0] ?? "");
    const folder = mkdtempSync(join(tmpdir(), "cortensor-receipt-"));
    const file = join(folder, "receipt.json");
    const verify = (changed: ReceiptDocument) => {
      writeFileSync(file, JSON.stringify(encodeReceiptDocument(changed)));
      return runCommand(["receipt", "verify", file, "--network", join(network.home, "network.json"), "--home", folder]);
    };
    const valid = await verify(document);
    expect(valid.code).toBe(0);
    expect(resultOf(valid)).toMatchObject({ valid: true });
    const { receipt, payees } = document;
    const dearer = payees.map((payee) => ({ ...payee, wei: payee.wei + 1n }));
    const changes: readonly ReceiptDocument[] = [
      { ...document, receipt: { ...receipt, feeWei: receipt.feeWei + 1n } },
      { ...document, receipt: { ...receipt, feeWei: receipt.feeWei + 1n }, payees: dearer },
      { ...document, receipt: { ...receipt, nOut: receipt.nOut + 1 } },
      { ...document, receipt: { ...receipt, operator: payees[0]?.miner ?? receipt.operator } },
    ];
    for (const changed of changes) {
      const refused = await verify(changed);
      expect(refused.code, JSON.stringify(refused.lines)).not.toBe(0);
      expect(refused.lines).toContainEqual(expect.objectContaining({ event: "error", code: "CLI_RECEIPT_INVALID" }));
    }
    rmSync(folder, { recursive: true });
  });

  it("keeps prompts, answers and keys out of every log", async () => {
    const secret = `secret-${randomBytes(8).toString("hex")}`;
    const answered = await ask(`Write a very long story about ${secret}.`, { max_tokens: 64 });
    note(answered.headers.get("x-cortensor-task"));
    const body = (await answered.json()) as { choices: [{ message: { content: string } }] };
    const folder = join(network.home, "logs");
    const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(logs.join("").length).toBeGreaterThan(0);
    const adminToken = readFileSync(join(network.home, "admin-token"), "utf8").trim();
    for (const hidden of [secret, body.choices[0].message.content.slice(0, 24), network.apiKey, adminToken]) {
      expect(hidden.length).toBeGreaterThan(8);
      expect(logs.filter((log) => log.includes(hidden))).toEqual([]);
    }
  });

  it("settles on chain to the wei what the receipts alone say", async () => {
    const receipts = await Promise.all([...taskIds].map(receiptOf));
    const { expected, found } = await auditSettlements(network, receipts);
    expect(found).toEqual(expected);
    const session = await readSession(network.chain, network.account);
    expect(session?.depositWei).toBe(10_000n * 10n ** 18n);
    const totals = await until("totals of every receipt", async () => {
      const read = (await network.client.network()).totals;
      return read.receipts < receipts.length ? undefined : read;
    });
    const feesWei = receipts.reduce((total, { receipt }) => total + receipt.feeWei, 0n);
    expect(totals).toMatchObject({ receipts: receipts.length, feesWei });
    expect(receipts.map((one) => parseReceiptDocument(encodeReceiptDocument(one)))).toEqual(receipts);
  });

  it("breaks no invariant, as any test of a network checks in the end, and one wei too much in the books is seen", async () => {
    await checkInvariants(network);
    const row = `WHERE id = 'account:${network.account}'`;
    await queryBooks(network, `UPDATE budgets SET spent_wei = spent_wei + 1 ${row}`);
    await expect(checkInvariants(network)).rejects.toThrow(
      `B2: an account has spent what its receipts say: not so of account:${network.account}`,
    );
    await queryBooks(network, `UPDATE budgets SET spent_wei = spent_wei - 1 ${row}`);
    await checkInvariants(network);
  });
});
