import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochRoot } from "../guards/epochRoot.js";
import { addressOf, wordOf } from "../test/someGuards.js";
import { type DutyPayBook, type DutyPayEpoch, dutyPayLeaves, dutyPayStep, NO_DUTY_PAY } from "./dutyPay.js";
import { dutyPayProof, isDutyPayProof } from "./dutyPayProof.js";

const [ANN, BEN] = [addressOf(1), addressOf(2)];
const [LANE, OTHER_LANE] = [addressOf(100), addressOf(101)];
const paid = (...of: readonly (readonly [typeof ANN, number])[]) =>
  of.map(([validator, count]) => ({ validator, paid: count }));
const fold = (...epochs: readonly DutyPayEpoch[]): DutyPayBook => epochs.reduce(dutyPayStep, NO_DUTY_PAY);
const sum = (all: Iterable<bigint>): bigint => [...all].reduce((total, one) => total + one, 0n);

const credits = fc.array(
  fc.record({ lane: fc.constantFrom(LANE, OTHER_LANE), creditedWei: fc.bigInt({ min: 0n, max: 10n ** 21n }) }),
  { maxLength: 4 },
);
const tallies = fc.uniqueArray(
  fc.record({ validator: fc.integer({ min: 1, max: 6 }).map(addressOf), paid: fc.nat(40) }),
  { selector: ({ validator }) => validator, maxLength: 6 },
);
const epochs = fc.array(fc.record({ credits, tallies }), { maxLength: 12 });

describe("what validators earn", () => {
  it("is the same for each paid duty, rounded down; the rest stays for the next epoch", () => {
    const book = fold({ credits: [{ lane: LANE, creditedWei: 1_000n }], tallies: paid([ANN, 2], [BEN, 1]) });
    expect([book.earnedWei.get(ANN), book.earnedWei.get(BEN), book.leftWei]).toEqual([666n, 333n, 1n]);
    const next = dutyPayStep(book, { credits: [{ lane: LANE, creditedWei: 1_009n }], tallies: paid([BEN, 1]) });
    expect([next.earnedWei.get(ANN), next.earnedWei.get(BEN), next.leftWei]).toEqual([666n, 343n, 0n]);
  });

  it("waits where nobody did a duty, and is nothing for who missed all of its own", () => {
    const credited = { credits: [{ lane: LANE, creditedWei: 10n }], tallies: paid([ANN, 0]) };
    const waiting = fold(credited);
    expect([waiting.leftWei, dutyPayLeaves(waiting)]).toEqual([10n, []]);
    const later = dutyPayStep(waiting, { credits: [], tallies: paid([ANN, 0], [BEN, 1]) });
    expect([later.leftWei, dutyPayLeaves(later)]).toEqual([0n, [{ validator: BEN, earnedWei: 10n }]]);
  });

  it("counts each lane's counter by how far it went, whatever is told again or out of order", () => {
    const told = [300n, 500n, 400n, 500n].map((creditedWei) => ({ lane: LANE, creditedWei }));
    const other = { lane: OTHER_LANE, creditedWei: 7n };
    expect(fold({ credits: [...told, other], tallies: [] }).leftWei).toBe(507n);
    expect(fold({ credits: [other, ...told].reverse(), tallies: [] }).leftWei).toBe(507n);
  });

  it("and what is left are together what was credited, and nobody's ever falls", () => {
    fc.assert(
      fc.property(epochs, (given) => {
        let before = NO_DUTY_PAY;
        for (const one of given) {
          const after = dutyPayStep(before, one);
          expect(sum(after.earnedWei.values()) + after.leftWei).toBe(sum(after.creditedWei.values()));
          expect(after.leftWei >= 0n).toBe(true);
          for (const [validator, wei] of before.earnedWei) {
            expect((after.earnedWei.get(validator) ?? 0n) >= wei).toBe(true);
          }
          const duties = one.tallies.reduce((total, tally) => total + tally.paid, 0);
          if (duties > 0) expect(after.leftWei < BigInt(duties)).toBe(true);
          before = after;
        }
      }),
      { numRuns: 200 },
    );
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
