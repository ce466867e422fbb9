import { createScriptedEngine, type Engine } from "@cortensor/engine";
import { type Bytes32, CHECKPOINT_TOKENS, outCommit, recipeHash, tokenRootOf, utf8ToBytes } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { UNACKNOWLEDGED_TOKENS_MAX } from "./acknowledgementGate.js";
import { closers, nextNotice, saying, setUp, tearDown, textOf } from "./test/setUpMiner.js";
import { anEmbeddingStart, aStart, EPOCH, NOW_SECONDS } from "./test/startMaker.js";
import { BOND_WEI, MINER, openChain, PRICES, startTestMiner, type TestMinerOptions } from "./test/testMiner.js";
import { testRouter } from "./test/testRouter.js";
import { vectorsBytes } from "./vectorsBytes.js";

afterEach(tearDown);

describe("a miner that was given a task", () => {
  it("streams the answer, a checkpoint every 32 tokens, and a result about exactly that", async () => {
    const { router, link, offer } = await setUp(saying(100));
    const start = aStart(MINER, offer, { params: { temperature: 0 } });
    const answer = router.ask(link, start);
    expect(await answer.over).toBe("end");
    const { taskId } = start.assignment;
    const ids = answer.ids();
    expect(answer.text()).toBe(textOf(100));
    expect(ids).toHaveLength(101);
    const checkpoints = answer.messages.flatMap((one) => (one.kind === "checkpoint" ? [one.checkpoint] : []));
    expect(checkpoints.map(({ position }) => position)).toEqual([32, 64, 96]);
    for (const { position, tokenRoot } of checkpoints) expect(tokenRoot).toBe(tokenRootOf(ids.slice(0, position)));
    const last = answer.messages.at(-1);
    if (last?.kind !== "result") throw new Error("the result is not the last message");
    expect(last.result).toMatchObject({
      taskId,
      miner: MINER,
      from: 0,
      to: 101,
      nOut: 101,
      finish: "stop",
      tokenRoot: tokenRootOf(ids),
      outCommit: outCommit(taskId, utf8ToBytes(textOf(100))),
      recipeHash: recipeHash(last.recipe),
    });
    expect(answer.messages[0]).toEqual({ kind: "accepted", nIn: last.result.nIn });
  });

  it("says where each token's text ends in tokens that travel together", async () => {
    const { router, link, offer } = await setUp(saying(40));
    const answer = router.ask(link, aStart(MINER, offer, { params: { temperature: 0 } }));
    await answer.over;
    const frames = answer.messages.flatMap((one) => (one.kind === "tokens" ? [one] : []));
    const parts = frames.flatMap(({ text, ids, cuts = [text.length] }) => {
      expect(cuts).toHaveLength(ids.length);
      return cuts.map((length, index) => {
        const at = cuts.slice(0, index).reduce((sum, before) => sum + before, 0);
        return text.slice(at, at + length);
      });
    });
    expect(frames.length).toBeLessThan(10);
    expect(parts).toHaveLength(41);
    expect(parts.join("")).toBe(textOf(40));
    expect(parts.slice(0, 40).every((part) => part.length === textOf(40).length / 40)).toBe(true);
  });

  it("sends its first tokens before the last one exists", async () => {
    const { router, link, offer } = await setUp({ script: { reply: () => textOf(40), tokensPerSecond: 200 } });
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.until("tokens");
    expect(answer.messages.some(({ kind }) => kind === "result")).toBe(false);
    await answer.over;
    expect(answer.messages.filter(({ kind }) => kind === "tokens").length).toBeGreaterThan(5);
  });

  it("signs one batch whose leaf is the result, and tells the router of it", async () => {
    const { router, link, offer } = await setUp(saying(70));
    const batch = nextNotice(link, "batch");
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.over;
    const { signed, leaves } = await batch;
    expect(signed.signer).toBe(MINER);
    expect(leaves).toHaveLength(1);
    expect(signed.batch.count).toBe(1);
  });

  it("stops soon after an abort, and its result says what was made", async () => {
    const { router, link, offer } = await setUp({ script: { reply: () => textOf(1_000), tokensPerSecond: 500 } });
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.until("tokens");
    answer.stream.send({ kind: "abort", reason: "the client left" });
    await answer.over;
    const ids = answer.ids();
    expect(answer.result()).toMatchObject({ finish: "abort", to: ids.length, tokenRoot: tokenRootOf(ids) });
    expect(ids.length).toBeLessThan(1_000);
  });

  it("continues another's answer exactly as it would have gone on", async () => {
    const { router, link, offer } = await setUp(saying(150));
    const whole = router.ask(link, aStart(MINER, offer, { name: "one" }));
    await whole.over;
    const ids = whole.ids();
    const committed = ids.slice(0, 75);
    const assignment = { segment: 1, from: 64 };
    const rest = router.ask(link, aStart(MINER, offer, { name: "one", committed, assignment }));
    await rest.over;
    expect([...committed, ...rest.ids()]).toEqual(ids);
    expect(rest.result()).toMatchObject({ segment: 1, from: 64, to: ids.length, nOut: ids.length - 64 });
    expect(rest.result().tokenRoot).toBe(whole.result().tokenRoot);
    const firstToken = rest.messages.find((message) => message.kind === "tokens");
    expect(firstToken).toMatchObject({ from: 75 });
  });

  it("refuses to continue tokens that the sampler would not have chosen", async () => {
    const { router, link, offer } = await setUp(saying(150));
    const whole = router.ask(link, aStart(MINER, offer, { name: "one" }));
    await whole.over;
    const committed = whole.ids().slice(0, 75);
    committed[70] = 1;
    const rest = router.ask(
      link,
      aStart(MINER, offer, { name: "one", committed, assignment: { segment: 1, from: 64 } }),
    );
    await rest.over;
    expect(rest.messages.at(-1)).toEqual({ kind: "committedMismatch", position: 70 });
  });

  it("gives the same answer to the same user's seed, whatever the task", async () => {
    const { router, link, offer } = await setUp(saying(60));
    const params = { userSeed: -5n };
    const prompt = { kind: "text" as const, text: "again" };
    const one = router.ask(link, aStart(MINER, offer, { name: "one", prompt, params }));
    const two = router.ask(link, aStart(MINER, offer, { name: "two", prompt, params }));
    const three = router.ask(link, aStart(MINER, offer, { name: "two", prompt, params: { userSeed: 6n } }));
    await Promise.all([one.over, two.over, three.over]);
    expect(one.result().taskId).not.toBe(two.result().taskId);
    expect(one.ids()).toEqual(two.ids());
    expect(three.ids()).not.toEqual(two.ids());
  });

  it("pauses when nothing is acknowledged, and goes on when it is", async () => {
    const { router, link, offer } = await setUp(saying(2_000));
    const answer = router.ask(link, aStart(MINER, offer), { acknowledges: false });
    await answer.until("checkpoint", UNACKNOWLEDGED_TOKENS_MAX / CHECKPOINT_TOKENS);
    const other = router.ask(link, aStart(MINER, offer, { name: "another" }));
    await other.over;
    expect(answer.ids().length).toBeLessThanOrEqual(UNACKNOWLEDGED_TOKENS_MAX + 1);
    for (const message of answer.messages.slice()) {
      if (message.kind !== "checkpoint") continue;
      answer.stream.send({ kind: "acknowledged", acknowledgement: message.checkpoint });
    }
    await answer.until("checkpoint", UNACKNOWLEDGED_TOKENS_MAX / CHECKPOINT_TOKENS + 1);
    expect(answer.ids().length).toBeGreaterThan(UNACKNOWLEDGED_TOKENS_MAX);
    answer.stream.send({ kind: "abort", reason: "enough" });
    await answer.over;
  });

  it("ignores the acknowledgement of a position it never named", async () => {
    const { router, link, offer, metrics } = await setUp(saying(2_000));
    const answer = router.ask(link, aStart(MINER, offer), { acknowledges: false });
    await answer.until("checkpoint");
    const [first] = answer.messages.flatMap((one) => (one.kind === "checkpoint" ? [one.checkpoint] : []));
    if (first === undefined) throw new Error("no checkpoint");
    answer.stream.send({ kind: "acknowledged", acknowledgement: { ...first, position: 5_000 } });
    await answer.until("checkpoint", UNACKNOWLEDGED_TOKENS_MAX / CHECKPOINT_TOKENS);
    answer.stream.send({ kind: "abort", reason: "enough" });
    await answer.over;
    expect(answer.ids().length).toBeLessThanOrEqual(UNACKNOWLEDGED_TOKENS_MAX + 1);
    expect((await metrics.render()).body).toContain('miner_acknowledgements_total{verdict="unknown"} 1');
  });

  it("makes vectors, and commits to them", async () => {
    const { router, link, offer } = await setUp();
    const start = anEmbeddingStart(MINER, offer, ["one text", "another"]);
    const answer = router.ask(link, start);
    await answer.over;
    const vectors = answer.messages.find((message) => message.kind === "vectors");
    if (vectors?.kind !== "vectors") throw new Error("no vectors");
    expect(vectors.vectors).toHaveLength(2);
    expect(answer.result()).toMatchObject({
      nIn: vectors.tokens,
      nOut: 0,
      finish: "stop",
      outCommit: outCommit(start.assignment.taskId, vectorsBytes(vectors.vectors)),
    });
  });

  it("says that it failed, in a code, when its engine breaks", async () => {
    const scripted = createScriptedEngine();
    const broken: Engine = {
      ...scripted,
      generate: () => {
        throw new Error("the secret prompt is in this message");
      },
    };
    const { router, link, offer } = await setUp({ engine: broken });
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.over;
    expect(answer.messages.at(-1)).toEqual({ kind: "failed", code: "MINER_FAILED", detail: "" });
  });
});

