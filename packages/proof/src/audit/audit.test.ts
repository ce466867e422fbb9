import { type Address, type Bytes32, hexToBytes, keccak256, utf8ToBytes } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caughtWithin } from "../statistics/detection.js";
import { wilsonInterval } from "../statistics/wilson.js";
import { auditBound, auditCommit, auditDraw, auditedShare, auditThreshold, isAudited } from "./auditChoice.js";
import { AUDIT_RULES, auditRatePpm, PPM } from "./auditRate.js";
import { drawJury } from "./drawJury.js";
import { isDisputed, juryVerdict } from "./verdicts.js";

const word = (text: string): Bytes32 => keccak256(utf8ToBytes(text));
const address = (text: string): Address => word(text).slice(0, 42) as Address;
const secrets = Array.from({ length: 7 }, (_, index) => word(`secret ${index}`));
const draws = secrets.map(auditDraw);
const seventh = { weightWei: 1n, totalWei: 7n };
/** A point as the whole number that it is. */
const pointOf = (secret: Bytes32, taskId: Bytes32): bigint => {
  const { high, low } = auditDraw(secret)(hexToBytes(taskId));
  return (BigInt(high) << 32n) | BigInt(low);
};

/** Of so many tasks, how many at least one of seven validators checks. */
function audited(ratePpm: number, tasks: number, tag: string): boolean[] {
  const bound = auditBound(auditThreshold(ratePpm, seventh));
  return Array.from({ length: tasks }, (_, task) =>
    draws.some((draw) => isAudited(draw(hexToBytes(word(`${tag} ${task}`))), bound)),
  );
}

describe("the audit rate", () => {
  it("is all for a miner's first tasks, and never below the least for the best name", () => {
    expect(auditRatePpm({ tasks: 49, reputation: 1 })).toBe(PPM);
    expect(auditRatePpm({ tasks: 50, reputation: 1 })).toBe(AUDIT_RULES.leastPpm);
    expect(auditRatePpm({ tasks: 50, reputation: 0 })).toBe(PPM);
  });

  it("falls as the name gets better", () => {
    const anyReputation = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyReputation, anyReputation, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [often, rare] = [low, high].map((reputation) => auditRatePpm({ tasks: 1_000, reputation }));
        expect(often).toBeGreaterThanOrEqual(rare ?? Number.NaN);
        expect(rare).toBeGreaterThanOrEqual(AUDIT_RULES.leastPpm);
      }),
    );
  });

  it("refuses what is no reputation", () => {
    expect(() => auditRatePpm({ tasks: 0, reputation: 1.1 })).toThrow(RangeError);
    expect(() => auditRatePpm({ tasks: 0, reputation: Number.NaN })).toThrow(RangeError);
  });
});

