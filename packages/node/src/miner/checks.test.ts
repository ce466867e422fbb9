import { createScriptedEngine } from "@cortensor/engine";
import { hashResult, type SegmentBody } from "@cortensor/protocol";
import type { CheckReply, CheckRequest, Link } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { saying, setUp, tearDown, textOf } from "./test/setUpMiner.js";
import { aStart, EPOCH } from "./test/startMaker.js";
import { MINER, openChain } from "./test/testMiner.js";

afterEach(tearDown);

const TOKENS = 40;

/** What a miner with this script makes of a task, as it shows it. */
async function bodyOf(script: ReturnType<typeof saying> = saying(TOKENS), name = "task"): Promise<SegmentBody> {
  const { router, link, offer } = await setUp(script);
  const answer = router.ask(link, aStart(MINER, offer, { name, params: { temperature: 0 } }));
  await answer.over;
  const stream = link.open({ kind: "showBody", address: hashResult(answer.result()) });
  const shown = await new Promise<SegmentBody | undefined>((resolve) => {
    stream.onMessage((message) => resolve(message.kind === "body" ? message.body : undefined));
  });
  if (shown === undefined) throw new Error("no body");
  return shown;
}

async function check(link: Link, request: Omit<CheckRequest, "kind">): Promise<CheckReply> {
  const stream = link.open({ kind: "check", ...request });
  const replies: CheckReply[] = [];
  stream.onMessage((message) => {
    if (message.kind === "checked" || message.kind === "checkDeclined") replies.push(message);
  });
  expect(await stream.ended).toBe("end");
  const [reply] = replies;
  if (reply === undefined || replies.length > 1) throw new Error(`${replies.length} replies`);
  return reply;
}

describe("a miner that is asked to check another's result", () => {
  it("makes it again: the same to the last bit holds", async () => {
    const body = await bodyOf();
    const { link } = await setUp(saying(TOKENS));
    expect(await check(link, { body, epoch: EPOCH })).toEqual({ kind: "checked", verdict: "holds" });
  });

  it("names the first token of another text", async () => {
    const other = { script: { reply: () => `${textOf(7)}something else altogether` } };
    const body = await bodyOf(other);
    const { link } = await setUp(saying(TOKENS));
    expect(await check(link, { body, epoch: EPOCH })).toEqual({
      kind: "checked",
      verdict: "wrong",
      differs: { what: "token", position: 7 },
    });
  });

  it("finds what contradicts itself, whatever the model", async () => {
    const body = await bodyOf();
    const result = { ...body.result, nIn: body.result.nIn + 1 };
    const { link } = await setUp(saying(TOKENS));
    expect(await check(link, { body: { ...body, result }, epoch: EPOCH })).toEqual({
      kind: "checked",
      verdict: "wrong",
    });
  });

  it.each<[string, (body: SegmentBody) => SegmentBody]>([
    ["badBody", (body) => ({ ...body, prompt: { kind: "text", text: "another" } })],
    ["badBody", (body) => ({ ...body, contextTokens: 10_000_000 })],
    ["otherClass", (body) => ({ ...body, result: { ...body.result, kernelClass: `0x${"c2".repeat(32)}` } })],
    ["unknownModel", (body) => ({ ...body, task: { ...body.task, modelId: `0x${"0d".repeat(32)}` } })],
  ])("declines, %s, what it can't check", async (code, change) => {
    const body = await bodyOf();
    const { link } = await setUp(saying(TOKENS));
    expect(await check(link, { body: change(body), epoch: EPOCH })).toEqual({ kind: "checkDeclined", code });
  });

  it("declines where its chain shows no beacon of the epoch", async () => {
    const body = await bodyOf();
    const blind = { ...openChain, readBeacon: () => Promise.resolve(undefined) };
    const { link } = await setUp({ ...saying(TOKENS), chain: blind });
    expect(await check(link, { body, epoch: EPOCH })).toEqual({ kind: "checkDeclined", code: "beaconUnknown" });
  });

  it("declines when its engine has failed, and goes on serving", async () => {
    const body = await bodyOf();
    const engine = createScriptedEngine(saying(TOKENS).script);
    let isBroken = true;
    const generate: typeof engine.generate = (job) => {
      if (isBroken) throw new Error("the engine is broken");
      return engine.generate(job);
    };
    const { link } = await setUp({ engine: { ...engine, generate } });
    expect(await check(link, { body, epoch: EPOCH })).toEqual({ kind: "checkDeclined", code: "engineFailed" });
    isBroken = false;
    expect(await check(link, { body, epoch: EPOCH })).toMatchObject({ verdict: "holds" });
  });

  it("does one at a time, lets a few wait, and declines more", async () => {
    const body = await bodyOf();
    let running = 0;
    let most = 0;
    const engine = createScriptedEngine({ ...saying(TOKENS).script, inTurns: true });
    const score: typeof engine.score = async (job) => {
      running += 1;
      most = Math.max(most, running);
      const scores = await engine.score(job);
      running -= 1;
      return scores;
    };
    const { link } = await setUp({ engine: { ...engine, score } });
    const replies = await Promise.all(Array.from({ length: 10 }, () => check(link, { body, epoch: EPOCH })));
    expect(replies.filter(({ kind }) => kind === "checked")).toHaveLength(8);
    expect(replies.filter((reply) => reply.kind === "checkDeclined" && reply.code === "busy")).toHaveLength(2);
    expect(most).toBe(1);
  });
});
