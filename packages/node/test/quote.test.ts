import type { Quote, QuoteRequest } from "@cortensor/api";
import { chargedPrices, llmTokensUp, priceWei } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { startRawMiner } from "./rawMiner.js";
import {
  ACCOUNT,
  aRequest,
  ask,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const CALLER = { account: ACCOUNT, custody: "custodial" } as const;
const RATE = { weiPerLlmToken: 7n, source: "test", ageMaxSeconds: 86_400 };
const nowSeconds = () => Math.floor(Date.now() / 1_000);

async function outcomeOf(router: TestRouter, request: Partial<QuoteRequest> & Pick<QuoteRequest, "work">) {
  return router.gateway.quote(CALLER, { terms: {}, denomination: "cor", ...request });
}

async function quoteOf(
  router: TestRouter,
  request: Partial<QuoteRequest> & Pick<QuoteRequest, "work">,
): Promise<Quote> {
  const outcome = await outcomeOf(router, request);
  if (outcome.kind === "refused") throw new Error(outcome.refusal.message);
  return outcome.quote;
}

const generation = (router: TestRouter, text: string, maxTokens = 512) =>
  ({ kind: "generation", request: aRequest(router, text, { maxTokens }) }) as const;

const lane = ({ gateway }: TestRouter) => gateway.lane(CALLER);

describe("a quote", () => {
  it("covers every receipt, and is the receipt's fee once the counts are known", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, { name: "cheap" });
    await startScriptedMiner(router, { name: "dear", prices: { weiPerTokenIn: 13n, weiPerTokenOut: 181n } });
    const texts = Array.from({ length: 24 }, (_, at) => "word ".repeat(1 + ((at * 7) % 40)).trim());
    for (const [at, text] of texts.entries()) {
      const work = generation(router, text, 1 + ((at * 13) % 60));
      const quote = await quoteOf(router, { work });
      const { taskId } = await ask(router, work.request);
      const { receipt, payees } = await receiptOf(router, taskId);
      expect(receipt.feeWei <= quote.wei).toBe(true);
      expect(receipt.nIn <= quote.nInMax && receipt.nOut <= quote.nOutMax).toBe(true);
      const known = { nIn: receipt.nIn, nOut: receipt.nOut, terms: quote.formula.terms };
      const possible = [PRICES, quote.formula.model].map((model) => priceWei({ model, ...known }));
      expect(possible).toContain(receipt.feeWei);
      expect(payees.reduce((sum, { wei }) => sum + wei, 0n)).toBe(receipt.feeWei);
    }
    expect((await quoteOf(router, { work: generation(router, "hi") })).formula.model).toEqual({
      weiPerTokenIn: 13n,
      weiPerTokenOut: 181n,
    });
  });

  it("is what the task then holds, and moves no money itself", async () => {
    const router = await startTestRouter();
    await startRawMiner(router, { name: "slow", onTask: (task) => void task.accept() });
    const work = generation(router, "how much is this?");
    const quote = await quoteOf(router, { work });
    expect(await lane(router)).toMatchObject({ heldWei: 0n, spentWei: 0n });
    const stopping = new AbortController();
    const answer = ask(router, work.request, { signal: stopping.signal });
    await until(async () => (await lane(router)).heldWei > 0n);
    expect((await lane(router)).heldWei).toBe(quote.wei);
    stopping.abort();
    await answer;
  });

  it("prices vectors too", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner" });
    const texts = ["one", "two words"];
    const quote = await quoteOf(router, { work: { kind: "embedding", model: "scripted", texts } });
    const { signal } = new AbortController();
    const outcome = await router.gateway.embed(CALLER, { model: "scripted", texts }, { signal });
    if (outcome.kind === "failed") throw new Error(outcome.refusal.message);
    const { receipt } = await receiptOf(router, outcome.taskId);
    expect(receipt.feeWei <= quote.wei).toBe(true);
    expect(receipt.feeWei).toBe(priceWei({ ...quote.formula, nIn: receipt.nIn, nOut: 0 }));
    expect(quote.nOutMax).toBe(0);
  });

  it("tells what other terms would cost, and which of them can't be served yet", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner" });
    const work = generation(router, "hi");
    const plain = await quoteOf(router, { work });
    expect(plain.unavailable).toEqual([]);
    const quote = await quoteOf(router, { work, terms: { redundant: 3, privacy: "sealed" } });
    const terms = { redundant: 3, numOfValidatorNodes: 0, sla: 0, privacy: "sealed" } as const;
    expect(quote.formula).toMatchObject({ terms, charged: chargedPrices(PRICES, terms) });
    expect(quote.wei).toBe(3n * (BigInt(quote.nInMax) * 11n + BigInt(quote.nOutMax) * 110n));
    expect(quote.unavailable).toEqual(["redundant", "privacy"]);
  });

  it("is kept: its account pays no dearer miner until it asks for a new one", async () => {
    const router = await startTestRouter();
    const cheap = await startScriptedMiner(router, { name: "cheap" });
    const work = generation(router, "hi");
    const quote = await quoteOf(router, { work });
    await startScriptedMiner(router, { name: "dear", prices: { weiPerTokenIn: 11n, weiPerTokenOut: 110n } });
    for (let asked = 0; asked < 8; asked += 1) {
      const { receipt, payees } = await receiptOf(router, (await ask(router, work.request)).taskId);
      expect(receipt.feeWei).toBe(priceWei({ ...quote.formula, nIn: receipt.nIn, nOut: receipt.nOut }));
      expect(payees[0]?.miner).toBe(cheap.address);
    }
    await cheap.stop();
    await until(() => router.gateway.models()[0]?.miners === 1);
    expect((await ask(router, work.request)).failed).toMatchObject({
      code: "no_miner",
      message: expect.stringContaining("new quote"),
    });
    const later = await quoteOf(router, { work });
    expect(later.wei).toBeGreaterThan(quote.wei);
    expect((await ask(router, work.request)).done?.feeWei).toBeLessThanOrEqual(later.wei);
  });

  it("is refused for an account, a model or a prompt that no task is begun for", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner" });
    const work = generation(router, "hi");
    const request = { terms: {}, denomination: "cor", work } as const;
    const refusal = async (account: number, change: Partial<QuoteRequest>) => {
      const outcome = await router.gateway.quote({ account, custody: "custodial" }, { ...request, ...change });
      return outcome.kind === "refused" ? outcome.refusal.code : outcome.kind;
    };
    expect(await refusal(ACCOUNT, {})).toBe("quoted");
    expect(await refusal(99, {})).toBe("insufficient_balance");
    const unknown = { ...work.request, modelId: `0x${"00".repeat(32)}` } as const;
    expect(await refusal(ACCOUNT, { work: { kind: "generation", request: unknown } })).toBe("model_not_found");
    expect(await refusal(ACCOUNT, { work: { kind: "embedding", model: "none", texts: ["a"] } })).toBe(
      "model_not_found",
    );
    expect(await refusal(ACCOUNT, { work: generation(router, "x".repeat(3_000_000)) })).toBe("prompt_too_long");
  });
});

