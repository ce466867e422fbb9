import {
  type Bytes32,
  findSplits,
  hashReceipt,
  netWei,
  type Payee,
  payeesHash,
  type Receipt,
  sumOfPayees,
} from "@cortensor/protocol";
import type { AuthorisedPeer } from "@cortensor/wire";
import type { OutboxEntry } from "./outboxEntry.js";

export type ReceiptVerdict =
  /** Everything that was earned. */
  | { readonly kind: "paid"; readonly wei: bigint; readonly netWei: bigint }
  /** Less than everything, but no less than what was acknowledged: the router says that it never saw the rest. */
  | { readonly kind: "short"; readonly wei: bigint; readonly netWei: bigint; readonly missingWei: bigint }
  | { readonly kind: "refused"; readonly reason: RefusedReceipt };

export type RefusedReceipt = "wrongTask" | "wrongOperator" | "badPayees" | "unknownSplits" | "unproven" | "underpaid";

/**
 * Whether a receipt lets the miner forget its result: promised by the router that sends it, in a batch that its registered key
 * signed, no less than what was acknowledged, and under splits that say how much of it is the miner's.
 */
export function verifyReceipt(parts: {
  readonly receipt: Receipt;
  readonly payees: readonly Payee[];
  readonly entry: OutboxEntry;
  /** The router that sends it, as its certificate proves it. */
  readonly router: AuthorisedPeer;
  /** Whether that router signed a batch with this struct in it. */
  readonly isProven: (structHash: Bytes32) => boolean;
}): ReceiptVerdict {
  const { receipt, payees, entry, router, isProven } = parts;
  const { result } = entry.reoffered;
  if (receipt.taskId !== result.taskId) return refused("wrongTask");
  if (receipt.operator !== entry.operator || router.owner !== entry.operator) return refused("wrongOperator");
  if (payeesHash(payees) !== receipt.payeesHash || sumOfPayees(payees) !== receipt.feeWei) return refused("badPayees");
  const splits = findSplits(receipt.splitsHash);
  if (splits === undefined) return refused("unknownSplits");
  if (!isProven(hashReceipt(receipt))) return refused("unproven");
  const own = payees.find(
    (payee) => payee.miner === result.miner && payee.replica === result.replica && payee.segment === result.segment,
  );
  const wei = own?.wei ?? 0n;
  const paid = { wei, netWei: netWei(wei, splits) };
  if (wei >= entry.owedWei) return { kind: "paid", ...paid };
  if (wei >= entry.acknowledgedWei) return { kind: "short", ...paid, missingWei: entry.owedWei - wei };
  return refused("underpaid");
}

function refused(reason: RefusedReceipt): ReceiptVerdict {
  return { kind: "refused", reason };
}
