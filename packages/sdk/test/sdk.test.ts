import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { addressOfPrivateKey, registryDomain, verifyReceiptDocument } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestServer, type TestServer } from "../../api/test/openTestServer.js";
import { SOME_BODY } from "../../api/test/someBody.js";
import {
  ADMIN_TOKEN,
  API_KEY,
  AUDITOR_TOKEN,
  CHAIN_ID,
  COPIES,
  MINER,
  OPERATOR,
  REGISTRY,
  ROUTER_KEY,
} from "../../api/test/testGateway.js";
import { type AnswerEvent, createCortensor, type NetworkEvent, SdkError } from "../src/index.js";
import { testWallet as wallet } from "./testWallet.js";

let open: TestServer & { url: string };
beforeEach(async () => {
  open = await openTestServer();
});
afterEach(() => open.server.close());

const client = (more: object = {}) => createCortensor({ baseUrl: open.url, apiKey: API_KEY, ...more });

async function collect(events: AsyncIterable<AnswerEvent>): Promise<AnswerEvent[]> {
  const all: AnswerEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** What a call failed with, as data. */
async function failureOf(call: Promise<unknown>): Promise<SdkError["data"]> {
  const error = await call.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  if (error instanceof SdkError) return error.data;
  throw error;
}

describe("inference with an API key", () => {
  it("chats with the first model on offer", async () => {
    const answer = await client().chat("say: hello there");
    expect(answer).toMatchObject({
      text: "hello there",
      finish: "stop",
      promptTokens: 5,
      completionTokens: 2,
      model: "test-model",
      proof: "proved",
    });
    expect(answer.taskId).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it("hands options and the nonce on", async () => {
    const nonce = `0x${"ab".repeat(32)}`;
    await client().chat([{ role: "user", content: "say: x" }], {
      temperature: 0,
      seed: 5,
      maxTokens: 3,
      stop: "q",
      nonce,
    });
    expect(open.gateway.seen.requests[0]?.params).toMatchObject({
      temperature: 0,
      userSeed: 5n,
      maxTokens: 3,
      stop: ["q"],
    });
    expect(open.gateway.seen.options[0]?.userNonce).toBe(nonce);
  });

  it("hands on what a task is to be in place of its session's, and says what became of its copies", async () => {
    const choice = { validation: "redundant", redundancy: 3, maxFeeWei: 10n ** 18n } as const;
    const { copies } = await client().chat("say: hi", choice);
    expect(open.gateway.seen.options.at(-1)?.choice).toEqual(choice);
    expect(copies).toEqual(COPIES);
    expect((await collect(client().streamChat("say: hi", choice))).at(-1)).toMatchObject({ proof: "proved", copies });
    expect((await client().chat("say: hi")).copies).toBeUndefined();
    const asked = { denomination: "cor", maxTokens: 20 } as const;
    const [one, three] = await Promise.all(
      [{}, { redundancy: 3 } as const].map((more) => client().quote({ messages: "hi" }, { ...asked, ...more })),
    );
    expect(three?.wei).toBe(3n * (one?.wei ?? 0n));
  });

  it("streams: started, texts as they come, one end with the whole", async () => {
    open.gateway.gate.hold();
    const events = client().streamChat("say: one two")[Symbol.asyncIterator]();
    open.gateway.gate.release(1);
    const started = await events.next();
    expect(started.value).toMatchObject({ kind: "started" });
    expect((await events.next()).value).toEqual({ kind: "text", text: "one" });
    open.gateway.gate.release(1);
    expect((await events.next()).value).toEqual({ kind: "text", text: " two" });
    expect((await events.next()).value).toMatchObject({
      kind: "end",
      text: "one two",
      finish: "stop",
      completionTokens: 2,
    });
    expect((await events.next()).done).toBe(true);
  });

  it("completes, whole and streamed, and embeds", async () => {
    expect((await client().complete("say: a b")).text).toBe("a b");
    expect((await collect(client().streamComplete("say: a b"))).at(-1)).toMatchObject({ kind: "end", text: "a b" });
    const { vectors } = await client().embed(["ab"], { model: "owner/test-embed" });
    expect(vectors).toEqual([[2, 0.5, -0.25]]);
  });

  it("quotes a chat, a completion and texts, and asks none of them", async () => {
    const quote = await client().quote({ messages: "say: a" }, { maxTokens: 20, session: { redundant: 2, sla: 5 } });
    expect(quote).toMatchObject({
      model: "test-model",
      nOutMax: 20,
      wei: 550n,
      llmTokens: 184n,
      rate: { weiPerLlmToken: 3n, isFresh: true },
      formula: { surcharges: { levelBps: 500 }, charged: { weiPerTokenIn: 11n } },
      unavailable: ["sla"],
    });
    await client().quote({ prompt: "say: a" }, { denomination: "cor" });
    await client().quote({ texts: ["a", "b"] }, { model: "owner/test-embed" });
    expect(open.gateway.seen.quotes.map(({ work, denomination }) => [work.kind, denomination])).toEqual([
      ["generation", "llm"],
      ["generation", "cor"],
      ["embedding", "llm"],
    ]);
    expect(open.gateway.seen.requests).toEqual([]);
  });

  it("says so when no rate is in force, and quotes in COR all the same", async () => {
    open.gateway.rate = { ...open.gateway.rate, isFresh: false };
    expect(await failureOf(client().quote({ messages: "hi" }))).toMatchObject({
      code: "SDK_REFUSED",
      status: 503,
      reason: "rate_stale",
    });
    const inCor = await client().quote({ messages: "hi" }, { denomination: "cor" });
    expect([inCor.llmTokens, inCor.rate]).toEqual([undefined, undefined]);
    expect((await client().network()).rate).toMatchObject({ weiPerLlmToken: 3n, isFresh: false });
  });

  it("cancels the work when its reader leaves the loop", async () => {
    open.gateway.gate.hold();
    const events = client().streamChat("say: one two three");
    open.gateway.gate.release(1);
    for await (const event of events) if (event.kind === "text") break;
    const signal = open.gateway.seen.options[0]?.signal;
    if (signal?.aborted !== true)
      await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
  });

  it("throws the server's refusal with status, code and field", async () => {
    expect(await failureOf(client().chat("refuse: no_miner"))).toEqual({
      code: "SDK_REFUSED",
      status: 503,
      reason: "no_miner",
      detail: "Told to refuse.",
      retryAfterSeconds: 3,
    });
    expect(await failureOf(client().chat("say: x", { temperature: 3 }))).toMatchObject({
      status: 400,
      param: "temperature",
    });
    expect(await failureOf(client({ apiKey: "wrong" }).chat("say: x"))).toMatchObject({
      status: 401,
      reason: "invalid_api_key",
    });
  });

  it("throws when a stream fails half-way, after what it said", async () => {
    const events: AnswerEvent[] = [];
    const read = async () => {
      for await (const event of client().streamChat("fail after 2")) events.push(event);
    };
    expect(await failureOf(read())).toMatchObject({ code: "SDK_REFUSED", reason: "miner_failed" });
    expect(events.map((event) => (event.kind === "text" ? event.text : event.kind))).toEqual(["started", "a", " b"]);
  });

  it("says what is missing when there is no key", async () => {
    const bare = createCortensor({ baseUrl: open.url });
    expect(await failureOf(bare.chat("say: x"))).toEqual({ code: "SDK_NEEDS", what: "apiKey" });
  });
});

describe("bounds", () => {
  it("aborts by the caller's signal and by the time limit", async () => {
    open.gateway.gate.hold();
    const leaving = new AbortController();
    const call = failureOf(client().chat("say: x", { model: "test-model", signal: leaving.signal }));
    leaving.abort();
    expect(await call).toMatchObject({ code: "SDK_ABORTED" });
    const late = failureOf(client().chat("say: x", { model: "test-model", timeoutMs: 1 }));
    expect(await late).toMatchObject({ code: "SDK_TIMED_OUT", timeoutMs: 1 });
  });

  it("tells an unreachable server from a foreign one", async () => {
    const nobody = createCortensor({ baseUrl: "http://127.0.0.1:1", apiKey: "x" });
    expect(await failureOf(nobody.models())).toMatchObject({ code: "SDK_UNREACHABLE" });
    const foreign = createServer((_request, response) => response.end("<html>"));
    await new Promise<void>((resolve) => foreign.listen(0, "127.0.0.1", () => resolve()));
    const { port } = foreign.address() as AddressInfo;
    const stranger = createCortensor({ baseUrl: `http://127.0.0.1:${port}`, apiKey: "x" });
    expect(await failureOf(stranger.models())).toMatchObject({ code: "SDK_BAD_ANSWER", problem: "not JSON" });
    foreign.closeAllConnections();
    await new Promise((resolve) => foreign.close(resolve));
  });

  it("takes a stream that was cut for cut", async () => {
    const cutter = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "x-cortensor-task": "0x01" });
      response.write('data: {"model":"m","choices":[{"delta":{"content":"half"}}]}\n\n');
      response.end();
    });
    await new Promise<void>((resolve) => cutter.listen(0, "127.0.0.1", () => resolve()));
    const { port } = cutter.address() as AddressInfo;
    const reader = createCortensor({ baseUrl: `http://127.0.0.1:${port}`, apiKey: "x" });
    const cut = failureOf(collect(reader.streamChat("x", { model: "m" })));
    expect(await cut).toEqual({ code: "SDK_STREAM_CUT", taskId: "0x01" });
    cutter.closeAllConnections();
    await new Promise((resolve) => cutter.close(resolve));
  });
});

