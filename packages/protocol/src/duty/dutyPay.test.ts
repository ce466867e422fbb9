import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochRoot } from "../guards/epochRoot.js";
import { DISPUTE_ENDINGS, DISPUTE_SECONDS_MAX, type DisputeEnding } from "../machine/dispute.js";
import { splitsOf } from "../splits.js";
import { addressOf, wordOf } from "../test/someGuards.js";
import { auditRatePpm } from "./auditRate.js";
import {
  accusedEpochs,
  type DutyPayBook,
  type DutyPayEpoch,
  dutyPayLeaves,
  dutyPayStep,
  NO_DUTY_PAY,
} from "./dutyPay.js";
import { dutyPayProof, isDutyPayProof } from "./dutyPayProof.js";

const [ANN, BEN, CAY] = [addressOf(1), addressOf(2), addressOf(3)];
const [LANE, OTHER_LANE] = [addressOf(100), addressOf(101)];
const [TASK, OTHER_TASK] = [wordOf(1), wordOf(2)];
const KEPT = 5;
const paid = (...of: readonly (readonly [typeof ANN, number])[]) =>
  of.map(([validator, count]) => ({ validator, paid: count, accused: [] }));
const accusing = (...tasks: readonly (typeof TASK)[]) => ({ validator: ANN, paid: 0, accused: tasks });
const fund = (creditedWei: bigint) => [{ lane: LANE, creditedWei }];
const opened = (number: number, feeWei = 1_000n) => ({ kind: "priced", number, feeWei }) as const;
const said = (number: number, judge: typeof ANN, isWrong: boolean) =>
  ({ kind: "said", number, judge, isWrong }) as const;
const ended = (number: number, ending: DisputeEnding, taskId = TASK) =>
  ({ kind: "ended", number, taskId, ending }) as const;
/** One after another, from epoch 0 on. */
const foldFrom = (book: DutyPayBook, first: number, ...epochs: readonly Partial<DutyPayEpoch>[]): DutyPayBook =>
  epochs.reduce<DutyPayBook>(
    (before, one, index) =>
      dutyPayStep(before, { credits: [], tallies: [], news: [], keptEpochs: KEPT, ...one, epoch: first + index }),
    book,
  );
const fold = (...epochs: readonly Partial<DutyPayEpoch>[]): DutyPayBook => foldFrom(NO_DUTY_PAY, 0, ...epochs);
const sum = (all: Iterable<bigint>): bigint => [...all].reduce((total, one) => total + one, 0n);
const asideOf = ({ accusations }: DutyPayBook): bigint => sum(accusations.map(({ asideWei }) => asideWei));

const anyCredits = fc.array(
  fc.record({ lane: fc.constantFrom(LANE, OTHER_LANE), creditedWei: fc.bigInt({ min: 0n, max: 10n ** 21n }) }),
  { maxLength: 4 },
);
const anyAddress = fc.integer({ min: 1, max: 6 }).map(addressOf);
const anyTask = fc.integer({ min: 1, max: 5 }).map(wordOf);
const anyTallies = fc.uniqueArray(
  fc.record({ validator: anyAddress, paid: fc.nat(40), accused: fc.uniqueArray(anyTask, { maxLength: 3 }) }),
  { selector: ({ validator }) => validator, maxLength: 6 },
);
const anyNumber = fc.integer({ min: 1, max: 3 });
const anyNews = fc.array(
  fc.oneof(
    fc.record({
      ...{ kind: fc.constant("priced" as const), number: anyNumber },
      feeWei: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    }),
    fc.record({ kind: fc.constant("said" as const), number: anyNumber, judge: anyAddress, isWrong: fc.boolean() }),
    fc.record({
      ...{ kind: fc.constant("ended" as const), number: anyNumber, taskId: anyTask },
      ending: fc.constantFrom(...DISPUTE_ENDINGS),
    }),
  ),
  { maxLength: 12 },
);
const anyEpochs = fc.array(fc.record({ credits: anyCredits, tallies: anyTallies, news: anyNews }), { maxLength: 12 });

