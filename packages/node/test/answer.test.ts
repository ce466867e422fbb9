import { registryDomain, verifyReceiptDocument } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { PROFILE } from "./fakeChain.js";
import {
  ACCOUNT,
  API_KEY,
  aRequest,
  ask,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

describe("a router with one miner", () => {
  it("answers, charges exactly what was made, and gives a receipt that verifies", async () => {
    const router = await startTestRouter();
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const answer = await ask(router, aRequest(router, "hello there"));
    expect(answer.failed).toBeUndefined();
    expect(answer.text).toBe("You said: hello there");
    const { done } = answer;
    expect(done).toMatchObject({ finish: "stop", nOut: answer.ids.length, segments: 1 });
    const nIn = BigInt(done?.nIn ?? 0);
    const nOut = BigInt(done?.nOut ?? 0);
    expect(done?.feeWei).toBe(nIn * PRICES.weiPerTokenIn + nOut * PRICES.weiPerTokenOut);
    const document = await receiptOf(router, answer.taskId);
    expect(document.receipt).toMatchObject({ taskId: answer.taskId, account: ACCOUNT, feeWei: done?.feeWei });
    expect(document.payees).toEqual([
      { miner: address, replica: 0, segment: 0, from: 0, to: answer.ids.length, wei: done?.feeWei },
    ]);
    const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });
    const routerSigner = router.identity.signer.address;
    expect(verifyReceiptDocument({ document, domain, routerSigner })).toEqual({ kind: "valid" });
    const lane = await router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    expect(lane).toMatchObject({ spentWei: done?.feeWei, heldWei: 0n });
  });

  it("gives the first text before the last token exists", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, {
      name: "miner",
      script: { reply: () => "word ".repeat(30), tokensPerSecond: 200 },
    });
    let isFirst = true;
    const answer = await ask(router, aRequest(router, "hello"), {
      onEvent: (event) => {
        if (event.kind !== "text" || !isFirst) return;
        isFirst = false;
        expect(event.ids.length).toBeLessThan(10);
        expect(router.events.some(({ kind }) => kind === "taskEnded")).toBe(false);
      },
    });
    expect(answer.ids.length).toBeGreaterThan(30);
  });

  it("gives vectors, charges their tokens, and gives a receipt for them", async () => {
    const router = await startTestRouter();
    const { address } = await startScriptedMiner(router, { name: "miner" });
    const caller = await router.gateway.authenticate(API_KEY);
    if (caller === undefined) throw new Error("the test key is unknown");
    const { signal } = new AbortController();
    const outcome = await router.gateway.embed(caller, { model: "scripted", texts: ["one", "two words"] }, { signal });
    if (outcome.kind === "failed") throw new Error(outcome.refusal.message);
    expect(outcome.vectors).toHaveLength(2);
    const { receipt, payees } = await receiptOf(router, outcome.taskId);
    expect(receipt).toMatchObject({ nIn: outcome.nIn, nOut: 0, feeWei: BigInt(outcome.nIn) * PRICES.weiPerTokenIn });
    expect(payees).toMatchObject([{ miner: address, from: 0, to: 0 }]);
    const unknown = await router.gateway.embed(caller, { model: "nothing", texts: ["one"] }, { signal });
    expect(unknown).toMatchObject({ kind: "failed", refusal: { code: "model_not_found" } });
  });

  it("signs a few batches for many answers, and every receipt verifies", async () => {
    const router = await startTestRouter();
    await startScriptedMiner(router, { name: "miner" });
    const startedMs = Date.now();
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, at) => ask(router, aRequest(router, `number ${at}`))),
    );
    const documents = await Promise.all(answers.map(({ taskId }) => receiptOf(router, taskId)));
    const seconds = (Date.now() - startedMs) / 1_000;
    const { signed, verified } = router.signatures.counts();
    // Three batches a second of each side, the connection's certificates, and one batch per 1,024 leaves.
    expect(signed + verified).toBeLessThanOrEqual(Math.ceil(seconds * 6) + 8);
    const domain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });
    const routerSigner = router.identity.signer.address;
    const roots = new Map(documents.map((document) => [document.proof.batch.root, document]));
    for (const document of roots.values()) {
      expect(verifyReceiptDocument({ document, domain, routerSigner })).toEqual({ kind: "valid" });
    }
    expect(new Set(documents.map(({ receipt }) => receipt.taskId)).size).toBe(400);
  });

  it("tells whoever watches of miners, tasks and receipts, in their order", async () => {
    const router = await startTestRouter();
    const { stop, address } = await startScriptedMiner(router, { name: "miner" });
    const answer = await ask(router, aRequest(router, "hello"));
    await until(() => router.events.some(({ kind }) => kind === "receiptAcknowledged"));
    await stop();
    await until(() => router.events.some(({ kind }) => kind === "minerLeft"));
    const kinds = ["minerJoined", "taskStarted", "taskEnded", "receiptAcknowledged", "minerLeft"];
    expect(router.events.map(({ kind }) => kind)).toEqual(kinds);
    expect(router.events[2]).toMatchObject({ taskId: answer.taskId, miners: [address], feeWei: answer.done?.feeWei });
  });
});
