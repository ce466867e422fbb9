import { createManualClock, silentLogger, systemClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { keepLink, RECONNECT_BASE_MS, RECONNECT_CAP_MS } from "./keepLink.js";
import type { Link } from "./link.js";
import { connectTo, testRouter } from "./test/linkPair.js";

describe("keepLink", () => {
  it("opens the link anew when it is gone, and closes it when asked to stop", async () => {
    const testing = await testRouter();
    const stop = new AbortController();
    const seen: Link[] = [];
    const kept = keepLink({
      connect: () => connectTo(testing.url),
      onLink: (link) => seen.push(link),
      signal: stop.signal,
      clock: systemClock,
      random: () => 0,
      log: silentLogger,
    });
    const first = await testing.nextLink();
    first.close("replaced");
    const second = await testing.nextLink();
    stop.abort();
    await kept;
    expect(seen).toHaveLength(2);
    expect(await second.closed).toBe("shutdown");
    await testing.close();
  });

  it("waits longer after each failure, up to a bound, and less by chance", async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const attemptsAtMs: number[] = [];
    const kept = keepLink({
      connect: () => {
        attemptsAtMs.push(clock.nowMs());
        return Promise.reject(new Error("nobody there"));
      },
      onLink: () => undefined,
      signal: stop.signal,
      clock,
      random: () => 0.5,
      log: silentLogger,
    });
    await clock.advance(120_000);
    stop.abort();
    await kept;
    const pauses = attemptsAtMs.slice(1).map((at, index) => at - (attemptsAtMs[index] ?? 0));
    expect(pauses.slice(0, 3)).toEqual([RECONNECT_BASE_MS / 2, RECONNECT_BASE_MS, RECONNECT_BASE_MS * 2]);
    expect(Math.max(...pauses)).toBe(RECONNECT_CAP_MS / 2);
  });
});
