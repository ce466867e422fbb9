import { type Address, type Payee, splitsHash, splitsOf } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BookedReceipt } from "./books.js";
import { aDebit, aReceipt, MINER, OTHER_MINER, word } from "./compliance/makers.js";
import { byPayee, payeeEntriesOf, sumOfNets } from "./payeeEntries.js";
import { planSettlement, type SettlementInput } from "./planSettlement.js";

const TREASURY: Address = `0x${"7e".repeat(20)}`;
const FUND: Address = `0x${"f0".repeat(20)}`;

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
  it("pays each miner the nets of its entries, the treasury its share, and leaves the operator the rest", () => {
    const receipts = [
      paying(1, "a", [
        [MINER, 601n],
        [OTHER_MINER, 399n],
      ]),
      paying(1, "b", [[MINER, 11n]]),
    ];
    const debits = [{ signed: aDebit(1, 1_011n), settledWei: 0n }];
    const miners = [
      { payee: MINER, wei: 552n + 10n },
      { payee: OTHER_MINER, wei: 367n },
    ];
    const plan = planSettlement({ receipts, debits, treasury: TREASURY });
    expect(plan).toMatchObject({ debitedWei: 1_011n, operatorWei: 52n });
    expect(plan.credits).toEqual([...miners, { payee: TREASURY, wei: 30n }]);
    const without = planSettlement({ receipts, debits });
    expect(without).toMatchObject({ debitedWei: 1_011n, operatorWei: 82n });
    expect(without.credits).toEqual(miners);
  });

  it("pays model owners through the treasury, and validators by their fund, or through it where there is none", () => {
    const one = paying(1, "a", [[MINER, 1_000n]]);
    const splits = splitsHash(splitsOf({ sessionClass: "validated", hasModelOwner: true }));
    const receipts = [{ ...one, receipt: { ...one.receipt, splitsHash: splits } }];
    const debits = [{ signed: aDebit(1, 1_000n), settledWei: 0n }];
    const plan = planSettlement({ receipts, debits, treasury: TREASURY });
    const miner = { payee: MINER, wei: 780n };
    expect(plan.operatorWei).toBe(50n);
    expect(plan.credits).toEqual([miner, { payee: TREASURY, wei: 90n + 50n + 30n }]);
    const funded = planSettlement({ receipts, debits, treasury: TREASURY, validators: FUND });
    expect(funded.operatorWei).toBe(50n);
    expect(funded.credits).toEqual([miner, { payee: TREASURY, wei: 50n + 30n }, { payee: FUND, wei: 90n }]);
    const fundAlone = planSettlement({ receipts, debits, validators: FUND });
    expect(fundAlone.operatorWei).toBe(130n);
    expect(fundAlone.credits).toEqual([miner, { payee: FUND, wei: 90n }]);
  });

  it("settles only the oldest receipts that a debit ends on", () => {
    const receipts = [paying(1, "a", [[MINER, 10n]]), paying(1, "b", [[MINER, 20n]]), paying(1, "c", [[MINER, 30n]])];
    const plan = planSettlement({
      receipts,
      debits: [{ signed: aDebit(1, 130n), settledWei: 100n }],
    });
    expect(plan.taskIds).toEqual(receipts.slice(0, 2).map(({ receipt }) => receipt.taskId));
    expect(plan.postponed).toEqual([]);
  });

  it("falls back to an earlier debit when the latest ends between two receipts", () => {
    const receipts = [paying(1, "a", [[MINER, 10n]]), paying(1, "b", [[MINER, 20n]])];
    const debits = [aDebit(1, 25n), aDebit(1, 10n)].map((signed) => ({ signed, settledWei: 0n }));
    const plan = planSettlement({ receipts, debits });
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
    });
    expect(plan).toMatchObject({ credits: [], debits: [], taskIds: [], postponed: [{ account: 1, reason }] });
  });

  it("postpones an account with a receipt whose payees don't add up", () => {
    const bad = { ...paying(1, "a", [[MINER, 10n]]), payees: [] };
    const plan = planSettlement({
      receipts: [bad, paying(2, "b", [[MINER, 10n]])],
      debits: [aDebit(1, 10n), aDebit(2, 10n)].map((signed) => ({ signed, settledWei: 0n })),
    });
    expect(plan.postponed).toEqual([{ account: 1, reason: "badPayees" }]);
    expect(plan.debits.map(({ debit }) => debit.account)).toEqual([2]);
  });

  it("postpones what is beyond its debits or payees", () => {
    const receipts = [paying(1, "a", [[MINER, 10n]]), paying(2, "b", [[OTHER_MINER, 10n]])];
    const debits = [aDebit(1, 10n), aDebit(2, 10n)].map((signed) => ({ signed, settledWei: 0n }));
    for (const bound of [{ debitsMax: 1 }, { payeesMax: 1 }]) {
      const plan = planSettlement({ receipts, debits, ...bound });
      expect(plan.postponed).toEqual([{ account: 2, reason: "full" }]);
      expect(plan.taskIds).toHaveLength(1);
    }
  });

  it("refuses a receipt under splits that nobody knows", () => {
    const one = paying(1, "a", [[MINER, 10n]]);
    const receipts = [{ ...one, receipt: { ...one.receipt, splitsHash: word("nobody's splits") } }];
    const debits = [{ signed: aDebit(1, 10n), settledWei: 0n }];
    expect(() => planSettlement({ receipts, debits })).toThrow(
      expect.objectContaining({ code: "BOOKS_SPLITS_UNKNOWN" }),
    );
  });

  it("conserves every wei: what clients pay is what miners, treasury and operator get", () => {
    fc.assert(fc.property(settlements(), checkConservation), { numRuns: 300 });
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
      treasury: fc.option(fc.constantFrom(TREASURY, `0x${"0".repeat(40)}` as const), { nil: undefined }),
      debitsMax: fc.integer({ min: 1, max: 6 }),
      payeesMax: fc.integer({ min: 1, max: 8 }),
    })
    .map(({ accounts, treasury, ...rest }) => {
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
      return { receipts, debits, ...(treasury === undefined ? {} : { treasury }), ...rest };
    });
}

