import type { InferEvent } from "@cortensor/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerQueue } from "./answerQueue.js";
import { TextBacklog } from "./textBacklog.js";

const aText = (text: string, ...ids: readonly number[]): InferEvent => ({ kind: "text", text, ids });
const FAILED: InferEvent = { kind: "failed", refusal: { code: "miner_failed", message: "x" } };

describe("the answer queue", () => {
  it("merges the texts that wait, keeps their order, and ends after the last event", async () => {
    const queue = new AnswerQueue(new TextBacklog(), () => undefined);
    queue.push({ kind: "started", taskId: "0x01" });
    queue.push(aText("a", 1));
    queue.push(aText("bc", 2, 3));
    queue.push(FAILED);
    queue.push(aText("late", 9));
    const events: InferEvent[] = [];
    for await (const event of queue) events.push(event);
    const merged = { ...aText("abc", 1, 2, 3), cuts: [1, 2] };
    expect(events).toEqual([{ kind: "started", taskId: "0x01" }, merged, FAILED]);
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  it("wakes a reader that waits with the next event", async () => {
    const queue = new AnswerQueue(new TextBacklog(), () => undefined);
    const next = queue.next();
    queue.push(aText("a", 1));
    expect(await next).toEqual({ value: aText("a", 1), done: false });
  });

  it("says once that its reader went away before the end, and not after it", async () => {
    let abandoned = 0;
    const left = new AnswerQueue(new TextBacklog(), () => (abandoned += 1));
    await left.return();
    await left.return();
    expect(abandoned).toBe(1);
    const ended = new AnswerQueue(new TextBacklog(), () => (abandoned += 1));
    ended.push(FAILED);
    await ended.return();
    expect(abandoned).toBe(1);
  });

  it("gives every text and id exactly once, whenever it is read", async () => {
    const step = fc.oneof(fc.constant("read" as const), fc.tuple(fc.string(), fc.array(fc.nat(99), { maxLength: 3 })));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const queue = new AnswerQueue(new TextBacklog(), () => undefined);
        const reads: Promise<IteratorResult<InferEvent>>[] = [];
        for (const one of steps) {
          if (one !== "read") queue.push(aText(one[0], ...one[1]));
          else if (reads.length === 0) reads.push(queue.next());
        }
        queue.push(FAILED);
        const events = (await Promise.all(reads)).flatMap(({ value, done }) => (done ? [] : [value]));
        for await (const event of queue) events.push(event);
        const pushed = steps.filter((one) => one !== "read");
        const texts = events.filter((event) => event.kind === "text");
        expect(texts.map(({ text }) => text).join("")).toBe(pushed.map(([text]) => text).join(""));
        expect(texts.flatMap(({ ids }) => ids)).toEqual(pushed.flatMap(([, ids]) => ids));
        const parts = texts.flatMap(({ text, cuts }) => (cuts === undefined ? [text.length] : cuts));
        expect(parts).toEqual(pushed.map(([text]) => text.length));
      }),
    );
  });
});
