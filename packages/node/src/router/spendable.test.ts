import type { SpendingKeyRecord } from "@cortensor/chain";
import { describe, expect, it } from "vitest";
import { isServing, spendableOf } from "./spendable.js";

const profile = { t0: 1_000, epochSeconds: 100 };

/** Caps of 50 an epoch and 120 in all, valid until 1,550: in the middle of epoch 5. */
function aKey(change: Partial<SpendingKeyRecord> = {}): SpendingKeyRecord {
  const caps = { capPerEpochWei: 50n, totalCapWei: 120n, expires: 1_550 };
  return { state: "active", ...caps, spentTotalWei: 0n, spentInEpochWei: 0n, epoch: 0, ...change };
}

describe("what a spending key may pay", () => {
  it("is the epoch's cap less what the epoch has spent; what other epochs spent or left doesn't count", () => {
    expect(spendableOf(aKey(), { profile, epoch: 3 })).toEqual({ epoch: 3, leftWei: 50n });
    const spent = aKey({ epoch: 3, spentInEpochWei: 20n, spentTotalWei: 20n });
    expect(spendableOf(spent, { profile, epoch: 3 })).toEqual({ epoch: 3, leftWei: 30n });
    expect(spendableOf(spent, { profile, epoch: 4 })).toEqual({ epoch: 4, leftWei: 50n });
  });

  it("is never more than the total cap leaves", () => {
    const spent = aKey({ epoch: 2, spentInEpochWei: 50n, spentTotalWei: 100n });
    expect(spendableOf(spent, { profile, epoch: 3 })).toEqual({ epoch: 3, leftWei: 20n });
  });

  it("counts in the last epoch that began before the key's end, for one epoch longer", () => {
    expect(spendableOf(aKey(), { profile, epoch: 5 })?.epoch).toBe(5);
    expect(spendableOf(aKey(), { profile, epoch: 6 })?.epoch).toBe(5);
    expect(spendableOf(aKey(), { profile, epoch: 7 })).toBeUndefined();
    expect(spendableOf(aKey({ state: "revoked", expires: 1_310 }), { profile, epoch: 4 })?.epoch).toBe(3);
  });

  it("is nothing for a key that was never added, or in an epoch before its last", () => {
    expect(spendableOf(aKey({ state: "none" }), { profile, epoch: 3 })).toBeUndefined();
    expect(spendableOf(aKey({ epoch: 4 }), { profile, epoch: 3 })).toBeUndefined();
  });
});

describe("a serving key", () => {
  it("is an active one whose end lies behind the running epoch's begin", () => {
    expect(isServing(aKey(), { profile, epoch: 5 })).toBe(true);
    expect(isServing(aKey(), { profile, epoch: 6 })).toBe(false);
    expect(isServing(aKey({ state: "revoked" }), { profile, epoch: 3 })).toBe(false);
    expect(isServing(aKey({ state: "none" }), { profile, epoch: 3 })).toBe(false);
  });
});