describe("a miner refuses", () => {
  async function refusal(
    options: Parameters<typeof aStart>[2],
    miner: Partial<TestMinerOptions> = {},
  ): Promise<unknown> {
    const { router, link, offer } = await setUp(miner);
    const answer = router.ask(link, aStart(MINER, offer, options));
    await answer.over;
    expect(answer.messages).toHaveLength(1);
    return answer.messages[0];
  }

  it("a prompt that is longer than what is paid for", async () => {
    const text = "x".repeat(400);
    expect(await refusal({ prompt: { kind: "text", text }, task: { maxIn: 20 } })).toMatchObject({
      code: "promptTooLong",
    });
  });

  it("an assignment that has ended", async () => {
    expect(await refusal({ assignment: { expires: NOW_SECONDS } })).toMatchObject({ code: "expired" });
  });

  it("a router's operator whose bond is too small", async () => {
    expect(await refusal({}, { config: { bondMinWei: BOND_WEI + 1n } })).toMatchObject({ code: "bondTooSmall" });
  });

  it("more tasks than it has room for", async () => {
    const { router, link, offer } = await setUp({
      script: { reply: () => textOf(5_000), tokensPerSecond: 50, slots: 1 },
      config: { queueMax: 1 },
    });
    const running = [1, 2].map((name) => router.ask(link, aStart(MINER, offer, { name: String(name) })));
    const third = router.ask(link, aStart(MINER, offer, { name: "3" }));
    await third.over;
    expect(third.messages).toMatchObject([{ kind: "refused", code: "busy" }]);
    for (const { stream } of running) stream.send({ kind: "abort", reason: "enough" });
    await Promise.all(running.map(({ over }) => over));
  });
});

