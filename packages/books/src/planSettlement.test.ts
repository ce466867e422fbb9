import type { Address, Payee } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BookedReceipt } from "./books.js";
import { aDebit, aReceipt, MINER, OTHER_MINER } from "./compliance/makers.js";
import { planSettlement, type SettlementInput } from "./planSettlement.js";
import { BPS, shareByWeight, splitAmount } from "./settlementSplits.js";

const SPLITS = { operatorBps: 500, treasuryBps: 300 };
const NOTHING: ReadonlyMap<Address, bigint> = new Map();

function paying(account: number, task: string, parts: readonly (readonly [Address, bigint])[]): BookedReceipt {
  const payees: Payee[] = parts.map(([miner, wei], index) => ({
    miner,
    replica: 0,
    segment: index,
    from: 0,
    to: 1,
    wei,
  }));
  return aReceipt({ task, account, feeWei: payees.reduce((sum, { wei }) => sum + wei, 0n), payees });
}

describe("planSettlement", () => {
  it("pays miners their part and leaves operator and treasury theirs", () => {
    const plan = planSettlement({
      receipts: [
        paying(1, "a", [
          [MINER, 600n],
          [OTHER_MINER, 400n],
        ]),
      ],
      debits: [{ signed: aDebit(1, 1_000n), settledWei: 0n }],
      splits: SPLITS,
      creditedWei: NOTHING,
    });
    expect(plan).toMatchObject({ debitedWei: 1_000n, minersWei: 920n, operatorWei: 50n, treasuryWei: 30n });
    expect(plan.credits).toEqual([
      { payee: MINER, wei: 552n, cumulativeWei: 552n },
      { payee: OTHER_MINER, wei: 368n, cumulativeWei: 368n },
    ]);
  });

  it("takes each payee's counter on from where the chain has it", () => {
    const parts = [
      [MINER, 600n],
      [OTHER_MINER, 400n],
    ] as const;
    const plan = planSettlement({
      receipts: [paying(1, "a", parts)],
      debits: [{ signed: aDebit(1, 1_000n), settledWei: 0n }],
      splits: SPLITS,
      creditedWei: new Map([[MINER, 7n]]),
    });
    expect(plan.credits).toEqual([
      { payee: MINER, wei: 552n, cumulativeWei: 559n },
      { payee: OTHER_MINER, wei: 368n, cumulativeWei: 368n },
    ]);
  });

  it("settles only the oldest receipts that a debit ends on", () => {
    const receipts = [paying(1, "a", [[MINER, 10n]]), paying(1, "b", [[MINER, 20n]]), paying(1, "c", [[MINER, 30n]])];
    const plan = planSettlement({
      receipts,
      debits: [{ signed: aDebit(1, 130n), settledWei: 100n }],
      splits: SPLITS,
      creditedWei: NOTHING,
    });
    expect(plan.taskIds).toEqual(receipts.slice(0, 2).map(({ receipt }) => receipt.taskId));
    expect(plan.postponed).toEqual([]);
  });

  it("falls back to an earlier debit when the latest ends between two receipts", () => {
    const receipts = [paying(1, "a", [[MINER, 10n]]), paying(1, "b", [[MINER, 20n]])];
    const debits = [aDebit(1, 25n), aDebit(1, 10n)].map((signed) => ({ signed, settledWei: 0n }));
    const plan = planSettlement({ receipts, debits, splits: SPLITS, creditedWei: NOTHING });
    expect(plan.debits.map(({ debit }) => debit.cumulativeWei)).toEqual([10n]);
    expect(plan.debitedWei).toBe(10n);
  });

  it.each([
    ["without a debit", [], "noDebit"],
    ["whose debit is settled already", [{ signed: aDebit(1, 10n), settledWei: 10n }], "noDebit"],
    ["whose debit goes beyond the receipts", [{ signed: aDebit(1, 11n), settledWei: 0n }], "notAtReceipt"],
    ["whose debit ends within a receipt", [{ signed: aDebit(1, 9n), settledWei: 0n }], "notAtReceipt"],
  ] as const)("postpones an account %s", (_, debits, reason) => {
    const plan = planSettlement({
      receipts: [paying(1, "a", [[MINER, 10n]])],
      debits,
      splits: SPLITS,
      creditedWei: NOTHING,
    });
    expect(plan).toMatchObject({ credits: [], debits: [], taskIds: [], postponed: [{ account: 1, reason }] });
  });

  it("postpones an account with a receipt whose payees don't add up", () => {
    const bad = { ...paying(1, "a", [[MINER, 10n]]), payees: [] };
    const plan = planSettlement({
      receipts: [bad, paying(2, "b", [[MINER, 10n]])],
      debits: [aDebit(1, 10n), aDebit(2, 10n)].map((signed) => ({ signed, settledWei: 0n })),
      splits: SPLITS,
      creditedWei: NOTHING,
    });
    expect(plan.postponed).toEqual([{ account: 1, reason: "badPayees" }]);
    expect(plan.debits.map(({ debit }) => debit.account)).toEqual([2]);
  });

  it("postpones what is beyond its debits or payees", () => {
    const receipts = [paying(1, "a", [[MINER, 10n]]), paying(2, "b", [[OTHER_MINER, 10n]])];
    const debits = [aDebit(1, 10n), aDebit(2, 10n)].map((signed) => ({ signed, settledWei: 0n }));
    for (const bound of [{ debitsMax: 1 }, { payeesMax: 1 }]) {
      const plan = planSettlement({ receipts, debits, splits: SPLITS, creditedWei: NOTHING, ...bound });
      expect(plan.postponed).toEqual([{ account: 2, reason: "full" }]);
      expect(plan.taskIds).toHaveLength(1);
    }
  });

  it("refuses shares above the whole", () => {
    const input = { receipts: [], debits: [], creditedWei: NOTHING };
    for (const splits of [
      { operatorBps: 9_701, treasuryBps: 300 },
      { operatorBps: -1, treasuryBps: 0 },
      { operatorBps: 0.5, treasuryBps: 0 },
    ])
      expect(() => planSettlement({ ...input, splits })).toThrow(expect.objectContaining({ code: "BOOKS_BAD_SPLITS" }));
  });

  it("conserves every wei: what clients pay is what miners, operator and treasury get", () => {
    fc.assert(fc.property(settlements(), checkConservation), { numRuns: 300 });
  });
});

