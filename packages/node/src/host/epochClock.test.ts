import { createManualClock, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { createEpochClock } from "./epochClock.js";

const profile = { t0: 1_000, epochSeconds: 30 };

describe("the epoch clock", () => {
  it("follows the machine's clock between looks, and a chain that is ahead", async () => {
    const clock = createManualClock(1_000_000);
    const stop = new AbortController();
    let chainSeconds = 990;
    const readChainSeconds = () => Promise.resolve(chainSeconds);
    const epochs = await createEpochClock({ profile, readChainSeconds, clock, log: silentLogger, signal: stop.signal });
    expect(epochs.epoch()).toBe(0);
    await clock.advance(31_000);
    expect(epochs.epoch()).toBe(1);
    chainSeconds = 1_000 + 300;
    await clock.advance(20_000);
    expect(epochs.epoch()).toBe(10);
    stop.abort();
    await epochs.stopped;
  });

  it("keeps going when the chain can't be read, and refuses to start without it", async () => {
    const clock = createManualClock(1_000_000);
    const stop = new AbortController();
    let answers = 1;
    const readChainSeconds = () => (answers-- > 0 ? Promise.resolve(1_000) : Promise.reject(new Error("away")));
    const parts = { profile, readChainSeconds, clock, log: silentLogger, signal: stop.signal };
    const epochs = await createEpochClock(parts);
    await clock.advance(60_000);
    expect(epochs.chainSeconds()).toBe(1_060);
    stop.abort();
    await epochs.stopped;
    await expect(createEpochClock(parts)).rejects.toThrow("away");
  });
});
