import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MICRO } from "../reputation/auditCounts.js";
import type { Reputation } from "../reputation/reputationAt.js";
import { anAddress, aWord } from "../test/aTask.js";
import { AUDIT_RULES, PPM } from "./auditRate.js";
import { auditRates, leastTrustedRate } from "./auditRates.js";
import { dutyTaskOf } from "./dutyTaskOf.js";

const miner = anAddress("miner");
const other = anAddress("other");

const aReputation = (over: Partial<Reputation> = {}): Reputation => ({
  ...{ miner, modelId: aWord("model"), passedMicro: 1_000 * MICRO, failedMicro: 0 },
  ...{ accepted: 10_000, delivered: 10_000, speedPpm: PPM },
  ...over,
});
const rateOf = (reputations: readonly Reputation[]) => auditRates(reputations).get(miner) ?? Number.NaN;

describe("audit rates", () => {
  it("are near the least for who passed a thousand audits, and all for first tasks and for who was found wrong often", () => {
    expect(rateOf([aReputation()])).toBeLessThan(1.2 * AUDIT_RULES.leastPpm);
    expect(rateOf([aReputation({ accepted: 49, delivered: 49 })])).toBe(PPM);
    expect(rateOf([aReputation({ failedMicro: 5_000 * MICRO })])).toBeGreaterThan(0.8 * PPM);
    expect(auditRates([]).size).toBe(0);
  });

  it("are those of all models together, in whichever order", () => {
    const fewOfAnother = aReputation({ modelId: aWord("another"), passedMicro: 0, accepted: 1, delivered: 1 });
    expect(rateOf([aReputation(), fewOfAnother])).toBeLessThan(1.2 * AUDIT_RULES.leastPpm);
    const wrongInAnother = { ...fewOfAnother, failedMicro: 500 * MICRO };
    expect(rateOf([aReputation(), wrongInAnother])).toBeGreaterThan(rateOf([aReputation(), fewOfAnother]));
    const any = fc.record({
      name: fc.constantFrom("a", "b"),
      model: fc.constantFrom("x", "y", "z"),
      passed: fc.nat(400),
      failed: fc.nat(40),
      delivered: fc.nat(400),
      lost: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (some) => {
        const all = some.map(({ name, model, passed, failed, delivered, lost }) =>
          aReputation({
            ...{ miner: anAddress(name), modelId: aWord(model), delivered, accepted: delivered + lost },
            ...{ passedMicro: passed * MICRO, failedMicro: failed * MICRO },
          }),
        );
        const rates = auditRates(all);
        expect(auditRates([...all].reverse())).toEqual(rates);
        for (const rate of rates.values()) {
          expect(rate).toBeGreaterThanOrEqual(AUDIT_RULES.leastPpm);
          expect(rate).toBeLessThanOrEqual(PPM);
        }
      }),
    );
  });
});

describe("a task's rate", () => {
  const rates = new Map([
    [miner, 60_000],
    [other, 400_000],
  ]);

  it("is that of its least trusted miner, all for a newcomer, and for a task without miners", () => {
    expect(leastTrustedRate([miner], rates)).toBe(60_000);
    expect(leastTrustedRate([miner, other], rates)).toBe(400_000);
    expect(leastTrustedRate([miner, anAddress("newcomer")], rates)).toBe(PPM);
    expect(leastTrustedRate([], rates)).toBe(PPM);
  });

  it("isn't raised by a payee that never was a node, though that one is a party", () => {
    const owners = new Map([[miner, anAddress("owner")]]);
    const treasury = anAddress("treasury");
    const lane = anAddress("lane");
    const task = dutyTaskOf({ id: aWord("task"), lane, payees: [miner, treasury] }, { owners, rates });
    expect(task).toEqual({
      taskId: aWord("task"),
      ratePpm: 60_000,
      parties: new Set([lane, miner, treasury, anAddress("owner")]),
    });
  });
});
