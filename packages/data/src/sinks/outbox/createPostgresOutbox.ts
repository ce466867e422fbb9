import type { Bytes32 } from "@cortensor/protocol";
import { type Clock, migrate } from "@cortensor/runtime";
import type pg from "pg";
import { parseSinkRecord, type SinkDraft, type SinkRecord } from "../record/sinkRecord.js";
import { boundRecord } from "../record/withhold.js";
import { DEFAULT_OUTBOX_BOUNDS, isBeyondReserve, isFull } from "./outboxBounds.js";
import { hashBytes, inTransaction, query, toHash } from "./outboxRows.js";
import { SINK_MIGRATIONS } from "./schema.js";
import type { AppendOutcome, OutboxBounds, OutboxLease, OutboxStatus, PageBounds, SinkOutbox } from "./sinkOutbox.js";

/**
 * The outbox of all routers of one operator, in their Postgres. Brings its own tables. `clock` times leases: routers whose clocks
 * differ by seconds wait that much longer for each other, or as much less.
 */
export async function createPostgresOutbox(parts: {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, "nowMs">;
  readonly bounds?: Partial<OutboxBounds>;
}): Promise<SinkOutbox> {
  const { pool, clock } = parts;
  const bounds = { ...DEFAULT_OUTBOX_BOUNDS, ...parts.bounds };
  await migrate(pool, SINK_MIGRATIONS, { room: "sinks" });
  return {
    append: (draft) => inTransaction(pool, (client) => append(client, draft, bounds)),
    async room(session) {
      const sql = "SELECT coalesce(sum(bytes), 0) AS bytes FROM sink_outboxes";
      const [all] = await query<{ bytes: string }>(pool, sql, []);
      return isFull(await readStatus(pool, session), Number(all?.bytes ?? 0), bounds) ? "full" : "open";
    },
    status: (session) => readStatus(pool, session),
    async waiting(limit) {
      const sql = "SELECT session FROM sink_outboxes WHERE last_sequence > delivered_through LIMIT $1";
      return (await query<{ session: Buffer }>(pool, sql, [limit])).map((row) => toHash(row.session));
    },
    lease: (session, claim) => lease(pool, session, { ...claim, nowMs: clock.nowMs() }),
    async release({ session, epoch }) {
      const sql = "UPDATE sink_outboxes SET lease_until_ms = 0 WHERE session = $1 AND lease_epoch = $2";
      await query(pool, sql, [hashBytes(session), epoch]);
    },
    read: (session, page) => read(pool, session, page),
    async taskAt(session, sequence) {
      const sql = "SELECT task_id FROM sink_records WHERE session = $1 AND sequence = $2";
      const [row] = await query<{ task_id: Buffer }>(pool, sql, [hashBytes(session), sequence]);
      return row && toHash(row.task_id);
    },
    acknowledge: (held, through) => inTransaction(pool, (client) => acknowledge(client, { held, through, bounds })),
    discard: (session) => inTransaction(pool, (client) => discard(client, session, bounds)),
  };
}

const STATUS = "SELECT last_sequence, delivered_through, bytes FROM sink_outboxes WHERE session = $1";
type StatusRow = { readonly last_sequence: string; readonly delivered_through: string; readonly bytes: string };

async function readStatus(pool: pg.Pool, session: Bytes32): Promise<OutboxStatus> {
  return toStatus(await query<StatusRow>(pool, STATUS, [hashBytes(session)]));
}

function toStatus([row]: readonly StatusRow[]): OutboxStatus {
  const lastSequence = Number(row?.last_sequence ?? 0);
  const deliveredThrough = Number(row?.delivered_through ?? 0);
  return { lastSequence, deliveredThrough, records: lastSequence - deliveredThrough, bytes: Number(row?.bytes ?? 0) };
}

async function append(client: pg.PoolClient, draft: SinkDraft, bounds: OutboxBounds): Promise<AppendOutcome> {
  const session = hashBytes(draft.session);
  const taskId = hashBytes(draft.taskId);
  await client.query("INSERT INTO sink_outboxes (session) VALUES ($1) ON CONFLICT DO NOTHING", [session]);
  const status = toStatus((await client.query<StatusRow>(`${STATUS} FOR UPDATE`, [session])).rows);
  const known = await client.query("SELECT sequence FROM sink_records WHERE session = $1 AND task_id = $2", [
    session,
    taskId,
  ]);
  if (known.rows.length > 0) return { kind: "known", sequence: Number(known.rows[0].sequence) };
  if (isBeyondReserve(status, bounds)) return { kind: "full" };
  const sequence = status.lastSequence + 1;
  const { record, text, bytes } = boundRecord({ ...draft, sequence }, bounds.recordBytesMax);
  await client.query(
    "INSERT INTO sink_records (session, sequence, task_id, bytes, record) VALUES ($1, $2, $3, $4, $5)",
    [session, sequence, taskId, bytes, text],
  );
  await client.query("UPDATE sink_outboxes SET last_sequence = $2, bytes = bytes + $3 WHERE session = $1", [
    session,
    sequence,
    bytes,
  ]);
  return { kind: "appended", sequence, withheld: record.content.kind === "withheld" };
}

