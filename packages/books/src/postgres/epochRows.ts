import type { Logger } from "@cortensor/runtime";
import type pg from "pg";
import { inTransaction, query } from "./transaction.js";

/** Dead routers reclaimed in one round: more wait for the next. */
const RECLAIMED_AT_ONCE = 16;

type Terms = { readonly routerId: string; readonly leaseMs: number; readonly longestTaskMs: number };

/** Takes a lease epoch: a number that no other start of any router ever has. All times are the database's. */
export async function startEpoch(pool: pg.Pool, terms: Terms): Promise<string> {
  const { rows } = await query<{ lease_epoch: string }>(pool, {
    during: "start a lease epoch",
    text: `INSERT INTO routers (router_id, expires_at, reclaim_at)
           VALUES ($1, now() + $2 * interval '1 ms', now() + $3 * interval '1 ms') RETURNING lease_epoch`,
    values: [terms.routerId, terms.leaseMs, terms.leaseMs + terms.longestTaskMs],
  });
  return rows[0]?.lease_epoch ?? "";
}

/** False when the epoch was reclaimed. */
export async function renewEpoch(pool: pg.Pool, terms: Terms & { readonly epoch: string }): Promise<boolean> {
  const { rowCount } = await query(pool, {
    during: "renew the lease",
    text: `UPDATE routers SET expires_at = now() + $2 * interval '1 ms', reclaim_at = now() + $3 * interval '1 ms'
           WHERE lease_epoch = $1`,
    values: [terms.epoch, terms.leaseMs, terms.leaseMs + terms.longestTaskMs],
  });
  return rowCount === 1;
}

export async function countLiveRouters(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ live: string }>(
    "SELECT count(*) AS live FROM routers WHERE expires_at > now()",
  );
  return Number(rows[0]?.live ?? 0);
}

/** Gives everything of an epoch back to its rows. */
export async function endEpoch(pool: pg.Pool, epoch: string): Promise<void> {
  await inTransaction(pool, "end the lease epoch", async (client) => {
    await client.query("SELECT 1 FROM routers WHERE lease_epoch = $1 FOR UPDATE", [epoch]);
    await returnLeases(client, epoch);
  });
}

/**
 * Ends the epochs of earlier processes of a router, at its start: they are dead, and their slices needn't wait. Should one
 * live after all, it is fenced: what it books is charged to the rows, never over them.
 */
export async function endPredecessors(pool: pg.Pool, routerId: string): Promise<void> {
  const { rows } = await query<{ lease_epoch: string }>(pool, {
    during: "find earlier lease epochs",
    text: "SELECT lease_epoch FROM routers WHERE router_id = $1 ORDER BY 1 LIMIT $2",
    values: [routerId, RECLAIMED_AT_ONCE],
  });
  for (const row of rows) await endEpoch(pool, row.lease_epoch);
}

/** Gives the slices of routers that are long dead back to their rows. Many routers may try: each dead one is taken once. */
export async function reclaimDeadRouters(pool: pg.Pool, log: Logger): Promise<void> {
  for (let round = 0; round < RECLAIMED_AT_ONCE; round++) {
    const routerId = await inTransaction(pool, "reclaim leases", async (client) => {
      const { rows } = await client.query<{ lease_epoch: string; router_id: string }>(
        "SELECT lease_epoch, router_id FROM routers WHERE reclaim_at < now() ORDER BY 1 LIMIT 1 FOR UPDATE SKIP LOCKED",
      );
      const [dead] = rows;
      if (dead) await returnLeases(client, dead.lease_epoch);
      return dead?.router_id;
    });
    if (routerId === undefined) return;
    log.warn("Reclaimed the slices of a dead router", { routerId });
  }
}

/** The epoch's row is locked: nobody leases under it any more. Budget rows are locked in their one order. */
async function returnLeases(client: pg.PoolClient, epoch: string): Promise<void> {
  await client.query(
    `SELECT 1 FROM budgets WHERE id IN (SELECT budget_id FROM leases WHERE lease_epoch = $1) ORDER BY id FOR UPDATE`,
    [epoch],
  );
  await client.query(
    `WITH gone AS (DELETE FROM leases WHERE lease_epoch = $1 RETURNING budget_id, wei)
     UPDATE budgets b SET leased_wei = b.leased_wei - gone.wei FROM gone WHERE b.id = gone.budget_id`,
    [epoch],
  );
  await client.query("DELETE FROM routers WHERE lease_epoch = $1", [epoch]);
}
