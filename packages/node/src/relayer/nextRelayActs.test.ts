import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { CarriedMessage } from "./linkCarrier.js";
import { BATCH_GAS_MAX, nextRelayActs, type RelayTry, TRIES_MAX } from "./nextRelayActs.js";

const NOW = 1_000_000;

function carried(number: number, change: Partial<CarriedMessage> = {}, gasLimit = 100_000): CarriedMessage {
  const message = {
    nonce: number,
    from: `0x${"11".repeat(20)}`,
    to: `0x${"22".repeat(20)}`,
    gasLimit,
    body: "0x",
  } as const;
  return { id: keccak256(utf8ToBytes(String(number))), message, state: "none", proof: "7", ...change };
}

function actsOf(waiting: readonly CarriedMessage[], tried: readonly (readonly [CarriedMessage, RelayTry])[] = []) {
  return nextRelayActs({ now: NOW, waiting, tried: new Map(tried.map(([{ id }, one]) => [id, one])) });
}

describe("what a relayer does", () => {
  it("hands in what never came, in batches of one proof, of 32, and within a bound of gas", () => {
    const many = Array.from({ length: 40 }, (_, number) => carried(number));
    const other = carried(99, { proof: "8" });
    const sizes = actsOf([...many, other]).map((act) => (act.kind === "deliver" ? act.messages.length : 0));
    expect(sizes).toEqual([32, 8, 1]);
    const hungry = [carried(1, {}, 2_000_000), carried(2, {}, 2_000_000), carried(3, {}, 2_000_000)];
    const batches = actsOf([...hungry, carried(4, {}, 2_000_000), carried(5, {}, 2_000_000)]);
    expect(batches.map((act) => (act.kind === "deliver" ? act.messages.length : 0))).toEqual([4, 1]);
    expect(BATCH_GAS_MAX).toBe(8_000_000);
  });

  it("tries what is held with its own gas, and what failed with twice as much each time, up to what may be", () => {
    const held = carried(1, { state: "held" });
    const failed = carried(2, { state: "failed" });
    const gasOf = (one: CarriedMessage, tries: number) => {
      const [act] = actsOf([one], [[one, { tries, lastAt: 0 }]]);
      return act?.kind === "retry" ? act.gasLimit : undefined;
    };
    expect([gasOf(held, 3), gasOf(failed, 0), gasOf(failed, 1), gasOf(failed, 9)]).toEqual([
      ...[100_000, 100_000, 200_000, 2_000_000],
    ]);
    expect(gasOf(carried(3, { state: "failed" }, 0), 1)).toBe(100_000);
  });

  it("waits longer after each try in vain, and leaves it to others in the end", () => {
    const failed = carried(1, { state: "failed" });
    const isDue = (tries: number, ago: number) =>
      actsOf([failed], [[failed, { tries, lastAt: NOW - ago }]]).length === 1;
    expect([isDue(1, 14), isDue(1, 15), isDue(2, 29), isDue(2, 30)]).toEqual([false, true, false, true]);
    expect([isDue(TRIES_MAX - 1, 14_399), isDue(TRIES_MAX - 1, 14_400)]).toEqual([false, true]);
    expect(isDue(TRIES_MAX, 10_000_000)).toBe(false);
  });

  it("does nothing about what is delivered", () => {
    expect(actsOf([carried(1, { state: "delivered" })])).toEqual([]);
  });
});
