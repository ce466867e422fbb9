import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ZERO_BYTES32 } from "./primitives.js";
import { BPS, findSplits, netWei, SESSION_CLASSES, sharesOf, splitsHash, splitsOf } from "./splits.js";

const all = SESSION_CLASSES.flatMap((sessionClass) =>
  [false, true].map((hasModelOwner) => splitsOf({ sessionClass, hasModelOwner })),
);
const anySplits = fc.constantFrom(...all);
const anyWei = fc.oneof(fc.bigInt(0n, 20_000n), fc.bigInt(0n, (1n << 96n) - 1n));

describe("splits", () => {
  it("sum to the whole in every class, with and without a model owner", () => {
    for (const splits of all) expect(Object.values(splits).reduce((sum, bps) => sum + bps, 0)).toBe(BPS);
    expect(all.map(({ minersBps, validatorsBps }) => [minersBps, validatorsBps])).toEqual([
      [9_200, 0],
      [8_700, 0],
      [8_300, 900],
      [7_800, 900],
    ]);
  });

  it("are found by their hash, each its own; another word is nobody's", () => {
    for (const splits of all) expect(findSplits(splitsHash(splits))).toEqual(splits);
    expect(new Set(all.map(splitsHash)).size).toBe(all.length);
    const [first] = all;
    if (first === undefined) throw new Error("an empty table");
    expect(findSplits(splitsHash({ ...first, minersBps: 9_201 }))).toBeUndefined();
    expect(findSplits(ZERO_BYTES32)).toBeUndefined();
  });

  it("give away every wei of any fee, and nobody but the operator more than its share", () => {
    fc.assert(
      fc.property(anySplits, fc.array(anyWei, { maxLength: 6 }), (splits, parts) => {
        const feeWei = parts.reduce((sum, wei) => sum + wei, 0n);
        const shares = sharesOf(
          parts.map((wei) => ({ wei })),
          splits,
        );
        const minersWei = shares.netWei.reduce((sum, wei) => sum + wei, 0n);
        const { validatorsWei, treasuryWei, modelOwnerWei, operatorWei } = shares;
        expect(minersWei + validatorsWei + treasuryWei + modelOwnerWei + operatorWei).toBe(feeWei);
        const isWithin = (wei: bigint, bps: number) => wei * BigInt(BPS) <= feeWei * BigInt(bps);
        expect(isWithin(minersWei, splits.minersBps)).toBe(true);
        expect(isWithin(validatorsWei, splits.validatorsBps)).toBe(true);
        expect(isWithin(treasuryWei, splits.treasuryBps)).toBe(true);
        expect(isWithin(modelOwnerWei, splits.modelOwnerBps)).toBe(true);
        expect(operatorWei * BigInt(BPS) >= feeWei * BigInt(splits.routerBps)).toBe(true);
      }),
    );
  });

  it("take less than a wei from a miner by rounding", () => {
    fc.assert(
      fc.property(anySplits, anyWei, (splits, wei) => {
        const missing = wei * BigInt(splits.minersBps) - netWei(wei, splits) * BigInt(BPS);
        expect(missing >= 0n && missing < BigInt(BPS)).toBe(true);
      }),
    );
  });
});