describe("what validators earn", () => {
  it("is the same for each paid duty, rounded down; the rest stays for the next epoch", () => {
    const book = fold({ credits: fund(1_000n), tallies: paid([ANN, 2], [BEN, 1]) });
    expect([book.earnedWei.get(ANN), book.earnedWei.get(BEN), book.leftWei]).toEqual([666n, 333n, 1n]);
    const next = foldFrom(book, 1, { credits: fund(1_009n), tallies: paid([BEN, 1]) });
    expect([next.earnedWei.get(ANN), next.earnedWei.get(BEN), next.leftWei]).toEqual([666n, 343n, 0n]);
  });

  it("waits where nobody did a duty, and is nothing for who missed all of its own", () => {
    const waiting = fold({ credits: fund(10n), tallies: paid([ANN, 0]) });
    expect([waiting.leftWei, dutyPayLeaves(waiting)]).toEqual([10n, []]);
    const later = foldFrom(waiting, 1, { tallies: paid([ANN, 0], [BEN, 1]) });
    expect([later.leftWei, dutyPayLeaves(later)]).toEqual([0n, [{ validator: BEN, earnedWei: 10n }]]);
  });

  it("counts each lane's counter by how far it went, whatever is told again or out of order", () => {
    const told = [300n, 500n, 400n, 500n].map((creditedWei) => ({ lane: LANE, creditedWei }));
    const other = { lane: OTHER_LANE, creditedWei: 7n };
    expect(fold({ credits: [...told, other] }).leftWei).toBe(507n);
    expect(fold({ credits: [other, ...told].reverse() }).leftWei).toBe(507n);
  });

  it("and what is set aside or left are together what was credited, and nobody's ever falls", () => {
    fc.assert(
      fc.property(anyEpochs, (given) => {
        let before = NO_DUTY_PAY;
        for (const [epoch, one] of given.entries()) {
          const after = foldFrom(before, epoch, one);
          expect(sum(after.earnedWei.values()) + asideOf(after) + after.leftWei).toBe(sum(after.creditedWei.values()));
          expect(after.leftWei >= 0n && after.accusations.every(({ asideWei }) => asideWei >= 0n)).toBe(true);
          for (const [validator, wei] of before.earnedWei) {
            expect((after.earnedWei.get(validator) ?? 0n) >= wei).toBe(true);
          }
          const duties = one.tallies.reduce((total, tally) => total + tally.paid, 0);
          if (duties > 0 && one.news.length === 0) {
            const checks = one.tallies.reduce((total, tally) => total + tally.accused.length, duties);
            expect(after.leftWei < BigInt(checks)).toBe(true);
          }
          before = after;
        }
      }),
      { numRuns: 200 },
    );
  });

  it("is more than a check costs as soon as fewer than a quarter of all tasks are newcomers', and less where all are", () => {
    const feeWei = 10_000n;
    const creditWei =
      (feeWei * BigInt(splitsOf({ sessionClass: "validated", hasModelOwner: false }).validatorsBps)) / 10_000n;
    const steadyPpm = BigInt(auditRatePpm({ tasks: 1_000, reputationPpm: 990_000 }));
    const eachOf = (newcomersPercent: bigint): bigint => {
      const tasks = 100_000n;
      const duties = (tasks * newcomersPercent) / 100n + (tasks * (100n - newcomersPercent) * steadyPpm) / 100_000_000n;
      const book = fold({ credits: fund(tasks * creditWei), tallies: paid([ANN, Number(duties)]) });
      return (book.earnedWei.get(ANN) ?? 0n) / duties;
    };
    const checkWei = (feeWei * 32n) / 100n;
    expect(eachOf(100n)).toBe(creditWei);
    expect(eachOf(100n) < checkWei && eachOf(25n) < checkWei).toBe(true);
    expect(eachOf(22n) > checkWei).toBe(true);
    expect(eachOf(0n) > 4n * checkWei).toBe(true);
  });
});