function checkConservation(input: SettlementInput): void {
  const plan = planSettlement(input);
  const settledOf = new Map(input.debits.map(({ signed, settledWei }) => [signed.debit.account, settledWei]));
  const steps = plan.debits.map(({ debit }) => debit.cumulativeWei - (settledOf.get(debit.account) ?? 0n));
  const paid = new Set(plan.taskIds);
  const covered = input.receipts.filter(({ receipt }) => paid.has(receipt.taskId));
  const credited = sum(plan.credits.map(({ wei }) => wei));
  expect(sum(steps)).toBe(plan.debitedWei);
  expect(sum(covered.map(({ receipt }) => receipt.feeWei))).toBe(plan.debitedWei);
  expect(credited + plan.operatorWei).toBe(plan.debitedWei);
  expect(plan.operatorWei * 10_000n >= plan.debitedWei * 500n).toBe(true);
  for (const [payee, entries] of byPayee(covered.flatMap(payeeEntriesOf))) {
    const wei = plan.credits.find((credit) => credit.payee === payee)?.wei ?? 0n;
    // The treasury may be a miner too.
    if (payee !== input.treasury) expect(wei).toBe(sumOfNets(entries));
  }
  expect(paid.size).toBe(plan.taskIds.length);
  expect(new Set(plan.debits.map(({ debit }) => debit.account)).size).toBe(plan.debits.length);
  expect(plan.debits.length <= (input.debitsMax ?? 0) && plan.credits.length <= (input.payeesMax ?? 0)).toBe(true);
  expect(steps.every((step) => step > 0n) && plan.credits.every(({ wei }) => wei > 0n)).toBe(true);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
