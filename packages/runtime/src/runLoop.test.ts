import { describe, expect, it } from "vitest";
import { createManualClock } from "./createManualClock.js";
import { runLoop } from "./runLoop.js";

function aLoop(over: { work?: () => Promise<void> | void; onError?: (error: unknown) => void; jitter?: number }) {
  const clock = createManualClock();
  const stop = new AbortController();
  const errors: unknown[] = [];
  let rounds = 0;
  const ended = runLoop({
    name: "test",
    everyMs: 100,
    clock,
    signal: stop.signal,
    work: () => {
      rounds += 1;
      return over.work?.();
    },
    onError: over.onError ?? ((error) => errors.push(error)),
    ...(over.jitter === undefined ? {} : { jitter: over.jitter, random: () => 0.5 }),
  });
  return { clock, stop, errors, ended, rounds: () => rounds };
}

describe("runLoop", () => {
  it("works at once, then after each pause, and ends when told", async () => {
    const loop = aLoop({});
    await loop.clock.advance(250);
    expect(loop.rounds()).toBe(3);
    loop.stop.abort();
    await loop.ended;
    await loop.clock.advance(1_000);
    expect(loop.rounds()).toBe(3);
  });

  it("never overlaps, however long a round takes", async () => {
    let finish = (): void => undefined;
    const loop = aLoop({
      work: () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    });
    await loop.clock.advance(1_000);
    expect(loop.rounds()).toBe(1);
    finish();
    await loop.clock.advance(100);
    expect(loop.rounds()).toBe(2);
    loop.stop.abort();
    finish();
    await loop.ended;
  });

  it("reports an error and goes on", async () => {
    const failure = new Error("once");
    const loop = aLoop({
      work: () => {
        throw failure;
      },
    });
    await loop.clock.advance(100);
    expect(loop.errors).toEqual([failure, failure]);
    loop.stop.abort();
    await loop.ended;
  });

  it("survives an error handler that throws", async () => {
    const warned = new Promise((resolve) => process.once("warning", resolve));
    const loop = aLoop({
      work: () => Promise.reject(new Error("work")),
      onError: () => {
        throw new Error("handler");
      },
    });
    await loop.clock.advance(100);
    expect(loop.rounds()).toBe(2);
    expect(String(await warned)).toContain("handler");
    loop.stop.abort();
    await loop.ended;
  });

  it("shortens its pauses by the jitter", async () => {
    const loop = aLoop({ jitter: 0.5 });
    await loop.clock.advance(75);
    expect(loop.rounds()).toBe(2);
    loop.stop.abort();
    await loop.ended;
  });
});
