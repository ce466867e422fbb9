import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseGrant } from "./chooseGrant.js";

const budget = (limitWei: bigint, takenWei: bigint) => ({ limitWei, debitedWei: 0n, spentWei: takenWei, asideWei: 0n });

describe("chooseGrant", () => {
  it("gives for comfort at most the remaining divided by twice the live routers", () => {
    const ask = { neededWei: 0n, wantedWei: 1_000n };
    expect(chooseGrant(budget(800n, 0n), { ...ask, liveRouters: 1 })).toBe(400n);
    expect(chooseGrant(budget(800n, 0n), { ...ask, liveRouters: 4 })).toBe(100n);
  });

  it("gives from the row itself what a waiting hold lacks, to the last wei", () => {
    expect(chooseGrant(budget(800n, 700n), { neededWei: 100n, wantedWei: 100n, liveRouters: 4 })).toBe(100n);
    expect(chooseGrant(budget(800n, 700n), { neededWei: 101n, wantedWei: 101n, liveRouters: 4 })).toBe(100n);
  });

  it("gives nothing where nothing is left, or nothing bounds", () => {
    expect(chooseGrant(budget(800n, 900n), { neededWei: 1n, wantedWei: 1n, liveRouters: 1 })).toBe(0n);
    const unbounded = { debitedWei: 0n, spentWei: 0n, asideWei: 0n };
    expect(chooseGrant(unbounded, { neededWei: 1n, wantedWei: 1n, liveRouters: 1 })).toBe(0n);
  });

  it("counts what may be owed between debits", () => {
    const owing = { limitWei: 800n, chunkWei: 50n, debitedWei: 20n, spentWei: 60n, asideWei: 0n };
    expect(chooseGrant(owing, { neededWei: 100n, wantedWei: 0n, liveRouters: 1 })).toBe(10n);
  });

  it("never gives less than nothing or more than remains", () => {
    const wei = fc.bigInt(-10n, 1_000n);
    fc.assert(
      fc.property(
        fc.bigInt(0n, 1_000n),
        fc.bigInt(0n, 1_000n),
        wei,
        wei,
        fc.nat(5),
        (limit, taken, needed, wanted, live) => {
          const grant = chooseGrant(budget(limit, taken), { neededWei: needed, wantedWei: wanted, liveRouters: live });
          expect(grant >= 0n && grant <= (limit > taken ? limit - taken : 0n)).toBe(true);
        },
      ),
    );
  });
});
