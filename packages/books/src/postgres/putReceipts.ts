import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { uniqueReceipts } from "../assertInput.js";
import { bookingOf } from "../bookingOf.js";
import type { BookedReceipt, NewReceipt } from "../books.js";
import { BooksError } from "../booksError.js";
import { minWei, remainingWei } from "../budget.js";
import type { OwedFee } from "../holdBook.js";
import { type PayeeEntry, payeeEntriesOf } from "../payeeEntries.js";
import {
  accountBudgetId,
  type BudgetId,
  keyBudgetId,
  type LockedBudget,
  lockBudgets,
  lockEpoch,
  writeBudgets,
} from "./budgetRows.js";
import { insertCheckpoints } from "./checkpointRows.js";
import { toByteaArray, toHex } from "./hexBytes.js";
import type { LeaseKeeper } from "./leaseKeeper.js";
import { addEntries } from "./payeeRows.js";
import { insertReceipts, type PlacedReceipt } from "./receiptRows.js";
import type { Slice } from "./slice.js";
import { inTransaction } from "./transaction.js";

type Matched = { readonly booked: BookedReceipt; readonly owed: OwedFee<Slice> | undefined };

/**
 * Inserts receipts and charges their fees, all in one transaction: from the lease where a released hold backs them, else
 * from the row. A crash before the commit leaves neither, one after it both.
 */
export function putReceipts(
  parts: { readonly pool: pg.Pool; readonly keeper: LeaseKeeper },
  receipts: readonly NewReceipt[],
): Promise<void> {
  const unique = uniqueReceipts(receipts);
  const entries = new Map(unique.map((booked) => [booked, payeeEntriesOf(booked)]));
  if (unique.length === 0) return Promise.resolve();
  return parts.keeper.runSerially(async () => {
    const { keeper } = parts;
    const { holds } = keeper;
    const matched: Matched[] = receipts.map((booked) => ({ booked, owed: holds.take(bookingOf(booked)) }));
    const ids = [...new Set(unique.flatMap(budgetIdsOf))];
    try {
      const { budgets, uncovered } = await book(parts, { unique, entries, matched, ids });
      for (const { booked, owed } of matched) if (owed) holds.settle(bookingOf(booked), owed);
      keeper.applyLeases(budgets);
      if (uncovered.length > 0) throw new BooksError({ code: "BOOKS_RECEIPTS_UNCOVERED", taskIds: uncovered });
    } catch (error) {
      if (error instanceof BooksError && error.code === "BOOKS_RECEIPTS_UNCOVERED") throw error;
      for (const { booked, owed } of matched) if (owed) holds.restore(bookingOf(booked), owed);
      keeper.distrust(ids);
      throw error;
    }
  });
}

type Batch = {
  readonly unique: readonly NewReceipt[];
  readonly entries: ReadonlyMap<BookedReceipt, readonly PayeeEntry[]>;
  readonly matched: readonly Matched[];
  readonly ids: readonly BudgetId[];
};

function book(
  { pool, keeper }: { readonly pool: pg.Pool; readonly keeper: LeaseKeeper },
  { unique, entries, matched, ids }: Batch,
): Promise<{ readonly budgets: readonly LockedBudget[]; readonly uncovered: readonly Bytes32[] }> {
  return inTransaction(pool, "put receipts", async (client) => {
    const isStanding = await lockEpoch(client, keeper.epoch);
    const budgets = await lockBudgets(client, ids, keeper.epoch);
    // The rows are locked: whoever else has a receipt of these tasks waits, or has committed and is seen here.
    const known = await readKnown(client, unique);
    const backed = new Set(
      matched.filter(({ owed }) => isStanding && owed?.sources.every((s) => s.isAlive)).map(({ booked }) => booked),
    );
    const placed: PlacedReceipt[] = [];
    const uncovered: Bytes32[] = [];
    for (const booked of unique) {
      if (known.has(booked.receipt.taskId)) continue;
      const laneIndex = charge(booked, { budgets, isBacked: backed.has(booked) });
      if (laneIndex === undefined) uncovered.push(booked.receipt.taskId);
      else placed.push({ booked, laneIndex });
    }
    if (placed.length > 0) {
      await insertReceipts(client, placed);
      await insertCheckpoints(
        client,
        placed.map(({ booked }) => booked),
      );
      await writeBudgets(client, budgets.values(), keeper.epoch);
      await addEntries(
        client,
        placed.flatMap(({ booked }) => entries.get(booked) ?? []),
      );
    }
    return { budgets: [...budgets.values()], uncovered };
  });
}

/** Charges every budget of a receipt and gives its place in the lane; changes nothing, and gives none, when one can't pay. */
function charge(
  booked: BookedReceipt,
  parts: { readonly budgets: ReadonlyMap<BudgetId, LockedBudget>; readonly isBacked: boolean },
): number | undefined {
  const { feeWei, nIn, nOut } = booked.receipt;
  const taken = budgetIdsOf(booked).map((id) => {
    const budget = parts.budgets.get(id);
    const leaseWei = budget && parts.isBacked ? minWei(feeWei, budget.leaseWei) : 0n;
    return { budget, leaseWei };
  });
  const account = taken[0]?.budget;
  const canPay = taken.every(({ budget, leaseWei }) => {
    if (!budget) return false;
    const remaining = remainingWei(budget);
    return remaining === undefined || feeWei === leaseWei || remaining >= feeWei - leaseWei;
  });
  if (!account || !canPay) return undefined;
  const laneIndex = account.receipts;
  for (const { budget, leaseWei } of taken) {
    if (!budget) continue;
    budget.leaseWei -= leaseWei;
    budget.asideWei -= leaseWei;
    budget.spentWei += feeWei;
    budget.receipts += 1;
    budget.tokensIn += nIn;
    budget.tokensOut += nOut;
  }
  return laneIndex;
}

function budgetIdsOf({ receipt, keyHash }: BookedReceipt): readonly BudgetId[] {
  const account = accountBudgetId(receipt.account);
  return keyHash === undefined ? [account] : [account, keyBudgetId(keyHash)];
}

async function readKnown(client: pg.PoolClient, receipts: readonly BookedReceipt[]): Promise<ReadonlySet<Bytes32>> {
  const { rows } = await client.query<{ task_id: Buffer }>(
    "SELECT task_id FROM receipts WHERE task_id = ANY($1::bytea[])",
    [toByteaArray(receipts.map(({ receipt }) => receipt.taskId))],
  );
  return new Set(rows.map((row) => toHex(row.task_id)));
}
