import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Address } from "../primitives.js";
import { anAddress, aWord } from "../test/aTask.js";
import { disputeOutcome, isDisputed } from "./dispute.js";
import { drawJury } from "./drawJury.js";
import { drawValidators } from "./drawValidators.js";
import { type CastVote, juryVerdict, verdictOfJury } from "./juryVerdict.js";
import { taskFinding } from "./taskFinding.js";
import { VERDICT_OUTCOMES, type VerdictOutcome } from "./verdict.js";

const votes = (wrong: number, of: number): boolean[] => Array.from({ length: of }, (_, index) => index < wrong);
const said = (...outcomes: readonly (VerdictOutcome | undefined)[]) =>
  outcomes.map((outcome, index) => ({ validator: anAddress(`validator ${index}`), outcome }));

describe("the second tier", () => {
  it("calls a jury when two of three find a result wrong", () => {
    expect([0, 1, 2, 3].map((wrong) => isDisputed(votes(wrong, 3)))).toEqual([false, false, true, true]);
    expect(disputeOutcome(said("failed", "passed", "failed"))).toBe("disputed");
    expect(disputeOutcome(said("failed", "passed", "passed"))).toBe("cleared");
    expect(disputeOutcome(said("passed", undefined, "passed"))).toBe("cleared");
    expect(disputeOutcome(said("withheld", "withheld", "passed"))).toBe("disputed");
  });

  it("draws others while the silent could still turn it", () => {
    expect(disputeOutcome(said("failed", undefined, "passed"))).toBe("open");
    expect(disputeOutcome(said("undecided", "undecided", "passed"))).toBe("open");
    expect(disputeOutcome(said(undefined, undefined, undefined))).toBe("open");
    const anyOutcome = fc.option(fc.constantFrom(...VERDICT_OUTCOMES), { nil: undefined });
    fc.assert(
      fc.property(anyOutcome, anyOutcome, (one, two) => {
        const ends = (["passed", "failed"] as const).map((last) => disputeOutcome(said(one, two, last)));
        const before = disputeOutcome(said(one, two, undefined));
        expect(before === "open" || ends.every((end) => end === before)).toBe(true);
      }),
    );
  });

  it("refuses other than three validators, each once", () => {
    const badRecord = expect.objectContaining({ code: "PROTOCOL_BAD_RECORD" });
    const [one, two] = said("failed", "failed");
    if (one === undefined || two === undefined) return;
    for (const verdicts of [[], [one, two], [one, two, two], said("passed", "passed", "passed", "passed")])
      expect(() => disputeOutcome(verdicts)).toThrow(badRecord);
  });
});

describe("a round's three validators", () => {
  const candidates = Array.from({ length: 12 }, (_, index) => ({
    node: anAddress(`node ${index}`),
    owner: anAddress(`owner ${index % 6}`),
    weight: 1 + (index % 3),
  }));
  const of = { beacon: aWord("beacon"), taskId: aWord("task"), barred: new Set<Address>() };

  it("are of three owners, none of them barred, the same for everybody", () => {
    const seats = drawValidators(candidates, of);
    expect(new Set(seats.map(({ owner }) => owner)).size).toBe(3);
    expect(drawValidators([...candidates].reverse(), of)).toEqual(seats);
    const barred = new Set(seats.map(({ owner }) => owner));
    const others = drawValidators(candidates, { ...of, barred });
    expect(others).toHaveLength(3);
    expect(others.filter(({ owner }) => barred.has(owner))).toEqual([]);
  });

  it("are others by another beacon, and fewer where there aren't three", () => {
    expect(drawValidators(candidates, { ...of, beacon: aWord("next") })).not.toEqual(drawValidators(candidates, of));
    expect(drawValidators(candidates.slice(0, 2), of)).toHaveLength(2);
  });
});