async function lease(
  pool: pg.Pool,
  session: Bytes32,
  claim: { readonly holder: string; readonly ms: number; readonly nowMs: number },
): Promise<OutboxLease | undefined> {
  const { holder, ms, nowMs } = claim;
  const [row] = await query<{ lease_epoch: string }>(
    pool,
    `INSERT INTO sink_outboxes AS box (session, lease_holder, lease_epoch, lease_until_ms) VALUES ($1, $2, 1, $4)
     ON CONFLICT (session) DO UPDATE SET lease_holder = $2, lease_until_ms = $4,
       lease_epoch = box.lease_epoch + (CASE WHEN box.lease_holder = $2 THEN 0 ELSE 1 END)
     WHERE box.lease_holder = $2 OR box.lease_until_ms <= $3
     RETURNING lease_epoch`,
    [hashBytes(session), holder, nowMs, nowMs + ms],
  );
  return row && { session, holder, epoch: Number(row.lease_epoch) };
}

/** Lengths first, so that no more than the bounds is read. */
async function read(pool: pg.Pool, session: Bytes32, page: PageBounds): Promise<readonly SinkRecord[]> {
  const rows = await query<{ record: string }>(
    pool,
    `SELECT record FROM sink_records WHERE session = $1 AND record IS NOT NULL AND sequence IN (
       SELECT sequence FROM (
         SELECT sequence, row_number() OVER (ORDER BY sequence) AS nth, sum(bytes) OVER (ORDER BY sequence) AS size
         FROM (SELECT sequence, bytes FROM sink_records WHERE session = $1 AND sequence > $2 AND record IS NOT NULL
               ORDER BY sequence LIMIT $3) AS next) AS sized
       WHERE nth = 1 OR size <= $4)
     ORDER BY sequence`,
    [hashBytes(session), page.after, page.recordsMax, page.bytesMax],
  );
  return rows.map(({ record }) => parseSinkRecord(record));
}

async function acknowledge(
  client: pg.PoolClient,
  asked: { readonly held: OutboxLease; readonly through: number; readonly bounds: OutboxBounds },
): Promise<boolean> {
  const { held, bounds } = asked;
  const session = hashBytes(held.session);
  const { rows } = await client.query(
    "SELECT lease_epoch, last_sequence, delivered_through FROM sink_outboxes WHERE session = $1 FOR UPDATE",
    [session],
  );
  if (rows.length === 0 || Number(rows[0].lease_epoch) !== held.epoch) return false;
  const from = Number(rows[0].delivered_through);
  const through = Math.min(asked.through, Number(rows[0].last_sequence));
  if (through > from) await letGo(client, { session, from, through, bounds });
  return true;
}

async function discard(client: pg.PoolClient, of: Bytes32, bounds: OutboxBounds): Promise<number> {
  const session = hashBytes(of);
  const status = toStatus((await client.query<StatusRow>(`${STATUS} FOR UPDATE`, [session])).rows);
  const { deliveredThrough: from, lastSequence: through, records } = status;
  await client.query(
    "UPDATE sink_outboxes SET lease_holder = '', lease_epoch = lease_epoch + 1, lease_until_ms = 0 WHERE session = $1",
    [session],
  );
  if (through > from) await letGo(client, { session, from, through, bounds });
  return records;
}

async function letGo(
  client: pg.PoolClient,
  of: { readonly session: Buffer; readonly from: number; readonly through: number; readonly bounds: OutboxBounds },
): Promise<void> {
  const { session, from, through, bounds } = of;
  await client.query(
    `WITH gone AS (
       UPDATE sink_records SET record = NULL WHERE session = $1 AND sequence > $2 AND sequence <= $3 RETURNING bytes)
     UPDATE sink_outboxes SET delivered_through = $3, bytes = bytes - (SELECT coalesce(sum(bytes), 0) FROM gone)
     WHERE session = $1`,
    [session, from, through],
  );
  await client.query("DELETE FROM sink_records WHERE session = $1 AND sequence <= $2", [
    session,
    through - bounds.deliveredIdsKept,
  ]);
}
