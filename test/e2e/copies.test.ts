import { verifyReceipt } from "@cortensor/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";

const RECEIPT_MS = 30_000;
const MINERS = 3;
const MAX_TOKENS = 24;

/** What the answer says of its copies, beside what OpenAI's does. */
const cortensorPart = z.object({
  cortensor: z.object({
    copies: z.looseObject({
      answer: z.number(),
      outliers: z.array(z.number()),
      distances: z.array(z.object({ replica: z.number(), distance: z.number() })),
    }),
  }),
});

const judgedAnswers = z.object({
  answers: z.array(z.looseObject({ judges: z.array(z.looseObject({ judge: z.string(), stakeWei: z.string() })) })),
});

describe("copies of one answer, by three miners with the embedded model", () => {
  let network: Network;
  let openai: OpenAI;

  beforeAll(async () => {
    network = await startNetwork({ args: ["--miners", String(MINERS)] });
    openai = new OpenAI({ baseURL: `${network.url}/v1`, apiKey: network.apiKey, maxRetries: 0 });
    await until("three verified miners", async () => {
      const { miners } = await network.client.network();
      return miners.filter(({ verifiedUntil }) => verifiedUntil !== undefined).length === MINERS ? true : undefined;
    });
  });
  afterAll(() => network?.stop());

  const QUESTION = "What is the capital of France?";

  it("are quoted, compared, paid to each miner to the wei, and receipted; the answer is called proved", async () => {
    const quote = await network.client.quote(
      { messages: QUESTION },
      { maxTokens: MAX_TOKENS, redundancy: 3, denomination: "cor" },
    );
    expect(quote).toMatchObject({ unavailable: [], formula: { terms: { redundant: 3 } } });
    const asked = {
      model: network.model,
      messages: [{ role: "user" as const, content: QUESTION }],
      max_tokens: MAX_TOKENS,
      validation: "redundant",
      max_fee_wei: quote.wei.toString(),
    };
    const { data, response } = await openai.chat.completions.create(asked).withResponse();
    expect(data.choices[0]?.message.content?.length).toBeGreaterThan(0);
    expect(response.headers.get("x-cortensor-proof")).toBe("proved");
    const { copies } = cortensorPart.parse(data).cortensor;
    expect(copies).toMatchObject({ asked: 3, arrived: 3 });
    const nearest = copies.distances.reduce((best, one) => (one.distance < best.distance ? one : best));
    expect(nearest.replica).toBe(copies.answer);

    const document = await network.client.receipt(response.headers.get("x-cortensor-task") ?? "", {
      waitMs: RECEIPT_MS,
    });
    expect(await verifyReceipt(document, { deployment: network.profile })).toMatchObject({ kind: "valid" });
    const { receipt, payees, results, label } = document;
    expect(label).toBe("proved");
    // An honest copy is an outlier now and then; of so few tokens nothing was acknowledged before the end.
    const paid = [0, 1, 2].filter((replica) => !copies.outliers.includes(replica));
    expect(payees.map(({ replica }) => replica)).toEqual(paid);
    expect(new Set(payees.map(({ miner }) => miner)).size).toBe(paid.length);
    expect(results).toHaveLength(paid.length);
    const { weiPerTokenIn, weiPerTokenOut } = quote.formula.charged;
    for (const { from, to, wei } of payees) {
      expect(wei).toBe(BigInt(receipt.nIn / paid.length) * weiPerTokenIn + BigInt(to - from) * weiPerTokenOut);
    }
    expect(payees.reduce((sum, { wei }) => sum + wei, 0n)).toBe(receipt.feeWei);
    expect(receipt.feeWei).toBeLessThanOrEqual(quote.wei);
  });

  it("are asked for on the command line, whose stream begins when they are compared", async () => {
    const asked = await runCommand([
      ...["--home", network.home, "chat", "--validation", "redundant", "--max-tokens", String(MAX_TOKENS)],
      QUESTION,
    ]);
    expect(asked.code, JSON.stringify(asked.lines)).toBe(0);
    expect(resultOf(asked)).toMatchObject({ proof: "proved", copies: { asked: 3, arrived: 3 } });
  });

  it("are judges of one another's answers, each with its stake, and of replies without a number nothing is made", async () => {
    const { taskId } = await network.client.chat(QUESTION, { maxTokens: MAX_TOKENS });
    const judged = await runCommand(["--home", network.home, "judge", taskId]);
    expect(judged.code, JSON.stringify(judged.lines)).toBe(0);
    const [answer, ...others] = judgedAnswers.parse(resultOf(judged)).answers;
    expect(others).toEqual([]);
    // Three miners, one of which wrote it: two judges decide nothing, whatever they say.
    expect(answer).toMatchObject({ taskId, replica: 0, verdict: "undecided" });
    expect(new Set(answer?.judges.map(({ judge }) => judge)).size).toBe(MINERS - 1);
    for (const { stakeWei } of answer?.judges ?? []) expect(BigInt(stakeWei)).toBeGreaterThan(0n);
  });

  it("are refused by name where fewer miners are there, or their client finds them too dear", async () => {
    const ask = (choice: object) => network.client.chat(QUESTION, { maxTokens: MAX_TOKENS, ...choice });
    await expect(ask({ redundancy: 5 })).rejects.toMatchObject({ data: { reason: "no_miner" } });
    await expect(ask({ redundancy: 3, maxFeeWei: 1n })).rejects.toMatchObject({ data: { reason: "fee_above_limit" } });
  });
});