describe("a miner's life", () => {
  it("advertises its models, prices and capacity at once", async () => {
    const { link, offer } = await setUp({ script: { slots: 2 } });
    const advertisement = await new Promise((resolve) => link.onNotice("advertisement", resolve));
    expect(advertisement).toEqual({ models: [offer], capacity: 6, running: 0, queued: 0 });
    expect(offer).toMatchObject({ model: "scripted", ...PRICES });
  });

  it("serves several routers at once", async () => {
    const other = await testRouter();
    closers.push(other.close);
    const router = await testRouter();
    closers.push(router.close);
    const { miner, offer } = await startTestMiner({ routerUrls: [router.url, other.url], ...saying(20) });
    closers.push(() => miner.stop());
    const answers = [
      router.ask(await router.nextLink(), aStart(MINER, offer, { name: "one" })),
      other.ask(await other.nextLink(), aStart(MINER, offer, { name: "two" })),
    ];
    await Promise.all(answers.map(({ over }) => over));
    for (const answer of answers) expect(answer.result().finish).toBe("stop");
  });

  it("connects to no router that the registry doesn't know", async () => {
    const router = await testRouter();
    closers.push(router.close);
    let isAsked: () => void = () => undefined;
    const wasAsked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const chain = {
      ...openChain,
      readNode: () => {
        isAsked();
        return Promise.resolve({ owner: MINER, roles: ["miner" as const], leftAt: 0 });
      },
    };
    const { miner } = await startTestMiner({ routerUrls: [router.url], chain });
    await wasAsked;
    await miner.stop();
    expect(miner.routers()).toEqual([]);
  });

  it("takes a task that is ahead of its looks as soon as the chain shows its beacon, and none of an epoch that is too far", async () => {
    let show: (beacon: Bytes32 | undefined) => void = () => undefined;
    const shown = new Promise<Bytes32 | undefined>((resolve) => {
      show = resolve;
    });
    const chain = {
      ...openChain,
      readBeacon: async (epoch: number) => (epoch === EPOCH ? openChain.readBeacon(epoch) : shown),
    };
    const { router, link, offer } = await setUp({ ...saying(3), chain });
    const next = { assignment: { epoch: EPOCH + 1 } };
    const early = [1, 2].map((each) => router.ask(link, aStart(MINER, offer, { ...next, name: `early ${each}` })));
    const running = router.ask(link, aStart(MINER, offer));
    await running.over;
    expect(running.result().finish).toBe("stop");
    expect(early.flatMap(({ messages }) => messages)).toEqual([]);
    show(await openChain.readBeacon(EPOCH + 1));
    await Promise.all(early.map(({ over }) => over));
    expect(early.map((answer) => answer.result().finish)).toEqual(["stop", "stop"]);
    for (const epoch of [EPOCH + 2, 0]) {
      const foreign = router.ask(link, aStart(MINER, offer, { name: `of ${epoch}`, assignment: { epoch } }));
      await foreign.over;
      expect(foreign.messages).toMatchObject([{ kind: "refused", code: "badAssignment" }]);
    }
  });

  it("refuses a task whose beacon its chain doesn't show, or shows as another", async () => {
    const blind = { ...openChain, readBeacon: () => Promise.resolve(undefined) };
    const other = { ...openChain, readBeacon: (epoch: number) => openChain.readBeacon(epoch + 1) };
    for (const [chain, code] of [
      [blind, "beaconUnknown"],
      [other, "badAssignment"],
    ] as const) {
      const { router, link, offer } = await setUp({ ...saying(3), chain });
      const answer = router.ask(link, aStart(MINER, offer));
      await answer.over;
      expect(answer.messages).toMatchObject([{ kind: "refused", code }]);
    }
  });

  it("lets running tasks end when it is stopped, and takes no more", async () => {
    const { router, link, offer, miner } = await setUp({ script: { reply: () => textOf(60), tokensPerSecond: 300 } });
    const answer = router.ask(link, aStart(MINER, offer));
    await answer.until("tokens");
    const stopped = miner.stop();
    const late = router.ask(link, aStart(MINER, offer, { name: "late" }));
    await answer.over;
    expect(answer.result().finish).toBe("stop");
    await late.over;
    expect(late.messages).toMatchObject([{ kind: "refused", code: "busy" }]);
    await stopped;
    expect(await link.closed).toBe("shutdown");
    closers.splice(1, 1);
  });
});
