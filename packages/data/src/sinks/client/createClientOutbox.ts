import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { DEFAULT_OUTBOX_BOUNDS, isBeyondReserve, isFull } from "../outbox/outboxBounds.js";
import type {
  AppendOutcome,
  OutboxBounds,
  OutboxLease,
  OutboxStatus,
  PageBounds,
  SinkOutbox,
} from "../outbox/sinkOutbox.js";
import { parseSinkRecord, type SinkDraft, type SinkRecord } from "../record/sinkRecord.js";
import { boundRecord } from "../record/withhold.js";
import type { SqlRow } from "../sql/sqlDriver.js";
import type { ClientDatabase } from "./clientDatabase.js";

type Parts = { readonly db: ClientDatabase; readonly bounds: OutboxBounds };

/** The outbox of all processes of one client, in its file. */
export function createClientOutbox(parts: {
  readonly db: ClientDatabase;
  readonly clock: Pick<Clock, "nowMs">;
  readonly bounds?: Partial<OutboxBounds>;
}): SinkOutbox {
  const { db, clock } = parts;
  const own: Parts = { db, bounds: { ...DEFAULT_OUTBOX_BOUNDS, ...parts.bounds } };
  return {
    append: async (draft) => db.atomically(() => append(own, draft)),
    async room(session) {
      const [all] = db.query("SELECT coalesce(sum(bytes), 0) AS bytes FROM client_outboxes");
      return isFull(statusOf(db, session), numberOf(all, "bytes"), own.bounds) ? "full" : "open";
    },
    status: async (session) => statusOf(db, session),
    async waiting(limit) {
      const sql = "SELECT session FROM client_outboxes WHERE last_sequence > delivered_through LIMIT ?";
      return db.query(sql, [limit]).flatMap(({ session }) => (isBytes32(session) ? [session] : []));
    },
    lease: async (session, claim) => lease(db, session, { ...claim, nowMs: clock.nowMs() }),
    async release({ session, epoch }) {
      db.query("UPDATE client_outboxes SET lease_until_ms = 0 WHERE session = ? AND lease_epoch = ?", [session, epoch]);
    },
    read: async (session, page) => read(db, session, page),
    async taskAt(session, sequence) {
      const sql = "SELECT task_id FROM client_records WHERE session = ? AND sequence = ?";
      const taskId = db.query(sql, [session, sequence])[0]?.task_id;
      return isBytes32(taskId) ? taskId : undefined;
    },
    acknowledge: async (held, through) => db.atomically(() => acknowledge(own, held, through)),
    discard: async (session) => db.atomically(() => discard(own, session)),
  };
}

function statusOf(db: ClientDatabase, session: Bytes32): OutboxStatus {
  const [row] = db.query("SELECT last_sequence, delivered_through, bytes FROM client_outboxes WHERE session = ?", [
    session,
  ]);
  const lastSequence = numberOf(row, "last_sequence");
  const deliveredThrough = numberOf(row, "delivered_through");
  return { lastSequence, deliveredThrough, records: lastSequence - deliveredThrough, bytes: numberOf(row, "bytes") };
}

function append({ db, bounds }: Parts, draft: SinkDraft): AppendOutcome {
  const { session, taskId } = draft;
  db.query("INSERT INTO client_outboxes (session) VALUES (?) ON CONFLICT DO NOTHING", [session]);
  const status = statusOf(db, session);
  const sql = "SELECT sequence FROM client_records WHERE session = ? AND task_id = ?";
  const [known] = db.query(sql, [session, taskId]);
  if (known !== undefined) return { kind: "known", sequence: numberOf(known, "sequence") };
  if (isBeyondReserve(status, bounds)) return { kind: "full" };
  const sequence = status.lastSequence + 1;
  const { record, text, bytes } = boundRecord({ ...draft, sequence }, bounds.recordBytesMax);
  const columns = "session, sequence, task_id, bytes, record";
  const values = [session, sequence, taskId, bytes, text];
  db.query(`INSERT INTO client_records (${columns}) VALUES (?, ?, ?, ?, ?)`, values);
  db.query("UPDATE client_outboxes SET last_sequence = ?, bytes = bytes + ? WHERE session = ?", [
    sequence,
    bytes,
    session,
  ]);
  return { kind: "appended", sequence, withheld: record.content.kind === "withheld" };
}

