import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEVEL_MAX } from "./limits.js";
import {
  addFigures,
  NO_SERVICE,
  SERVICE_LEVELS,
  SERVICE_SAMPLE_MIN,
  type ServiceFigures,
  type ServiceLevel,
  serviceCreditWei,
  serviceLevelOf,
  serviceVerdict,
} from "./serviceLevel.js";
import { SESSION_CLASSES, splitsOf } from "./splits.js";

const LEVEL: ServiceLevel = { nodeLevelMin: 1, firstTokenMs: 1_000, availabilityBps: 9_000, creditBps: 200 };

function figures(over: Partial<ServiceFigures>): ServiceFigures {
  return { asked: 20, answered: 20, first: 20, late: 0, ...over };
}

describe("the service levels", () => {
  it("are eleven, the first promises nothing, and each promises at least what the one below it does", () => {
    expect(SERVICE_LEVELS).toHaveLength(LEVEL_MAX + 1);
    expect(serviceLevelOf(0)).toBeUndefined();
    for (let sla = 2; sla <= LEVEL_MAX; sla += 1) {
      const [lower, level] = [serviceLevelOf(sla - 1), serviceLevelOf(sla)];
      if (lower === undefined || level === undefined) throw new Error(`level ${sla} is missing`);
      expect(level.nodeLevelMin).toBe(sla);
      expect(level.firstTokenMs).toBeLessThan(lower.firstTokenMs);
      expect(level.availabilityBps).toBeGreaterThan(lower.availabilityBps);
      expect(level.creditBps).toBeGreaterThan(lower.creditBps);
    }
  });

  it("never give back more than the router's part of a fee, in any session class", () => {
    for (const sessionClass of SESSION_CLASSES) {
      const { routerBps } = splitsOf({ sessionClass, hasModelOwner: false });
      for (const level of SERVICE_LEVELS) expect(level?.creditBps ?? 0).toBeLessThanOrEqual(routerBps);
    }
  });

  it.each([-1, 11, 1.5, Number.NaN])("know no level %s", (sla) => {
    expect(() => serviceLevelOf(sla)).toThrow(expect.objectContaining({ code: "PROTOCOL_OUT_OF_RANGE" }));
  });
});

describe("the verdict on a promise", () => {
  it.each<[string, Partial<ServiceFigures>, ReturnType<typeof serviceVerdict>]>([
    ["one late of 20", { late: 1 }, { kind: "kept" }],
    ["two late of 20", { late: 2 }, { kind: "missed", missed: ["firstToken"] }],
    ["two unanswered of 20 at 90 %", { answered: 18, first: 18 }, { kind: "kept" }],
    ["three unanswered of 20 at 90 %", { answered: 17, first: 17 }, { kind: "missed", missed: ["availability"] }],
    ["both", { answered: 10, late: 20 }, { kind: "missed", missed: ["firstToken", "availability"] }],
    ["19 requests, all of them lost", { asked: 19, answered: 0, first: 0 }, { kind: "tooFew" }],
    ["too few first tokens to tell", { asked: 40, answered: 40, first: 19, late: 19 }, { kind: "kept" }],
    ["nothing asked", NO_SERVICE, { kind: "tooFew" }],
  ])("%s", (_, over, expected) => {
    expect(serviceVerdict(figures(over), LEVEL)).toEqual(expected);
  });

  it("is the nearest-rank 95th percentile of the very times", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { minLength: SERVICE_SAMPLE_MIN, maxLength: 400 }), (times) => {
        const late = times.filter((ms) => ms > LEVEL.firstTokenMs).length;
        const sorted = [...times].sort((left, right) => left - right);
        const p95 = sorted[Math.ceil(0.95 * sorted.length - 1e-9) - 1] ?? 0;
        const counts = { asked: times.length, answered: times.length, first: times.length, late };
        const isMissed = serviceVerdict(counts, LEVEL).kind === "missed";
        expect(isMissed).toBe(p95 > LEVEL.firstTokenMs);
      }),
    );
  });

  it("is that of the sum, however requests fall on epochs and routers", () => {
    const one = figures({ asked: 12, answered: 9, first: 9, late: 1 });
    const other = figures({ asked: 8, answered: 8, first: 8 });
    expect(serviceVerdict(one, LEVEL)).toEqual({ kind: "tooFew" });
    expect(serviceVerdict(addFigures(one, other), LEVEL)).toEqual({ kind: "missed", missed: ["availability"] });
  });
});

describe("the credit", () => {
  it("is the level's part of the fees, rounded down, and never above the operator's part", () => {
    expect(serviceCreditWei({ feesWei: 1_000_049n, level: LEVEL, routerBps: 500 })).toBe(20_000n);
    expect(serviceCreditWei({ feesWei: 1_000_000n, level: LEVEL, routerBps: 100 })).toBe(10_000n);
    expect(serviceCreditWei({ feesWei: 0n, level: LEVEL, routerBps: 500 })).toBe(0n);
  });
});
