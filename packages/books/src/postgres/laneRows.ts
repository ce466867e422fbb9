import type { Address, Bytes32, SignedDebit } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import type { LaneBooks, ReceiptCommitment } from "../books.js";
import { DEBITS_KEPT_MAX, PAGE_ROWS_MAX } from "../limits.js";
import { receiptCommitment } from "../receiptCommitment.js";
import { appendLeaves, type ReceiptTree, rootOfReceiptTree } from "../receiptTree.js";
import { accountBudgetId } from "./budgetRows.js";
import { toBuffer, toHex } from "./hexBytes.js";
import { type ReceiptRow, SELECT_RECEIPTS, toBookedReceipt, toWords } from "./receiptRows.js";
import { inTransaction, query } from "./transaction.js";

/** Receipts hashed in one go: some milliseconds, in which nothing else runs. */
const TREE_PAGE = 128;

/** What of a lane's state is in the database; what is held is the process's. */
export type LaneRow = Omit<LaneBooks, "heldWei" | "lane">;

/**
 * Reads a lane. Its tree is kept up to a count of receipts; those that came since are added now, page by page, and the tree
 * is written back. The row's count and sum are of one moment, and so is the root: of exactly that many leaves.
 */
export async function readLane(pool: pg.Pool, account: number): Promise<LaneRow | undefined> {
  const { rows } = await query<{
    allotment_wei: string;
    chunk_wei: string | null;
    salt: Buffer;
    tree_count: string;
    tree_peaks: Buffer;
    debited_wei: string;
    spent_wei: string;
    receipts: string;
  }>(pool, {
    during: "read a lane",
    text: `SELECT s.allotment_wei, s.chunk_wei, s.salt, s.tree_count, s.tree_peaks, b.debited_wei, b.spent_wei, b.receipts
           FROM sessions s JOIN budgets b ON b.id = $2 WHERE s.account = $1`,
    values: [account, accountBudgetId(account)],
  });
  const [row] = rows;
  if (!row) return undefined;
  const count = Number(row.receipts);
  const salt = toHex(row.salt);
  const kept: ReceiptTree = { count: Number(row.tree_count), peaks: toWords(row.tree_peaks) };
  const tree = await growTree(pool, { account, salt, tree: kept, count });
  return {
    account,
    allotmentWei: BigInt(row.allotment_wei),
    ...(row.chunk_wei === null ? {} : { chunkWei: BigInt(row.chunk_wei) }),
    spentWei: BigInt(row.spent_wei),
    debitedWei: BigInt(row.debited_wei),
    count,
    receiptsRoot: rootOfReceiptTree(tree),
    salt,
  };
}

export async function readCommitments(
  pool: pg.Pool,
  page: { readonly account: number; readonly from: number; readonly limit: number },
): Promise<readonly ReceiptCommitment[]> {
  assertLimit(page.limit, PAGE_ROWS_MAX);
  const { rows } = await query<{ salt: Buffer }>(pool, {
    during: "read a lane's salt",
    text: "SELECT salt FROM sessions WHERE account = $1",
    values: [page.account],
  });
  const [row] = rows;
  return row ? readPage(pool, { ...page, salt: toHex(row.salt) }) : [];
}

export async function putDebit(
  pool: pg.Pool,
  put: { readonly signed: SignedDebit; readonly lane: Address },
): Promise<void> {
  const { debit, signature } = put.signed;
  const lane = toBuffer(debit.lane);
  await inTransaction(pool, "put a debit", async (client) => {
    await client.query(
      `INSERT INTO debits (account, lane, cumulative_wei, receipts_root, count, epoch, signature)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [
        debit.account,
        lane,
        debit.cumulativeWei.toString(),
        toBuffer(debit.receiptsRoot),
        debit.count,
        debit.epoch,
        toBuffer(signature),
      ],
    );
    await client.query(
      `DELETE FROM debits WHERE account = $1 AND lane = $2 AND cumulative_wei < (
         SELECT cumulative_wei FROM debits WHERE account = $1 AND lane = $2
         ORDER BY cumulative_wei DESC OFFSET $3 LIMIT 1)`,
      [debit.account, lane, DEBITS_KEPT_MAX - 1],
    );
    if (debit.lane.toLowerCase() !== put.lane) return;
    await client.query("UPDATE budgets SET debited_wei = greatest(debited_wei, $2::numeric) WHERE id = $1", [
      accountBudgetId(debit.account),
      debit.cumulativeWei.toString(),
    ]);
  });
}

export async function readDebits(
  pool: pg.Pool,
  of: { readonly account: number; readonly lane: Address; readonly limit: number },
): Promise<readonly SignedDebit[]> {
  type DebitRow = { cumulative_wei: string; receipts_root: Buffer; count: string; epoch: string; signature: Buffer };
  const { rows } = await query<DebitRow>(pool, {
    during: "read debits",
    text: `SELECT cumulative_wei, receipts_root, count, epoch, signature FROM debits
           WHERE account = $1 AND lane = $2 ORDER BY cumulative_wei DESC LIMIT $3`,
    values: [of.account, toBuffer(of.lane), of.limit],
  });
  return rows.map((row) => ({
    debit: {
      account: of.account,
      lane: of.lane.toLowerCase() as Address,
      cumulativeWei: BigInt(row.cumulative_wei),
      receiptsRoot: toHex(row.receipts_root),
      count: Number(row.count),
      epoch: Number(row.epoch),
    },
    signature: toHex(row.signature),
  }));
}

type Growth = { readonly account: number; readonly salt: Bytes32; readonly tree: ReceiptTree; readonly count: number };

async function growTree(pool: pg.Pool, growth: Growth): Promise<ReceiptTree> {
  let { tree } = growth;
  while (tree.count < growth.count) {
    const limit = Math.min(TREE_PAGE, growth.count - tree.count);
    const page = await readPage(pool, { account: growth.account, salt: growth.salt, from: tree.count, limit });
    tree = appendLeaves(
      tree,
      page.map(({ commitment }) => commitment),
    );
    await query(pool, {
      during: "write a lane's tree",
      text: "UPDATE sessions SET tree_count = $2, tree_peaks = $3 WHERE account = $1 AND tree_count < $2",
      values: [growth.account, tree.count, Buffer.concat(tree.peaks.map(toBuffer))],
    });
  }
  return tree;
}

async function readPage(
  pool: pg.Pool,
  page: { readonly account: number; readonly salt: Bytes32; readonly from: number; readonly limit: number },
): Promise<readonly ReceiptCommitment[]> {
  const { rows } = await query<ReceiptRow>(pool, {
    during: "read a lane's receipts",
    text: `${SELECT_RECEIPTS} WHERE r.account = $1 AND r.lane_index >= $2 ORDER BY r.lane_index LIMIT $3`,
    values: [page.account, page.from, page.limit],
  });
  return rows.map((row) => {
    const { receipt } = toBookedReceipt(row);
    const commitment = receiptCommitment(page.salt, receipt);
    return { index: Number(row.lane_index), taskId: receipt.taskId, feeWei: receipt.feeWei, commitment };
  });
}
