import type { Result } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { answerText, honest, type RawTask, startRawMiner } from "./rawMiner.js";
import { aRequest, ask, receiptOf, startTestRouter, tearDown } from "./testNetwork.js";

afterEach(tearDown);

const ZERO = `0x${"00".repeat(32)}` as const;
const OTHER = `0x${"99".repeat(32)}` as const;

/** Asks a router whose better miner misbehaves and whose other one is honest. */
async function askBoth(bad: (task: RawTask) => void, tokens = 40) {
  const router = await startTestRouter();
  const liar = await startRawMiner(router, { name: "liar", onTask: bad, offer: { weiPerTokenOut: 99n } });
  const good = await startRawMiner(router, { name: "good", onTask: honest(tokens) });
  const answer = await ask(router, aRequest(router, "a question"));
  return { router, liar, good, answer };
}

const RESULTS: readonly (readonly [string, Partial<Result>])[] = [
  ["names another task", { taskId: OTHER }],
  ["names another miner", { miner: `0x${"77".repeat(20)}` }],
  ["names another replica", { replica: 1 }],
  ["names another segment", { segment: 3 }],
  ["names another kernel class", { kernelClass: OTHER }],
  ["starts elsewhere", { from: 1 }],
  ["ends beyond what was sent", { to: 41 }],
  ["ends before what was sent", { to: 39 }],
  ["counts other tokens than its positions", { nOut: 41 }],
  ["counts another prompt than it accepted", { nIn: 4 }],
  ["has another token root", { tokenRoot: OTHER }],
  ["has no token root", { tokenRoot: ZERO }],
  ["has another recipe hash", { recipeHash: OTHER }],
  ["commits to another text", { outCommit: OTHER }],
  ["says that a short answer is full", { finish: "length" }],
  ["says that nobody's abort ended it", { finish: "abort" }],
  ["says that it failed", { finish: "error" }],
  ["took longer than there was time", { tTotalMs: 60_000 }],
  ["had its first token after its last", { tFirstMs: 2, tTotalMs: 1 }],
];

describe("a result that is not what was asked for", () => {
  it.each(RESULTS)("is not paid when it %s: another miner ends the answer", async (_, change) => {
    const { router, liar, good, answer } = await askBoth((task) => {
      task.accept().tokensTo(40).finish(change);
    });
    expect(answer.text).toBe(answerText(40));
    expect(answer.done).toMatchObject({ finish: "stop", segments: 2, nIn: 3, nOut: 32 });
    const { payees } = await receiptOf(router, answer.taskId);
    // The liar has the block that was acknowledged before it lied; the rest was made by it and is charged to nobody.
    expect(payees).toEqual([
      { miner: liar.address, replica: 0, segment: 0, from: 0, to: 32, wei: 3n * 10n + 32n * 99n },
    ]);
    expect(good.tasks[0]?.start.committed).toHaveLength(40);
    expect(good.tasks[0]?.assignment).toMatchObject({ segment: 1, from: 32 });
  });

  it("is not paid at all when nothing was acknowledged: the whole answer is the other's", async () => {
    const { router, good, answer } = await askBoth((task) => {
      task.accept().finish({ tokenRoot: OTHER });
    });
    expect(answer.text).toBe(answerText(40));
    const { payees } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ miner, from, to }) => ({ miner, from, to }))).toEqual([
      { miner: good.address, from: 0, to: 40 },
    ]);
  });

  it("is not paid when the message's finish is not the result's", async () => {
    const { answer } = await askBoth((task) => {
      task.accept().tokensTo(40).finish({}, { finish: "length" });
    });
    expect(answer.done?.segments).toBe(2);
  });

  it("is not paid when its text has no end", async () => {
    const { answer } = await askBoth((task) => {
      task
        .accept()
        .tokensTo(40)
        .finish({}, { text: "x".repeat(100_000) });
    });
    expect(answer.text).toBe(answerText(40));
  });
});

const FRAMES: readonly (readonly [string, (task: RawTask) => void])[] = [
  ["tokens before acceptance", (task) => task.send({ kind: "tokens", from: 0, ids: [1], text: "x" })],
  ["a result before acceptance", (task) => task.finish()],
  ["acceptance twice", (task) => task.accept().accept()],
  ["a prompt longer than was asked", (task) => task.accept(1_000_000)],
  ["a prompt of nothing", (task) => task.accept(0)],
  ["tokens at another position", (task) => task.accept().send({ kind: "tokens", from: 5, ids: [1], text: "x" })],
  [
    "more tokens than were asked for",
    (task) => task.accept().send({ kind: "tokens", from: 0, ids: Array.from({ length: 600 }, () => 1), text: "x" }),
  ],
  [
    "a text cut otherwise than into its tokens",
    (task) => task.accept().send({ kind: "tokens", from: 0, ids: [1, 2], text: "xy", cuts: [1, 2] }),
  ],
  [
    "more cuts than tokens",
    (task) => task.accept().send({ kind: "tokens", from: 0, ids: [1], text: "xy", cuts: [1, 1] }),
  ],
  ["a refusal after acceptance", (task) => task.accept().send({ kind: "refused", code: "busy", detail: "" })],
  ["vectors", (task) => task.accept().send({ kind: "vectors", vectors: [], tokens: 1 })],
  ["a checkpoint of tokens that never came", (task) => task.accept().checkpoint(32)],
  ["its own failure", (task) => task.accept().send({ kind: "failed", code: "ENGINE_BROKE", detail: "" })],
  ["the end of the stream", (task) => task.accept().stream.end()],
];

describe("a frame that makes no sense", () => {
  it.each(FRAMES)("costs the miner its task: %s", async (_, misbehave) => {
    const { router, good, answer } = await askBoth(misbehave);
    expect(answer.text).toBe(answerText(40));
    expect(answer.done?.finish).toBe("stop");
    const { payees } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ miner }) => miner)).toEqual([good.address]);
  });

  it("isn't acknowledged when a checkpoint has another root, and nothing after it is paid", async () => {
    const { router, liar, answer } = await askBoth((task) => {
      task.accept().tokensTo(40);
      const { taskId, miner, replica, segment } = task.assignment;
      const checkpoint = { taskId, miner, replica, segment, position: 40, tokenRoot: OTHER };
      task.send({ kind: "checkpoint", checkpoint });
      task.tokensTo(64);
    }, 80);
    expect(answer.text).toBe(answerText(80));
    const { payees } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ from, to }) => [from, to])).toEqual([
      [0, 32],
      [40, 80],
    ]);
    expect(liar.tasks[0]?.received.filter(({ kind }) => kind === "acknowledged")).toHaveLength(1);
  });
});