describe("the rate", () => {
  it("turns a quote into LLM tokens, rounded up", async () => {
    const router = await startTestRouter({ rate: { ...RATE, postedAt: nowSeconds() - 60 } });
    await startScriptedMiner(router, { name: "miner" });
    const quote = await quoteOf(router, { work: generation(router, "hi"), denomination: "llm" });
    expect(quote.llmTokens).toBe(llmTokensUp(quote.wei, 7n));
    expect(quote.rate).toMatchObject({ weiPerLlmToken: 7n, source: "test", isFresh: true });
    expect(quote.rate?.ageSeconds).toBeGreaterThanOrEqual(60);
    expect(router.gateway.network().rate).toMatchObject({ weiPerLlmToken: 7n });
  });

  it.each([
    ["missing", undefined],
    ["stale", { ...RATE, postedAt: nowSeconds() - 2 * 86_400 }],
  ])("that is %s refuses quotes in LLM tokens by name, and nothing in COR", async (_what, rate) => {
    const router = await startTestRouter(rate === undefined ? {} : { rate });
    await startScriptedMiner(router, { name: "miner" });
    const work = generation(router, "hi");
    const refused = await outcomeOf(router, { work, denomination: "llm" });
    expect(refused).toMatchObject({ kind: "refused", refusal: { code: "rate_stale" } });
    const quote = await quoteOf(router, { work });
    expect([quote.llmTokens, quote.rate]).toEqual([undefined, undefined]);
    const { done } = await ask(router, work.request);
    expect(done?.feeWei).toBeLessThanOrEqual(quote.wei);
  });

  it("never touches an open hold: it may move, or go stale, while a task runs", async () => {
    const router = await startTestRouter({
      config: { chainPollMs: 5 },
      rate: { ...RATE, postedAt: nowSeconds() },
    });
    const miner = await startRawMiner(router, { name: "slow", onTask: (task) => void task.accept() });
    const work = generation(router, "hi");
    const before = await quoteOf(router, { work, denomination: "llm" });
    const answer = ask(router, work.request);
    await until(() => miner.tasks.length === 1);
    router.chain.rate = { ...RATE, weiPerLlmToken: 70n, postedAt: nowSeconds() };
    await until(() => router.gateway.network().rate?.weiPerLlmToken === 70n);
    expect((await lane(router)).heldWei).toBe(before.wei);
    const after = await quoteOf(router, { work, denomination: "llm" });
    expect([after.wei, after.llmTokens]).toEqual([before.wei, llmTokensUp(before.wei, 70n)]);
    router.chain.rate = { ...RATE, postedAt: 1 };
    await until(() => router.gateway.network().rate?.isFresh === false);
    expect((await lane(router)).heldWei).toBe(before.wei);
    miner.tasks[0]?.tokensTo(5).finish();
    const { done, taskId } = await answer;
    await receiptOf(router, taskId);
    expect(done?.feeWei).toBe(priceWei({ ...before.formula, nIn: done?.nIn ?? 0, nOut: done?.nOut ?? 0 }));
    expect(await lane(router)).toMatchObject({ heldWei: 0n, spentWei: done?.feeWei });
  });

  it("keeps its last value when the chain is away, to its age", async () => {
    const router = await startTestRouter({ config: { chainPollMs: 5 }, rate: { ...RATE, postedAt: nowSeconds() } });
    await startScriptedMiner(router, { name: "miner" });
    router.chain.isDown = true;
    await until(() => !router.gateway.health().ready);
    const quote = await quoteOf(router, { work: generation(router, "hi"), denomination: "llm" });
    expect(quote.rate).toMatchObject({ weiPerLlmToken: 7n, isFresh: true });
  });
});