describe("the network", () => {
  it("is shown with its money as bigint", async () => {
    expect((await client().network()).miners[0]?.address).toBe(MINER);
    expect((await client().models())[0]).toMatchObject({ id: "test-model", weiPerTokenIn: 10n });
    expect((await client().info()).router.operator).toBe(OPERATOR);
  });

  it("is watched event by event, also after a lost connection", async () => {
    const leaving = new AbortController();
    const events = client().watch({ signal: leaving.signal })[Symbol.asyncIterator]();
    const first = events.next();
    const joined: NetworkEvent = { kind: "minerJoined", miner: MINER, atMs: 1 };
    const asked = repeat(() => open.gateway.emit(joined));
    expect((await first).value).toEqual(joined);
    asked.stop();
    const { port } = new URL(open.url);
    const second = events.next();
    await open.server.close();
    open = await openTestServer();
    await open.server.close();
    open = await openTestServer({}, Number(port));
    const again = repeat(() => open.gateway.emit({ ...joined, atMs: 2 }));
    const seen = [(await second).value];
    while (seen.at(-1)?.atMs !== 2) seen.push((await events.next()).value);
    again.stop();
    leaving.abort();
    expect((await events.next()).done).toBe(true);
  });

  it("gives a receipt that verifies, and waits for one that isn't there yet", async () => {
    const { taskId } = await client().chat("say: x");
    const document = await client().receipt(taskId);
    expect(document.receipt.feeWei).toBe(60n);
    const domain = registryDomain({ chainId: CHAIN_ID, registry: REGISTRY });
    const routerSigner = addressOfPrivateKey(ROUTER_KEY);
    expect(verifyReceiptDocument({ document, domain, routerSigner })).toEqual({ kind: "valid" });
    const unknown = `0x${"00".repeat(32)}`;
    expect(await failureOf(client().receipt(unknown))).toMatchObject({ reason: "receipt_not_found" });
    const find = open.gateway.findReceipt;
    let asked = 0;
    open.gateway.findReceipt = async () => {
      asked += 1;
      return asked < 2 ? undefined : find(document.receipt.taskId);
    };
    expect((await client().receipt(unknown, { waitMs: 5_000 })).receipt.taskId).toBe(document.receipt.taskId);
  });
});