describe("an accusation", () => {
  const accused = fold({ credits: fund(900n), tallies: [accusing(TASK, OTHER_TASK), ...paid([BEN, 1])] });

  it("earns nothing by itself: its share is set aside, and left for others once no dispute has borne it out", () => {
    expect([dutyPayLeaves(accused), asideOf(accused), accused.leftWei]).toEqual([
      [{ validator: BEN, earnedWei: 300n }],
      600n,
      0n,
    ]);
    const nothing: Partial<DutyPayEpoch> = {};
    const last = foldFrom(accused, 1, nothing, nothing, nothing, nothing);
    expect([asideOf(last), last.leftWei]).toEqual([600n, 0n]);
    const gone = foldFrom(last, KEPT, { tallies: paid([CAY, 1]), news: [ended(1, "slashed")] });
    expect([gone.earnedWei.get(ANN), gone.earnedWei.get(CAY), asideOf(gone)]).toEqual([undefined, 600n, 0n]);
  });

  it.each(["slashed", "withheld"] as const)("earns what a pass did, once, when its dispute ends %s", (ending) => {
    const upheld = foldFrom(accused, 1, { news: [opened(1), ended(1, ending)] });
    expect([upheld.earnedWei.get(ANN), asideOf(upheld)]).toEqual([300n, 300n]);
    const again = foldFrom(upheld, 2, { credits: fund(1_800n), news: [opened(2), ended(2, ending)] });
    expect(again.earnedWei.get(ANN)).toBe(300n);
  });

  it.each(["cleared", "undecided", "undrawn"] as const)("earns nothing when it ends %s", (ending) => {
    const over = foldFrom(accused, 1, { credits: fund(1_800n), news: [opened(1), ended(1, ending)] });
    expect(over.earnedWei.get(ANN)).toBeUndefined();
  });

  it("that comes after the dispute's end says what is known, and earns nothing", () => {
    const known = fold({ credits: fund(900n), news: [opened(1), ended(1, "slashed")] });
    const late = foldFrom(known, 1, { tallies: [accusing(TASK)] }, {});
    expect([late.earnedWei.get(ANN), asideOf(late)]).toEqual([undefined, 900n]);
  });

  it("waits for the longest dispute, opened on the last day", () => {
    expect(accusedEpochs(600) * 600).toBeGreaterThanOrEqual(86_400 + DISPUTE_SECONDS_MAX);
    expect(accusedEpochs(7)).toBe(Math.ceil((accusedEpochs(1) * 1) / 7));
  });
});