describe("shareByWeight", () => {
  it("divides exactly, nobody a wei or more from the exact share", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 96n), fc.array(fc.bigInt(0n, 2n ** 90n), { maxLength: 20 }), (wei, weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0n);
        const parts = shareByWeight(wei, weights);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total === 0n ? 0n : wei);
        for (const [index, part] of parts.entries()) {
          const error = part * total - wei * (weights[index] ?? 0n);
          if (total > 0n) expect(error < total && -error < total).toBe(true);
        }
      }),
    );
  });
});

describe("splitAmount", () => {
  it("rounds for the miners, and the treasury as its contract does", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 96n), fc.nat(5_000), fc.nat(5_000), (wei, operatorBps, treasuryBps) => {
        const parts = splitAmount(wei, { operatorBps, treasuryBps });
        expect(parts.minersWei + parts.operatorWei + parts.treasuryWei).toBe(wei);
        expect(parts.treasuryWei).toBe((wei * BigInt(treasuryBps)) / BPS);
        expect(parts.operatorWei >= 0n).toBe(true);
        expect(parts.minersWei * BPS >= wei * (BPS - BigInt(operatorBps + treasuryBps))).toBe(true);
      }),
    );
  });
});

/** Accounts with receipts over a few miners, debits at and off their ends, and some part settled before. */
function settlements(): fc.Arbitrary<SettlementInput> {
  const miner = fc.nat(6).map((n): Address => `0x${"0".repeat(39)}${n}`);
  const wei = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 2n ** 80n));
  const account = fc.record({
    receipts: fc.array(fc.array(fc.tuple(miner, wei), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
    ends: fc.array(fc.tuple(fc.nat(8), fc.constantFrom(0n, 0n, 0n, 1n, -1n)), { maxLength: 3 }),
    settledWei: fc.bigInt(0n, 2n ** 60n),
  });
  return fc
    .record({
      accounts: fc.array(account, { maxLength: 6 }),
      operatorBps: fc.nat(5_000),
      treasuryBps: fc.nat(1_000),
      debitsMax: fc.integer({ min: 1, max: 6 }),
      payeesMax: fc.integer({ min: 1, max: 8 }),
      creditedWei: fc.array(fc.tuple(miner, wei), { maxLength: 5 }).map((entries) => new Map(entries)),
    })
    .map(({ accounts, operatorBps, treasuryBps, ...rest }) => {
      const receipts = accounts.flatMap((one, account) =>
        one.receipts.map((parts, n) => paying(account, `${account} ${n}`, parts)),
      );
      const debits = accounts.flatMap((one, account) =>
        one.ends.map(([end, off]) => {
          const sum = one.receipts
            .slice(0, end)
            .flat()
            .reduce((total, [, part]) => total + part, 0n);
          return { signed: aDebit(account, one.settledWei + sum + off), settledWei: one.settledWei };
        }),
      );
      return { receipts, debits, splits: { operatorBps, treasuryBps }, ...rest };
    });
}

function checkConservation(input: SettlementInput): void {
  const plan = planSettlement(input);
  const settledOf = new Map(input.debits.map(({ signed, settledWei }) => [signed.debit.account, settledWei]));
  const steps = plan.debits.map(({ debit }) => debit.cumulativeWei - (settledOf.get(debit.account) ?? 0n));
  const paid = new Set(plan.taskIds);
  const fees = input.receipts.filter(({ receipt }) => paid.has(receipt.taskId)).map(({ receipt }) => receipt.feeWei);
  const raises = plan.credits.map(({ payee, cumulativeWei }) => cumulativeWei - (input.creditedWei.get(payee) ?? 0n));
  expect(raises).toEqual(plan.credits.map(({ wei }) => wei));
  const credited = sum(raises);
  expect(sum(steps)).toBe(plan.debitedWei);
  expect(sum(fees)).toBe(plan.debitedWei);
  expect(credited).toBe(plan.minersWei);
  expect(credited + plan.operatorWei + plan.treasuryWei).toBe(plan.debitedWei);
  expect(paid.size).toBe(plan.taskIds.length);
  expect(new Set(plan.debits.map(({ debit }) => debit.account)).size).toBe(plan.debits.length);
  expect(plan.debits.length <= (input.debitsMax ?? 0) && plan.credits.length <= (input.payeesMax ?? 0)).toBe(true);
  expect(steps.every((step) => step > 0n) && raises.every((raise) => raise > 0n)).toBe(true);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