describe("a wallet", () => {
  it("buys access with its signature, once, and pays the lane when the router asks", async () => {
    open.gateway.chunkWei = 100n;
    const self = createCortensor({ baseUrl: open.url, wallet });
    for (const word of ["a", "b", "c", "d"]) expect((await self.chat(`say: ${word}`)).text).toBe(word);
    expect((await collect(self.streamChat("say: e"))).at(-1)).toMatchObject({ kind: "end", text: "e" });
    expect(open.gateway.seen.debits.map(({ debit }) => debit.cumulativeWei)).toEqual([120n, 240n]);
    expect(await self.payLane()).toBe(60n);
    expect(await self.payLane()).toBe(0n);
    expect((await self.lane()).debitedWei).toBe(300n);
  });

  it("reads what it is promised, how it was served, and what it got back", async () => {
    const self = createCortensor({ baseUrl: open.url, wallet });
    expect(await self.service()).toMatchObject({
      sla: 1,
      promise: { firstTokenMs: 30_000 },
      credits: [{ reason: "sla", epoch: 4, wei: 43n, state: "owed" }],
    });
  });

  it("signs unasked every sixteen answers", async () => {
    const self = createCortensor({ baseUrl: open.url, wallet });
    for (let asked = 0; asked < 17; asked += 1) await self.complete("say: x");
    expect(open.gateway.seen.debits.map(({ debit }) => debit.cumulativeWei)).toEqual([960n]);
  });

  it("signs for no other account, no other lane, and no more than agreed", async () => {
    const self = createCortensor({ baseUrl: open.url, wallet: { ...wallet, debitStepWeiMax: 50n } });
    await self.chat("say: a");
    expect(await failureOf(self.payLane())).toEqual({ code: "SDK_DEBIT_TOO_LARGE", wei: 60n, weiMax: 50n });
    const lane = open.gateway.lane;
    open.gateway.lane = async (caller) => {
      const status = await lane(caller);
      return { ...status, nextDebit: { ...status.nextDebit, account: 9 } };
    };
    expect(await failureOf(self.payLane())).toMatchObject({ code: "SDK_FOREIGN_DEBIT", account: 9 });
    expect(open.gateway.seen.debits).toEqual([]);
  });

  it("is refused with another's key", async () => {
    const thief = createCortensor({ baseUrl: open.url, wallet: { ...wallet, privateKey: ROUTER_KEY } });
    expect(await failureOf(thief.chat("say: x"))).toMatchObject({ status: 403, reason: "access_refused" });
  });
});

