import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVEL_MAX, REDUNDANCY_MAX, VALIDATORS_MAX } from "./limits.js";
import {
  chargedPrices,
  llmTokensDown,
  llmTokensUp,
  PLAIN_TERMS,
  priceWei,
  type SessionTerms,
  SURCHARGES_BPS,
  surchargesOf,
} from "./price.js";
import { BPS, SESSION_CLASSES, splitsOf } from "./splits.js";
import { PRIVACIES } from "./task.js";

const MODEL = { weiPerTokenIn: 1_000_000_000_000n, weiPerTokenOut: 3_000_000_000_000n };

const anyTerms: fc.Arbitrary<SessionTerms> = fc.record({
  redundant: fc.integer({ min: 1, max: REDUNDANCY_MAX }),
  numOfValidatorNodes: fc.integer({ min: 0, max: VALIDATORS_MAX }),
  sla: fc.integer({ min: 0, max: LEVEL_MAX }),
  privacy: fc.constantFrom(...PRIVACIES),
});
const anyWei = fc.bigInt({ min: 0n, max: 10n ** 24n });
const anyPrices = fc.record({ weiPerTokenIn: anyWei, weiPerTokenOut: anyWei });
const anyCount = fc.nat(2_097_152);

describe("the price", () => {
  it("is that of docs/PRICING.md's example", () => {
    const terms = { redundant: 3, numOfValidatorNodes: 2, sla: 4, privacy: "sealed" } as const;
    expect(surchargesOf(terms)).toEqual({ validationBps: 1_085, levelBps: 400, privacyBps: 1_000, totalBps: 2_485 });
    expect(chargedPrices(MODEL, terms)).toEqual({
      weiPerTokenIn: 1_248_500_000_000n,
      weiPerTokenOut: 3_745_500_000_000n,
    });
    const wei = priceWei({ model: MODEL, terms, nIn: 120, nOut: 256 });
    expect(wei).toBe(3_326_004_000_000_000n);
    expect([llmTokensUp(wei, 1_000_000_000_000n), llmTokensDown(wei, 1_000_000_000_000n)]).toEqual([3_327n, 3_326n]);
  });

  it("of plain terms is tokens times the model's prices", () => {
    fc.assert(
      fc.property(anyPrices, anyCount, anyCount, (model, nIn, nOut) => {
        const wei = BigInt(nIn) * model.weiPerTokenIn + BigInt(nOut) * model.weiPerTokenOut;
        expect(priceWei({ model, terms: PLAIN_TERMS, nIn, nOut })).toBe(wei);
      }),
    );
  });

  it("is rounded up once, by less than a wei a token", () => {
    fc.assert(
      fc.property(anyPrices, anyTerms, anyCount, anyCount, (model, terms, nIn, nOut) => {
        const bps = BigInt(10_000 + surchargesOf(terms).totalBps);
        const copies = BigInt(terms.redundant);
        const exactTimes10000 =
          copies * bps * (BigInt(nIn) * model.weiPerTokenIn + BigInt(nOut) * model.weiPerTokenOut);
        const excess = priceWei({ model, terms, nIn, nOut }) * 10_000n - exactTimes10000;
        expect(excess >= 0n && excess <= copies * BigInt(nIn + nOut) * 9_999n).toBe(true);
      }),
    );
  });

  it("never falls when a count, a price or a term grows", () => {
    fc.assert(
      fc.property(anyPrices, anyTerms, anyCount, anyCount, anyWei, (model, terms, nIn, nOut, more) => {
        const wei = priceWei({ model, terms, nIn, nOut });
        const dearer = { weiPerTokenIn: model.weiPerTokenIn + more, weiPerTokenOut: model.weiPerTokenOut + more };
        const stricter = { redundant: 7, numOfValidatorNodes: 7, sla: 10, privacy: "private" } as const;
        for (const other of [
          priceWei({ model, terms, nIn: nIn + 1, nOut }),
          priceWei({ model, terms, nIn, nOut: nOut + 1 }),
          priceWei({ model: dearer, terms, nIn, nOut }),
          priceWei({ model, terms: stricter, nIn, nOut }),
        ]) {
          expect(other >= wei).toBe(true);
        }
      }),
    );
  });

  it("leaves a miner of a validated task at least the pay of an unvalidated one", () => {
    const { validated } = SURCHARGES_BPS.validation;
    const [plain, checked] = SESSION_CLASSES.map(
      (sessionClass) => splitsOf({ sessionClass, hasModelOwner: false }).minersBps,
    );
    expect((checked ?? 0) * (BPS + validated)).toBeGreaterThanOrEqual((plain ?? 0) * BPS);
    expect((checked ?? 0) * (BPS + validated - 1)).toBeLessThan((plain ?? 0) * BPS);
  });

  it.each([
    ["redundant", 0],
    ["redundant", 8],
    ["numOfValidatorNodes", -1],
    ["numOfValidatorNodes", 8],
    ["sla", 11],
    ["sla", 0.5],
  ] as const)("refuses %s of %s", (field, value) => {
    expect(() => surchargesOf({ ...PLAIN_TERMS, [field]: value })).toThrow("PROTOCOL_OUT_OF_RANGE");
  });
});

describe("LLM tokens", () => {
  it("cover what is owed, and never exceed what is owned", () => {
    fc.assert(
      fc.property(anyWei, fc.bigInt({ min: 1n, max: 10n ** 24n }), (wei, rate) => {
        expect(llmTokensUp(wei, rate) * rate >= wei).toBe(true);
        expect(llmTokensDown(wei, rate) * rate <= wei).toBe(true);
        expect(llmTokensUp(wei, rate) - llmTokensDown(wei, rate) <= 1n).toBe(true);
      }),
    );
  });
});
