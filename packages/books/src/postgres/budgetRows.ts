import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import type { Budget } from "../budget.js";

/** Key of a budget row. */
export type BudgetId = string;

export function accountBudgetId(account: number): BudgetId {
  return `account:${account}`;
}

export function keyBudgetId(keyHash: Bytes32): BudgetId {
  return `key:${keyHash}`;
}

/** A budget row while it is locked, to be changed in place and written back. */
export type LockedBudget = { -readonly [Field in keyof Budget]: Budget[Field] } & {
  readonly id: BudgetId;
  receipts: number;
  tokensIn: number;
  tokensOut: number;
  /** This router's lease on it. */
  leaseWei: bigint;
};

type BudgetRow = {
  id: string;
  limit_wei: string | null;
  chunk_wei: string | null;
  debited_wei: string;
  spent_wei: string;
  leased_wei: string;
  receipts: string;
  tokens_in: string;
  tokens_out: string;
};

/** Whether the epoch still stands. Keeps it from being reclaimed until the transaction ends. */
export async function lockEpoch(client: pg.PoolClient, epoch: string): Promise<boolean> {
  const { rowCount } = await client.query("SELECT 1 FROM routers WHERE lease_epoch = $1 FOR SHARE", [epoch]);
  return rowCount === 1;
}

/** Locks the rows that exist, always in one order, so that two routers never wait for each other. Lock the epoch first. */
export async function lockBudgets(
  client: pg.PoolClient,
  ids: readonly BudgetId[],
  epoch: string,
): Promise<Map<BudgetId, LockedBudget>> {
  const { rows } = await client.query<BudgetRow>(
    `SELECT id, limit_wei, chunk_wei, debited_wei, spent_wei, leased_wei, receipts, tokens_in, tokens_out
     FROM budgets WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
    [ids],
  );
  const leases = await client.query<{ budget_id: string; wei: string }>(
    "SELECT budget_id, wei FROM leases WHERE lease_epoch = $1 AND budget_id = ANY($2)",
    [epoch, ids],
  );
  const leaseOf = new Map(leases.rows.map((row) => [row.budget_id, BigInt(row.wei)]));
  return new Map(rows.map((row) => [row.id, toBudget(row, leaseOf.get(row.id) ?? 0n)]));
}

/** Writes back what may have changed: taken amounts, counters, and this router's leases. */
export async function writeBudgets(
  client: pg.PoolClient,
  budgets: Iterable<LockedBudget>,
  epoch: string,
): Promise<void> {
  const all = [...budgets];
  const ids = all.map(({ id }) => id);
  await client.query(
    `UPDATE budgets b SET spent_wei = n.spent, leased_wei = n.leased, receipts = n.receipts,
       tokens_in = n.tokens_in, tokens_out = n.tokens_out
     FROM unnest($1::text[], $2::numeric[], $3::numeric[], $4::bigint[], $5::bigint[], $6::bigint[])
       AS n(id, spent, leased, receipts, tokens_in, tokens_out)
     WHERE b.id = n.id`,
    [
      ids,
      all.map(({ spentWei }) => spentWei.toString()),
      all.map(({ asideWei }) => asideWei.toString()),
      all.map(({ receipts }) => receipts),
      all.map(({ tokensIn }) => tokensIn),
      all.map(({ tokensOut }) => tokensOut),
    ],
  );
  await client.query(
    `INSERT INTO leases (lease_epoch, budget_id, wei)
     SELECT $1, n.id, n.wei FROM unnest($2::text[], $3::numeric[]) AS n(id, wei)
     WHERE EXISTS (SELECT 1 FROM routers WHERE lease_epoch = $1)
     ON CONFLICT (lease_epoch, budget_id) DO UPDATE SET wei = excluded.wei WHERE leases.wei <> excluded.wei`,
    [epoch, ids, all.map(({ leaseWei }) => leaseWei.toString())],
  );
}

function toBudget(row: BudgetRow, leaseWei: bigint): LockedBudget {
  return {
    id: row.id,
    ...(row.limit_wei === null ? {} : { limitWei: BigInt(row.limit_wei) }),
    ...(row.chunk_wei === null ? {} : { chunkWei: BigInt(row.chunk_wei) }),
    debitedWei: BigInt(row.debited_wei),
    spentWei: BigInt(row.spent_wei),
    asideWei: BigInt(row.leased_wei),
    receipts: Number(row.receipts),
    tokensIn: Number(row.tokens_in),
    tokensOut: Number(row.tokens_out),
    leaseWei,
  };
}
