import { CodedError } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { createManualClock } from "./createManualClock.js";
import { backoffMs, retry } from "./retry.js";

const fleeting = new CodedError({ code: "TEST_AWAY" }, { isRetryable: true });
const lasting = new CodedError({ code: "TEST_WRONG" });

function aRetry(errors: readonly Error[], over: { attempts?: number; signal?: AbortSignal } = {}) {
  const clock = createManualClock();
  const triedAt: number[] = [];
  const parts = { attempts: 5, baseMs: 100, capMs: 300, clock, random: () => 0.999_999, ...over };
  const result = retry(parts, async (attempt) => {
    triedAt.push(clock.nowMs());
    const error = errors[attempt - 1];
    if (error) throw error;
    return attempt;
  });
  return { clock, triedAt, result };
}

describe("retry", () => {
  it("tries again after growing, capped pauses until it succeeds", async () => {
    const { clock, triedAt, result } = aRetry([fleeting, fleeting, fleeting, fleeting]);
    await clock.advance(1_000);
    expect(await result).toBe(5);
    expect(triedAt).toEqual([0, 99, 298, 597, 896]);
  });

  it("gives up at once on an error that can't be retried", async () => {
    const { triedAt, result } = aRetry([lasting]);
    await expect(result).rejects.toBe(lasting);
    expect(triedAt).toHaveLength(1);
  });

  it("throws the last error when its tries are used up", async () => {
    const { clock, triedAt, result } = aRetry([fleeting, fleeting, fleeting], { attempts: 2 });
    const failed = expect(result).rejects.toBe(fleeting);
    await clock.advance(1_000);
    await failed;
    expect(triedAt).toHaveLength(2);
  });

  it("stops waiting when its signal aborts", async () => {
    const stop = new AbortController();
    const { clock, result } = aRetry([fleeting], { signal: stop.signal });
    const failed = expect(result).rejects.toThrow("stop");
    await clock.advance(10);
    stop.abort(new Error("stop"));
    await failed;
  });

  it("spreads its pauses over all of the bound", () => {
    const parts = { baseMs: 100, capMs: 300 };
    expect(backoffMs({ ...parts, random: () => 0 }, 3)).toBe(0);
    expect(backoffMs({ ...parts, random: () => 0.5 }, 9)).toBe(150);
  });
});
