import { bytesToHex, encodeSettlementSet, setEntryId } from "@cortensor/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aReceipt, LANE, MINER } from "../compliance/makers.js";
import { payeeEntriesOf } from "../payeeEntries.js";
import { compareReceipt, placeInSet } from "./receiptInSet.js";
import { aTask, word } from "./test/testLane.js";

const taskId = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytesToHex);

describe("a task in a settlement set", () => {
  it("is found where it is, and else between two neighbours that leave no room for it", () => {
    fc.assert(
      fc.property(fc.uniqueArray(taskId, { minLength: 1, maxLength: 30 }), taskId, (there, other) => {
        const set = encodeSettlementSet(
          there.map((one) => ({ id: setEntryId(one), resultsHash: one, feeWei: 1n, payees: [] })),
        );
        for (const one of there)
          expect(placeInSet(set, one)).toMatchObject({ kind: "present", entry: { resultsHash: one } });
        fc.pre(!there.includes(other));
        const place = placeInSet(set, other);
        if (place.kind === "present") throw new Error("present");
        const ids = set.entries.map(({ id }) => id);
        const id = setEntryId(other);
        expect(place.before).toBe(ids.filter((one) => one < id).at(-1));
        expect(place.after).toBe(ids.find((one) => one > id));
      }),
      { numRuns: 60 },
    );
  });

  it("is what its receipt promises, or each difference is named", () => {
    const { receipt, payees } = aReceipt({ task: "one", account: 1, feeWei: 1_000n });
    const [promised] = payeeEntriesOf({ receipt, payees });
    const netWei = promised?.netWei ?? 0n;
    const entry = { ...aTask("one", 1_000n, { [MINER]: netWei }), resultsHash: receipt.resultsHash };
    const parts = { entry, lane: LANE, settlementId: word("settlement") };
    expect(compareReceipt({ receipt, payees }, parts)).toEqual([]);
    const lying = {
      ...entry,
      feeWei: 999n,
      resultsHash: word("other"),
      payees: [{ payee: MINER, netWei: netWei - 1n }],
    };
    const found = compareReceipt({ receipt, payees }, { ...parts, entry: lying, lane: MINER });
    expect(found.map(({ what }) => what)).toEqual([
      "receiptElsewhere",
      "receiptFee",
      "receiptResults",
      "receiptPayees",
    ]);
    expect(found.at(-1)?.expected).toBe(`at least ${netWei}`);
  });
});