describe("a judge", () => {
  const words = [said(1, BEN, true), said(1, CAY, false)];
  /** Whose share is 60 wei: what each check of that epoch was worth. */
  const accused = fold({ credits: fund(60n), tallies: [accusing(TASK)] });
  const heard = (over: Partial<DutyPayEpoch>, from = accused) => foldFrom(from, 1, { credits: fund(1_060n), ...over });
  const earnedBy = (book: DutyPayBook) => [BEN, CAY].map((judge) => book.earnedWei.get(judge) ?? 0n);

  it("has what the duty was worth where its word is the end's, whichever that is, and nothing where it isn't", () => {
    expect(earnedBy(heard({ news: [opened(1), ...words, ended(1, "slashed")] }))).toEqual([60n, 0n]);
    expect(earnedBy(heard({ news: [opened(1), ...words, ended(1, "withheld")] }))).toEqual([60n, 0n]);
    expect(earnedBy(heard({ news: [opened(1), ...words, ended(1, "cleared")] }))).toEqual([0n, 60n]);
    for (const ending of ["undecided", "undrawn"] as const)
      expect(earnedBy(heard({ news: [opened(1), ...words, ended(1, ending)] }))).toEqual([0n, 0n]);
  });

  it("is paid once for a verdict and a vote that agree, and for neither if they don't", () => {
    const twice = [...words, said(1, BEN, true), said(1, CAY, true)];
    expect(earnedBy(heard({ news: [opened(1), ...twice, ended(1, "slashed")] }))).toEqual([60n, 0n]);
    expect(earnedBy(heard({ news: [opened(1), ...twice, ended(1, "cleared")] }))).toEqual([0n, 0n]);
  });

  it("is paid for what it said epochs before, and of each dispute by its own words", () => {
    const before = foldFrom(accused, 1, { news: [opened(1), opened(2), ...words, said(2, CAY, true)] });
    const after = foldFrom(before, 2, { credits: fund(200n), news: [ended(2, "slashed")] });
    expect(earnedBy(after)).toEqual([0n, 60n]);
    expect(earnedBy(foldFrom(after, 3, { news: [ended(1, "slashed")] }))).toEqual([60n, 60n]);
  });

  it("has the task's fee at most, by the highest that anybody showed", () => {
    expect(earnedBy(heard({ news: [opened(1, 5n), ...words, ended(1, "slashed")] }))).toEqual([5n, 0n]);
    const amended = heard({ news: [opened(1, 5n), ...words, opened(1, 7n), ended(1, "slashed")] });
    expect([...earnedBy(amended), amended.leftWei]).toEqual([7n, 0n, 993n]);
  });

  it("has nothing of a dispute that no duty led to, nor of one over another task", () => {
    for (const ending of ["cleared", "withheld", "slashed"] as const) {
      const news = [opened(1), ...words, ended(1, ending)];
      expect(earnedBy(heard({ news }, NO_DUTY_PAY))).toEqual([0n, 0n]);
      expect(earnedBy(heard({ news: [opened(1), ...words, ended(1, ending, OTHER_TASK)] }))).toEqual([0n, 0n]);
    }
  });

  it("comes before duties, and waits for money where there isn't enough", () => {
    const waiting = heard({
      credits: fund(119n),
      tallies: paid([ANN, 0]),
      news: [opened(1), ...words, ended(1, "slashed")],
    });
    expect([...earnedBy(waiting), waiting.leftWei]).toEqual([0n, 0n, 59n]);
    const later = foldFrom(waiting, 2, { credits: fund(125n), tallies: paid([CAY, 1]) });
    expect(earnedBy(later)).toEqual([60n, 5n]);
    expect(earnedBy(foldFrom(later, 3, { credits: fund(1_000n) }))).toEqual([60n, 5n]);
  });
});

describe("a proof of what a validator has earned", () => {
  const leaves = [3, 1, 2].map((number) => ({ validator: addressOf(number), earnedWei: BigInt(number) * 10n ** 18n }));
  const sorted = [...leaves].sort((left, right) => (left.validator < right.validator ? -1 : 1));
  const root = epochRoot({ subjectChainId: 10, fromEpoch: 6, epoch: 7 }, { kind: "dutyPay", leaves });
  const proofOf = (number: number) => {
    const proof = dutyPayProof({ root, leaves: sorted }, addressOf(number));
    if (proof === undefined) throw new Error("no proof");
    return proof;
  };

  it("holds for each under the root, and there is none for who never earned anything", () => {
    for (const { validator, earnedWei } of leaves) {
      const proof = dutyPayProof({ root, leaves: sorted }, validator);
      expect(proof).toMatchObject({ validator, earnedWei });
      expect(proof && isDutyPayProof(proof, root.root)).toBe(true);
    }
    expect(dutyPayProof({ root, leaves: sorted }, addressOf(4))).toBeUndefined();
  });

  it("holds for no other amount, validator, root or kind, and never throws", () => {
    const proof = proofOf(2);
    const parts = { ...proof.parts, kind: "results" } as const;
    const forged = [
      { ...proof, earnedWei: proof.earnedWei + 1n },
      { ...proof, earnedWei: 2n ** 96n },
      { ...proof, earnedWei: -1n },
      { ...proof, validator: addressOf(3) },
      { ...proof, path: proofOf(3).path },
      { ...proof, path: [] },
      { ...proof, parts },
      { ...proof, parts: { ...proof.parts, epoch: 8 } },
      { ...proof, parts: { ...proof.parts, fromEpoch: 9 } },
      { ...proof, parts: { ...proof.parts, count: -1 } },
    ];
    expect(forged.map((one) => isDutyPayProof(one, root.root))).toEqual(forged.map(() => false));
    expect(isDutyPayProof(proof, wordOf(1))).toBe(false);
  });
});