describe("the operator's keys", () => {
  it("are made and revoked with the admin token, and not without", async () => {
    const admin = client({ adminToken: ADMIN_TOKEN });
    const { key, keyHash } = await admin.createKey({ account: 3, name: "shop", budgetWei: 5n });
    expect((await client({ apiKey: key }).chat("say: x")).text).toBe("x");
    await admin.revokeKey(keyHash);
    expect(await failureOf(client({ apiKey: key }).chat("say: x"))).toMatchObject({ status: 401 });
    expect(await failureOf(client().createKey({ account: 3, name: "x" }))).toEqual({
      code: "SDK_NEEDS",
      what: "adminToken",
    });
    expect(await failureOf(admin.createKey({ account: 404, name: "x" }))).toMatchObject({
      status: 409,
      reason: "key_refused",
    });
  });
});

describe("evidence", () => {
  it("are read by whoever asked, and by an auditor, who also sees which tasks there are", async () => {
    const { taskId } = await client().chat("say: it");
    const evidence = await client().evidence(taskId);
    expect(evidence.bodies).toEqual([SOME_BODY]);
    const auditor = client({ auditorToken: AUDITOR_TOKEN });
    expect(await auditor.evidence(taskId)).toEqual(evidence);
    expect(await auditor.recentTasks(1)).toEqual([taskId]);
  });

  it("are refused to others, and lists to whoever has no auditor's token", async () => {
    const { taskId } = await client().chat("say: it");
    expect(await failureOf(client({ apiKey: "ck-poor" }).evidence(taskId))).toMatchObject({
      reason: "evidence_refused",
    });
    expect(await failureOf(client().recentTasks(1))).toEqual({ code: "SDK_NEEDS", what: "auditorToken" });
    const liar = client({ auditorToken: "auditor-of-another" });
    expect(await failureOf(liar.recentTasks(1))).toMatchObject({ status: 401 });
  });
});

/** Does something at every turn of the event loop until it is stopped: a listener may connect at any of them. */
function repeat(work: () => void): { stop(): void } {
  let isStopped = false;
  const turn = () => {
    if (isStopped) return;
    work();
    setTimeout(turn, 5);
  };
  turn();
  return {
    stop: () => {
      isStopped = true;
    },
  };
}
