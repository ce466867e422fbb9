import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.js";
import { createManualClock } from "./createManualClock.js";

describe("createManualClock", () => {
  it("wakes sleepers in the order of their due time, each at its own time", async () => {
    const clock = createManualClock(100);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name}@${clock.nowMs()}`);
    };
    const all = [sleep("late", 30), sleep("soon", 10), sleep("soon too", 10), sleep("never", 99)];
    await clock.advance(30);
    expect(woken).toEqual(["soon@110", "soon too@110", "late@130"]);
    expect(clock.nowMs()).toBe(130);
    expect(clock.sleepers()).toBe(1);
    await clock.advance(100);
    await Promise.all(all);
  });

  it("lets a woken loop sleep again within the same step", async () => {
    const clock = createManualClock();
    let rounds = 0;
    const loop = (async () => {
      for (; rounds < 5; rounds++) await clock.sleep(10);
    })();
    await clock.advance(50);
    expect(rounds).toBe(5);
    await loop;
  });
});

describe.each([
  ["systemClock", () => systemClock],
  ["createManualClock", () => createManualClock()],
] as const)("%s", (_, make) => {
  it("rejects a sleep with the reason of its signal, before or while asleep", async () => {
    const clock = make();
    const reason = new Error("stop");
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = clock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});
