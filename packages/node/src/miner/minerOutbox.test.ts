import { CHECKPOINT_TOKENS, hashAssignment, tokenRootOf } from "@cortensor/protocol";
import type { ReofferedResult } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { closers, echo, fullPay, nextNotice, saying, setUp, tearDown, textOf } from "./test/setUpMiner.js";
import { aStart } from "./test/startMaker.js";
import { MINER, PRICES, startTestMiner } from "./test/testMiner.js";
import { testRouter } from "./test/testRouter.js";

afterEach(tearDown);

describe("a miner's outbox", () => {
  it("holds a result until a receipt pays it", async () => {
    const { router, link, offer, miner } = await setUp(saying(40));
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.over;
    expect(miner.outboxSize()).toBe(1);
    const notice = await router.receiptFor(answer.result(), fullPay(answer.result()));
    link.notify("receipt", { ...notice, proof: { ...notice.proof, signature: `0x${"11".repeat(64)}1b` } });
    link.notify("receipt", await router.receiptFor(answer.result(), 1n));
    link.notify("receipt", await router.receiptFor(answer.result(), fullPay(answer.result()), { operator: MINER }));
    await echo(link, router, offer);
    // The echo's own result is there too.
    expect(miner.outboxSize()).toBe(2);
  });

  it("believes a smaller receipt only when the router may never have seen the whole result", async () => {
    const { router, link, offer, miner, metrics } = await setUp(saying(40));
    const answer = router.ask(link, aStart(MINER, offer), { endsStream: false });
    await answer.until("result");
    link.notify("receipt", await router.receiptFor(answer.result(), fullPay(answer.result()) - 1n));
    await echo(link, router, offer);
    expect(miner.outboxSize()).toBe(1);
    expect((await metrics.render()).body).toContain('miner_receipts_total{verdict="short"} 1');
  });

  it("lets go of a paid result", async () => {
    const { router, link, offer, miner } = await setUp(saying(40));
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.over;
    link.notify("receipt", await router.receiptFor(answer.result(), fullPay(answer.result())));
    await echo(link, router, offer);
    // The echo's own result is there; the paid one is not.
    expect(miner.outboxSize()).toBe(1);
  });

  it("lets go of results whose receipts come together, and only of those that the router signed", async () => {
    const { router, link, offer, miner } = await setUp(saying(40));
    const answers = [router.ask(link, aStart(MINER, offer, { name: "one" })), router.ask(link, aStart(MINER, offer))];
    await Promise.all(answers.map(({ over }) => over));
    const results = answers.map((answer) => answer.result());
    const receipts = await Promise.all(results.map((result) => router.receiptFor(result, fullPay(result))));
    const [good, other] = receipts.map(({ receipt, payees }) => ({ receipt, payees }));
    if (good === undefined || other === undefined) throw new Error("two receipts were made");
    link.notify("receipts", { receipts: [good, { ...other, receipt: { ...other.receipt, account: 77 } }] });
    await echo(link, router, offer);
    // The echo's own result is there, and the one whose receipt nobody signed.
    expect(miner.outboxSize()).toBe(2);
    link.notify("receipts", { receipts: [other] });
    await echo(link, router, offer);
    expect(miner.outboxSize()).toBe(1);
  });

  it("offers a result again to a router that comes back, with the router's own proofs", async () => {
    const first = await testRouter();
    const { miner, offer } = await startTestMiner({ routerUrls: [first.url], ...saying(40) });
    closers.push(() => miner.stop());
    const link = await first.nextLink();
    const start = aStart(MINER, offer);
    const answer = first.ask(link, start);
    await answer.over;
    await first.batcher.prove({ structHash: hashAssignment(start.assignment), peer: MINER });
    await echo(link, first, offer);
    await first.close();
    const second = await testRouter({ port: Number(new URL(first.url).port) });
    closers.push(second.close);
    const back = await second.nextLink();
    const offered: ReofferedResult[] = [];
    await new Promise<void>((resolve) => {
      back.onNotice("reoffer", (reoffered) => {
        offered.push(reoffered);
        if (offered.length === 2) resolve();
      });
    });
    const again = offered.find(({ result }) => result.taskId === start.assignment.taskId);
    expect(again?.result).toEqual(answer.result());
    expect(again?.assignmentProof?.signer).toBe(first.address);
  });

  it("keeps what was acknowledged when the router goes away in mid-stream", async () => {
    const first = await testRouter();
    const { miner, offer } = await startTestMiner({
      routerUrls: [first.url],
      script: { reply: () => textOf(2_000), tokensPerSecond: 2_000 },
    });
    closers.push(() => miner.stop());
    const answer = first.ask(await first.nextLink(), aStart(MINER, offer));
    await answer.until("checkpoint", 3);
    await first.close();
    const second = await testRouter({ port: Number(new URL(first.url).port) });
    closers.push(second.close);
    const { result } = await nextNotice(await second.nextLink(), "reoffer");
    expect(result.finish).toBe("abort");
    expect(result.to % CHECKPOINT_TOKENS).toBe(0);
    expect(result.to).toBeGreaterThanOrEqual(CHECKPOINT_TOKENS);
    expect(result.tokenRoot).toBe(tokenRootOf(answer.ids().slice(0, result.to)));
  });

  it("keeps an unpaid result as evidence, and counts it as owed", async () => {
    const small = { params: { maxTokens: 41 }, task: { maxIn: 10, maxOut: 41 } };
    const owedMaxWei = 10n * PRICES.weiPerTokenIn + 41n * PRICES.weiPerTokenOut;
    const { router, link, offer, miner, metrics } = await setUp({ ...saying(40), config: { owedMaxWei } });
    const answer = router.ask(link, aStart(MINER, offer, small));
    await answer.over;
    const { taskId, replica, segment } = answer.result();
    link.notify("unpaid", { taskId, miner: MINER, replica, segment, code: "badTokenRoot" });
    const next = router.ask(link, aStart(MINER, offer, { name: "next", ...small }));
    await next.over;
    expect(next.messages).toMatchObject([{ code: "owedTooMuch" }]);
    expect(miner.outboxSize()).toBe(1);
    expect((await metrics.render()).body).toContain("miner_unpaid_results_total 1");
  });
});