describe("the choice of what is audited", () => {
  it("is everybody's to recompute, and nobody's to foresee without the secret", () => {
    const [secret = word(""), other = word("")] = secrets;
    expect(pointOf(secret, word("task"))).toBe(pointOf(secret, word("task")));
    expect(pointOf(secret, word("task"))).not.toBe(pointOf(other, word("task")));
    expect(pointOf(secret, word("task"))).not.toBe(pointOf(secret, word("another")));
    expect(auditCommit(secret)).not.toBe(auditCommit(other));
    expect(pointOf(`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`)).toMatchInlineSnapshot(`14299132519796851816n`);
  });

  it("is the same by halves as by whole numbers, up to the thresholds themselves", () => {
    const [secret = word("")] = secrets;
    const draw = auditDraw(secret);
    const anyThreshold = fc.bigInt({ min: 0n, max: 1n << 64n });
    fc.assert(
      fc.property(fc.nat(), anyThreshold, (task, threshold) => {
        const taskId = word(`half ${task}`);
        const point = pointOf(secret, taskId);
        for (const one of [threshold, point, point + 1n]) {
          expect(isAudited(draw(hexToBytes(taskId)), auditBound(one))).toBe(point < one);
        }
      }),
    );
    expect(() => draw(new Uint8Array(31))).toThrow(RangeError);
  });

  it("audits the share that it says, at three rates", () => {
    for (const ratePpm of [20_000, 50_000, 250_000]) {
      const hits = audited(ratePpm, 2_000, "share").filter(Boolean).length;
      const { low, high } = wilsonInterval(hits, 2_000, 0.999);
      const share = auditedShare(
        ratePpm,
        Array.from({ length: 7 }, () => seventh),
      );
      expect(share).toBeGreaterThan(low);
      expect(share).toBeLessThan(high);
      expect(share).toBeLessThanOrEqual(ratePpm / PPM);
    }
  });

  it("catches within n tasks as often as 1 − (1 − aδ)ⁿ says", () => {
    const [ratePpm, tasks, miners] = [100_000, 12, 250];
    const caught = Array.from({ length: miners }, (_, miner) => audited(ratePpm, tasks, `miner ${miner}`)).filter(
      (checks) => checks.some(Boolean),
    ).length;
    const audit = auditedShare(
      ratePpm,
      Array.from({ length: 7 }, () => seventh),
    );
    const { low, high } = wilsonInterval(caught, miners, 0.999);
    const expected = caughtWithin({ audit, detection: 1 }, tasks);
    expect(expected).toBeGreaterThan(low);
    expect(expected).toBeLessThan(high);
  });

  it("gives a validator that splits its stake no fewer duties and no more", () => {
    const whole = auditThreshold(50_000, { weightWei: 6n, totalWei: 10n });
    const parts = [1n, 2n, 3n].map((weightWei) => auditThreshold(50_000, { weightWei, totalWei: 10n }));
    expect(whole - parts.reduce((sum, part) => sum + part, 0n)).toBeLessThan(3n);
  });

  it("refuses rates and weights that can't be", () => {
    expect(() => auditThreshold(PPM + 1, seventh)).toThrow(RangeError);
    expect(() => auditThreshold(0.5, seventh)).toThrow(RangeError);
    expect(() => auditThreshold(1, { weightWei: 2n, totalWei: 1n })).toThrow(RangeError);
    expect(() => auditThreshold(1, { weightWei: 0n, totalWei: 0n })).toThrow(RangeError);
  });
});

describe("verdicts", () => {
  const votes = (wrong: number, of: number): boolean[] => Array.from({ length: of }, (_, index) => index < wrong);

  it("call a jury when two of three find a result wrong", () => {
    expect([0, 1, 2, 3].map((wrong) => isDisputed(votes(wrong, 3)))).toEqual([false, false, true, true]);
  });

  it("slash by more than two thirds of at least five jurors alone", () => {
    expect(juryVerdict(votes(5, 7))).toBe("slashed");
    expect(juryVerdict(votes(4, 7))).toBe("withheld");
    expect(juryVerdict(votes(2, 7))).toBe("cleared");
    expect(juryVerdict(votes(4, 5))).toBe("slashed");
    expect(juryVerdict(votes(4, 4))).toBe("withheld");
    expect(juryVerdict(votes(4, 6))).toBe("withheld");
    expect(juryVerdict([])).toBe("cleared");
  });

  it("never slash an honest miner while less than a third of the jurors lie", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.nat(6), (jurors, liars) => {
        fc.pre(liars * 3 < jurors);
        expect(juryVerdict(votes(liars, jurors))).toBe("cleared");
        const verdict = juryVerdict(votes(jurors - liars, jurors));
        expect(verdict).toBe(jurors >= 5 ? "slashed" : "withheld");
      }),
    );
  });
});

describe("a jury", () => {
  const candidates = Array.from({ length: 20 }, (_, index) => ({
    juror: address(`juror ${index}`),
    owner: address(`owner ${index % 10}`),
  }));
  const of = {
    beacon: word("beacon"),
    taskId: word("task"),
    parties: new Set<Address>(),
    validators: new Set<Address>(),
  };

  it("has seven at most, of as many owners, and is the same for everybody", () => {
    const jury = drawJury(candidates, of);
    expect(jury).toHaveLength(7);
    expect(new Set(jury.map(({ owner }) => owner)).size).toBe(7);
    expect(drawJury([...candidates].reverse(), of)).toEqual(jury);
    expect(drawJury(candidates, { ...of, beacon: word("next") })).not.toEqual(jury);
  });

  it("has no party to the task, and those first who judged it before", () => {
    const parties = new Set([address("owner 0"), address("owner 1")]);
    const judge = candidates[13]?.juror ?? "0x";
    const jury = drawJury(candidates, { ...of, parties, validators: new Set([judge]) });
    expect(jury[0]?.juror).toBe(judge);
    expect(jury.filter(({ owner }) => parties.has(owner))).toEqual([]);
  });
});