describe("the third tier", () => {
  it("slashes by more than two thirds of at least five jurors alone", () => {
    expect(juryVerdict(votes(5, 7))).toBe("slashed");
    expect(juryVerdict(votes(4, 7))).toBe("withheld");
    expect(juryVerdict(votes(2, 7))).toBe("cleared");
    expect(juryVerdict(votes(4, 5))).toBe("slashed");
    expect(juryVerdict(votes(4, 4))).toBe("withheld");
    expect(juryVerdict(votes(4, 6))).toBe("withheld");
    expect(juryVerdict([])).toBe("cleared");
  });

  it("never slashes an honest miner while less than a third of the jurors lie", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.nat(6), (jurors, liars) => {
        fc.pre(liars * 3 < jurors);
        expect(juryVerdict(votes(liars, jurors))).toBe("cleared");
        const verdict = juryVerdict(votes(jurors - liars, jurors));
        expect(verdict).toBe(jurors >= 5 ? "slashed" : "withheld");
      }),
    );
  });

  it("counts the jury's own votes on that result, each juror once, and its silence as no finding", () => {
    const jury = Array.from({ length: 7 }, (_, index) => ({
      juror: anAddress(`juror ${index}`),
      owner: anAddress(""),
    }));
    const resultHash = aWord("result");
    const failed = (juror: Address): CastVote => ({ juror, resultHash, outcome: "failed" });
    const five = jury.slice(0, 5).map(({ juror }) => failed(juror));
    expect(verdictOfJury(jury, { resultHash, votes: five })).toBe("slashed");
    expect(verdictOfJury(jury, { resultHash, votes: five.slice(1) })).toBe("withheld");
    const strangers = Array.from({ length: 9 }, (_, index) => failed(anAddress(`stranger ${index}`)));
    expect(verdictOfJury(jury, { resultHash, votes: [...five.slice(0, 2), ...strangers] })).toBe("cleared");
    const repeated = [...five.slice(0, 2), ...five.slice(0, 2), ...five.slice(0, 2)];
    expect(verdictOfJury(jury, { resultHash, votes: repeated })).toBe("cleared");
    expect(verdictOfJury(jury, { resultHash: aWord("another"), votes: five })).toBe("cleared");
    const both = five.slice(0, 1).map((vote): CastVote => ({ ...vote, outcome: "passed" }));
    expect(verdictOfJury(jury, { resultHash, votes: [...five, ...both] })).toBe("withheld");
  });
});

describe("what all tiers found", () => {
  it("is a jury's word first, then the three's, then the check's", () => {
    expect(taskFinding({ checks: ["passed"], dispute: "disputed", jury: "slashed" })).toBe("failed");
    expect(taskFinding({ checks: ["failed"], dispute: "disputed", jury: "withheld" })).toBe("failed");
    expect(taskFinding({ checks: ["failed"], dispute: "disputed", jury: "cleared" })).toBe("passed");
    expect(taskFinding({ checks: ["failed", "passed"], dispute: "cleared" })).toBe("passed");
    expect(taskFinding({ checks: ["undecided", "passed"] })).toBe("passed");
  });

  it("is nobody's failure before a jury, whoever says what", () => {
    const anyChecks = fc.array(fc.constantFrom(...VERDICT_OUTCOMES));
    const anyDispute = fc.constantFrom("disputed", "cleared", "open", undefined);
    fc.assert(
      fc.property(anyChecks, anyDispute, (checks, dispute) => {
        const of = dispute === undefined ? { checks } : { checks, dispute };
        expect(taskFinding(of)).not.toBe("failed");
      }),
    );
    expect(taskFinding({ checks: ["passed", "failed"] })).toBeUndefined();
    expect(taskFinding({ checks: ["undecided"] })).toBeUndefined();
    expect(taskFinding({ checks: ["failed"], dispute: "open" })).toBeUndefined();
  });
});

describe("a jury", () => {
  const candidates = Array.from({ length: 20 }, (_, index) => ({
    juror: anAddress(`juror ${index}`),
    owner: anAddress(`owner ${index % 10}`),
  }));
  const of = {
    beacon: aWord("beacon"),
    taskId: aWord("task"),
    parties: new Set<Address>(),
    validators: new Set<Address>(),
  };

  it("has seven at most, of as many owners, and is the same for everybody", () => {
    const jury = drawJury(candidates, of);
    expect(jury).toHaveLength(7);
    expect(new Set(jury.map(({ owner }) => owner)).size).toBe(7);
    expect(drawJury([...candidates].reverse(), of)).toEqual(jury);
    expect(drawJury(candidates, { ...of, beacon: aWord("next") })).not.toEqual(jury);
  });

  it("has no party to the task, and those first who judged it before", () => {
    const parties = new Set([anAddress("owner 0"), anAddress("owner 1")]);
    const judge = candidates[13]?.juror ?? "0x";
    const jury = drawJury(candidates, { ...of, parties, validators: new Set([judge]) });
    expect(jury[0]?.juror).toBe(judge);
    expect(jury.filter(({ owner }) => parties.has(owner))).toEqual([]);
  });
});
