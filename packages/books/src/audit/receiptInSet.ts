import { type Bytes32, type ReceiptDocument, type SetEntry, type SettlementSet, setEntryId } from "@cortensor/protocol";
import { payeeEntriesOf } from "../payeeEntries.js";
import { type Difference, Differences } from "./difference.js";

/** Where a task stands in a settlement set, or between which two ids it would. */
export type SetPlace =
  | { readonly kind: "present"; readonly entry: SetEntry }
  | {
      readonly kind: "absent";
      /** The next lower id; none where the task's own would be the first. */
      readonly before?: Bytes32;
      /** The next higher id; none where the task's own would be the last. */
      readonly after?: Bytes32;
    };

/** Looks for a task. A set is in order of its ids, so two neighbours prove that nothing stands between them. */
export function placeInSet({ entries }: Pick<SettlementSet, "entries">, taskId: Bytes32): SetPlace {
  const id = setEntryId(taskId);
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.id ?? id) < id) low = middle + 1;
    else high = middle;
  }
  const entry = entries[low];
  if (entry?.id === id) return { kind: "present", entry };
  const before = entries[low - 1]?.id;
  return { kind: "absent", ...(before && { before }), ...(entry && { after: entry.id }) };
}

/** What an entry says otherwise than the receipt of its task. A payee may have more than the receipt promises it, not less. */
export function compareReceipt(
  { receipt, payees }: Pick<ReceiptDocument, "receipt" | "payees">,
  parts: { readonly entry: SetEntry; readonly lane: string; readonly settlementId: Bytes32 },
): readonly Difference[] {
  const { entry, lane, settlementId } = parts;
  const differences = new Differences();
  const where = `settlement ${settlementId}, task ${receipt.taskId}`;
  differences.compare("receiptElsewhere", { where, expected: receipt.operator, found: lane });
  differences.compare("receiptFee", { where, expected: receipt.feeWei, found: entry.feeWei });
  differences.compare("receiptResults", { where, expected: receipt.resultsHash, found: entry.resultsHash });
  const promised = new Map<string, bigint>();
  for (const { payee, netWei } of payeeEntriesOf({ receipt, payees })) {
    promised.set(payee, (promised.get(payee) ?? 0n) + netWei);
  }
  for (const [payee, netWei] of promised) {
    const found = entry.payees.find((one) => one.payee === payee)?.netWei ?? 0n;
    if (found >= netWei) continue;
    const facts = { where: `${where}, payee ${payee}`, expected: `at least ${netWei}`, found };
    differences.add("receiptPayees", facts);
  }
  return differences.all;
}
