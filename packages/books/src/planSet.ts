import { type Address, encodeSettlementSet, type SettlementSet, setEntryId } from "@cortensor/protocol";
import type { BookedReceipt } from "./books.js";
import type { Credit } from "./planSettlement.js";
import { shareByWeight } from "./settlementSplits.js";

/**
 * The public record of a settlement: one entry of each receipt. A payee's nets over the entries are exactly its credit, each its part
 * by what it earned there. Throws PROTOCOL_BAD_SET for no receipts, or a task that more payees shared than an entry holds.
 */
export function planSet(
  receipts: readonly BookedReceipt[],
  credits: readonly Pick<Credit, "payee" | "wei">[],
): SettlementSet {
  const earned = earnedBy(receipts);
  const nets = receipts.map(() => new Map<Address, bigint>());
  for (const { payee, wei } of credits) {
    const parts = [...(earned.get(payee) ?? [])];
    const shares = shareByWeight(
      wei,
      parts.map(([, weight]) => weight),
    );
    for (const [place, [index]] of parts.entries()) nets[index]?.set(payee, shares[place] ?? 0n);
  }
  return encodeSettlementSet(
    receipts.map(({ receipt }, index) => ({
      id: setEntryId(receipt.taskId),
      resultsHash: receipt.resultsHash,
      feeWei: receipt.feeWei,
      payees: [...(nets[index] ?? [])]
        .filter(([, netWei]) => netWei > 0n)
        .map(([payee, netWei]) => ({ payee, netWei })),
    })),
  );
}

/** What each payee earned in which receipt, before any share is taken. */
function earnedBy(receipts: readonly BookedReceipt[]): ReadonlyMap<Address, ReadonlyMap<number, bigint>> {
  const earned = new Map<Address, Map<number, bigint>>();
  for (const [index, { payees }] of receipts.entries()) {
    for (const { miner, wei } of payees) {
      const payee = miner.toLowerCase() as Address;
      const own = earned.get(payee) ?? new Map<number, bigint>();
      own.set(index, (own.get(index) ?? 0n) + wei);
      earned.set(payee, own);
    }
  }
  return earned;
}
