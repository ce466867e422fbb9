import { type Address, decodeSettlementSet, payeesHash, setEntryId } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BookedReceipt } from "./books.js";
import { aDebit, aReceipt, MINER, OTHER_MINER } from "./compliance/makers.js";
import type { Funds } from "./paysOf.js";
import { planSet } from "./planSet.js";
import { planSettlement } from "./planSettlement.js";

const TREASURY: Address = `0x${"7e".repeat(20)}`;
const FUND: Address = `0x${"f0".repeat(20)}`;

/** A receipt of one account, with what its miners earned. */
function receiptOf(task: string, earned: readonly (readonly [`0x${string}`, bigint])[]): BookedReceipt {
  const payees = earned.map(([miner, wei], segment) => ({ miner, replica: 0, segment, from: 0, to: 1, wei }));
  const feeWei = payees.reduce((sum, { wei }) => sum + wei, 0n);
  const booked = aReceipt({ task, account: 1, feeWei, payees });
  return { ...booked, receipt: { ...booked.receipt, payeesHash: payeesHash(payees) } };
}

const wei = fc.bigInt({ min: 0n, max: 10n ** 20n });
const earned = fc.array(fc.tuple(fc.constantFrom(MINER, OTHER_MINER), wei), { maxLength: 5 });

describe("a settlement's set", () => {
  it("has every receipt's fee, and to the wei the credits that the settlement gives", () => {
    fc.assert(
      fc.property(
        fc.array(earned, { minLength: 1, maxLength: 12 }),
        fc.constantFrom<Funds>({}, { treasury: TREASURY }, { treasury: MINER, validators: FUND }, { validators: FUND }),
        (all, funds) => {
          const receipts = all.map((one, index) => receiptOf(String(index), one));
          const debitedWei = receipts.reduce((sum, { receipt }) => sum + receipt.feeWei, 0n);
          fc.pre(debitedWei > 0n);
          const plan = planSettlement({
            receipts,
            debits: [{ signed: aDebit(1, debitedWei), settledWei: 0n }],
            ...funds,
          });
          const { entries } = decodeSettlementSet(planSet(receipts, funds).bytes);
          expect(entries.map(({ id }) => id)).toEqual(receipts.map(({ receipt }) => setEntryId(receipt.taskId)).sort());
          const nets = new Map<string, bigint>();
          for (const { feeWei, payees } of entries) {
            const paidWei = payees.reduce((sum, { netWei }) => sum + netWei, 0n);
            expect(paidWei).toBeLessThanOrEqual(feeWei);
            for (const { payee, netWei } of payees) nets.set(payee, (nets.get(payee) ?? 0n) + netWei);
          }
          expect(entries.reduce((sum, { feeWei }) => sum + feeWei, 0n)).toBe(debitedWei);
          expect(Object.fromEntries(nets)).toEqual(
            Object.fromEntries(plan.credits.map(({ payee, wei: credited }) => [payee, credited])),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it("names nobody who gets nothing, and never the account", () => {
    const booked = receiptOf("one", [
      [MINER, 100n],
      [OTHER_MINER, 0n],
    ]);
    const [entry] = planSet([booked]).entries;
    expect(entry).toEqual({
      id: setEntryId(booked.receipt.taskId),
      resultsHash: booked.receipt.resultsHash,
      feeWei: 100n,
      payees: [{ payee: MINER, netWei: 92n }],
    });
  });

  it("is of at least one receipt", () => {
    expect(() => planSet([])).toThrow("PROTOCOL_BAD_SET");
  });
});
