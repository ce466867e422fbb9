import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "./eventQueue.js";
import { TraceHash } from "./traceHash.js";

describe("the event queue", () => {
  it("gives events by time, those of one time in the order in which they were scheduled", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
        const queue = new EventQueue<"tick">();
        times.forEach((atMs, index) => {
          queue.add(atMs, "tick", index);
        });
        const expected = times
          .map((atMs, index) => ({ atMs, index }))
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index);
        const taken = times.map(() => queue.take());
        expect(taken.map((event) => ({ atMs: event?.atMs, index: event?.subject }))).toEqual(expected);
        expect(queue.take()).toBeUndefined();
      }),
    );
  });

  it("keeps its order while events are added between takes", () => {
    const queue = new EventQueue<"tick">();
    for (const atMs of [5, 1, 3]) queue.add(atMs, "tick", 0);
    expect(queue.take()?.atMs).toBe(1);
    queue.add(2, "tick", 0);
    expect([queue.take(), queue.take(), queue.take()].map((event) => event?.atMs)).toEqual([2, 3, 5]);
    expect(queue.size).toBe(0);
  });
});

describe("the trace's hash", () => {
  it("differs when a step, its order or its time differs", () => {
    const hashOf = (steps: readonly (readonly [number, number, number, number])[]): string => {
      const hash = new TraceHash();
      for (const [atMs, kind, subject, detail] of steps) hash.add(atMs, kind, subject, detail);
      return hash.hex;
    };
    const one = [1, 2, 3, 4] as const;
    const other = [1.001, 2, 3, 4] as const;
    expect(hashOf([one, other])).toBe(hashOf([one, other]));
    const different = [[one, other], [other, one], [one], [one, one], [[1, 2, 3, 5] as const], [[1, 3, 3, 4] as const]];
    expect(new Set(different.map(hashOf)).size).toBe(different.length);
  });
});
