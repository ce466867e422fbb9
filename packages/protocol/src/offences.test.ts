import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OFFENCES, PENALTIES, penaltyWeiUp, sharePenalty } from "./offences.js";
import { BPS } from "./splits.js";

const contract = readFileSync(new URL("../../../contracts/src/libraries/Offences.sol", import.meta.url), "utf8");
const anyOffence = fc.constantFrom(...OFFENCES);
const anyWei = fc.oneof(fc.bigInt(0n, 20_000n), fc.bigInt(0n, (1n << 96n) - 1n));

/** The rows as the contract has them: `if (offence == Offence.X) return Penalty(…)`, the last without its name. */
function contractRows(): ReadonlyMap<string, readonly number[]> {
  const names = [...(/enum Offence \{([\s\S]*?)\n {4}\}/.exec(contract)?.[1] ?? "").matchAll(/^ +([A-Z]\w+),?$/gm)];
  const rows = [...contract.matchAll(/return Penalty\(([\d_, ]+)\)/g)].map(([, row = ""]) =>
    row.split(",").map((each) => Number(each.replaceAll("_", ""))),
  );
  return new Map(names.map(([, name = ""], index) => [name, rows[index] ?? []]));
}

describe("the table of offences", () => {
  it("is the contract's, in its order", () => {
    const rows = contractRows();
    expect([...rows.keys()].map((name) => name.charAt(0).toLowerCase() + name.slice(1))).toEqual(OFFENCES);
    expect([...rows.values()]).toEqual(
      OFFENCES.map((offence) => {
        const { causeBps, heldBps, finderBps, harmedBps, burnedBps } = PENALTIES[offence];
        return [causeBps, heldBps, finderBps, harmedBps, burnedBps];
      }),
    );
  });

  it("takes 21 times the fee for a wrong result, a tenth of a bond for a withheld set, and rounds against the offender", () => {
    expect(penaltyWeiUp("wrongResult", { causeWei: 7n, heldWei: 1_000n })).toBe(147n);
    expect(penaltyWeiUp("setWithheld", { causeWei: 7n, heldWei: 1_001n })).toBe(101n);
    expect(penaltyWeiUp("equivocation", { causeWei: 7n, heldWei: 1_000n })).toBe(1_000n);
    expect(penaltyWeiUp("receiptUnpaid", { causeWei: 7n, heldWei: 1_000n })).toBe(7n);
  });

  it("shares out exactly what was taken, and burns at least half: who accuses oneself loses", () => {
    fc.assert(
      fc.property(anyOffence, anyWei, (offence, takenWei) => {
        const { finderWei, harmedWei, burnedWei } = sharePenalty(offence, takenWei);
        expect(finderWei + harmedWei + burnedWei).toBe(takenWei);
        expect(burnedWei * 2n).toBeGreaterThanOrEqual(takenWei);
        expect(finderWei * BigInt(BPS)).toBeLessThanOrEqual(takenWei * BigInt(PENALTIES[offence].finderBps));
      }),
    );
    expect(sharePenalty("receiptUnpaid", 101n)).toEqual({ finderWei: 20n, harmedWei: 30n, burnedWei: 51n });
  });
});