function lease(
  db: ClientDatabase,
  session: Bytes32,
  { holder, ms, nowMs }: { readonly holder: string; readonly ms: number; readonly nowMs: number },
): OutboxLease | undefined {
  const [row] = db.query(
    `INSERT INTO client_outboxes AS box (session, lease_holder, lease_epoch, lease_until_ms) VALUES (?1, ?2, 1, ?4)
     ON CONFLICT (session) DO UPDATE SET lease_holder = ?2, lease_until_ms = ?4,
       lease_epoch = box.lease_epoch + (CASE WHEN box.lease_holder = ?2 THEN 0 ELSE 1 END)
     WHERE box.lease_holder = ?2 OR box.lease_until_ms <= ?3
     RETURNING lease_epoch`,
    [session, holder, nowMs, nowMs + ms],
  );
  return row && { session, holder, epoch: numberOf(row, "lease_epoch") };
}

/** Lengths first, so that no more than the bounds is read. */
function read(db: ClientDatabase, session: Bytes32, page: PageBounds): readonly SinkRecord[] {
  const rows = db.query(
    `SELECT record FROM client_records WHERE session = ?1 AND record IS NOT NULL AND sequence IN (
       SELECT sequence FROM (
         SELECT sequence, row_number() OVER (ORDER BY sequence) AS nth, sum(bytes) OVER (ORDER BY sequence) AS size
         FROM (SELECT sequence, bytes FROM client_records WHERE session = ?1 AND sequence > ?2 AND record IS NOT NULL
               ORDER BY sequence LIMIT ?3) AS next) AS sized
       WHERE nth = 1 OR size <= ?4)
     ORDER BY sequence`,
    [session, page.after, page.recordsMax, page.bytesMax],
  );
  return rows.map(({ record }) => parseSinkRecord(String(record)));
}

function acknowledge({ db, bounds }: Parts, { session, epoch }: OutboxLease, asked: number): boolean {
  const [row] = db.query("SELECT lease_epoch FROM client_outboxes WHERE session = ?", [session]);
  if (row === undefined || numberOf(row, "lease_epoch") !== epoch) return false;
  letGo(db, session, { through: asked, idsKept: bounds.deliveredIdsKept });
  return true;
}

function discard({ db, bounds }: Parts, session: Bytes32): number {
  const { lastSequence: through, records } = statusOf(db, session);
  db.query(
    "UPDATE client_outboxes SET lease_holder = '', lease_epoch = lease_epoch + 1, lease_until_ms = 0 WHERE session = ?",
    [session],
  );
  letGo(db, session, { through, idsKept: bounds.deliveredIdsKept });
  return records;
}

function letGo(
  db: ClientDatabase,
  session: Bytes32,
  asked: { readonly through: number; readonly idsKept: number },
): void {
  const { lastSequence, deliveredThrough: from } = statusOf(db, session);
  const through = Math.min(asked.through, lastSequence);
  if (through <= from) return;
  const gone = "session = ?1 AND sequence > ?2 AND sequence <= ?3";
  db.query(
    `UPDATE client_outboxes SET delivered_through = ?3,
       bytes = bytes - (SELECT coalesce(sum(bytes), 0) FROM client_records WHERE ${gone}) WHERE session = ?1`,
    [session, from, through],
  );
  db.query(`UPDATE client_records SET record = NULL WHERE ${gone}`, [session, from, through]);
  db.query("DELETE FROM client_records WHERE session = ? AND sequence <= ?", [session, through - asked.idsKept]);
}

function numberOf(row: SqlRow | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}
