import { type Bytes32, CodedError, isBytes32 } from "@cortensor/protocol";
import type { DeliverOutcome, Sink, SinkBatch, SinkHead } from "../sink.js";
import { SinkError } from "../sinkError.js";
import { planDelivery } from "./planDelivery.js";
import { RECORD_COLUMNS, recordRow } from "./recordRow.js";
import type { SqlConnection, SqlDriver, SqlFailure } from "./sqlDriver.js";
import { migrateSchema, numberOf } from "./sqlSchema.js";

/**
 * A sink in a database. Owns one connection, made when it is needed and again after any failure. A batch is one transaction,
 * which locks the session's row of progress first: two writers of one session, wherever they are, follow one another.
 */
export function createSqlSink(parts: { readonly driver: SqlDriver; readonly name: string }): Sink {
  const { driver, name } = parts;
  const { dialect } = driver;
  let connection: SqlConnection | undefined;

  const open = async (signal: AbortSignal): Promise<SqlConnection> => {
    if (connection) return connection;
    const fresh = await driver.connect(signal);
    connection = fresh;
    await migrateSchema(fresh, { dialect, sink: name });
    return fresh;
  };
  /** Runs the work on the connection, which its failure, or the signal, ends. */
  const use = async <Value>(
    signal: AbortSignal,
    work: (open: SqlConnection) => Promise<Value>,
  ): Promise<Value | Refusal> => {
    signal.throwIfAborted();
    const onAbort = (): void => connection?.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await work(await open(signal));
    } catch (error) {
      connection?.destroy();
      connection = undefined;
      signal.throwIfAborted();
      return refusalOrThrow(error, parts);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };

  return {
    kind: dialect.kind,
    name,
    async head(session, signal) {
      const head = await use(signal, (db) => readHead(db, { driver, session, lock: "" }));
      if (head !== undefined && "kind" in head) throw databaseFailed(name, head.reason);
      return head;
    },
    deliver: (batch, signal) => use(signal, (db) => deliver(db, { driver, name, batch })),
    async close() {
      const last = connection;
      connection = undefined;
      await last?.close();
    },
  };
}

type Refusal = { readonly kind: "refused"; readonly reason: string };

async function deliver(
  db: SqlConnection,
  { driver, name, batch }: { readonly driver: SqlDriver; readonly name: string; readonly batch: SinkBatch },
): Promise<DeliverOutcome> {
  const { dialect } = driver;
  const { session } = batch;
  const progress = dialect.table("progress");
  await db.query(dialect.begin);
  await db.query(`INSERT INTO ${progress} (session, through, task_id) VALUES (?, 0, '') ${dialect.onKnownSession}`, [
    session,
  ]);
  const head = await readHead(db, { driver, session, lock: dialect.forUpdate });
  const plan = planDelivery(head, batch);
  if (plan.kind === "gap") throw new SinkError({ code: "SINK_GAP", sink: name, has: plan.has, given: plan.given });
  if (plan.kind === "diverged")
    throw new SinkError({ code: "SINK_DIVERGED", sink: name, session, sequence: plan.sequence });
  const last = plan.records.at(-1);
  if (last) {
    const marks = `(${RECORD_COLUMNS.map(() => "?").join(", ")})`;
    await db.query(
      `INSERT INTO ${dialect.table("records")} (${RECORD_COLUMNS.join(", ")}) VALUES ${plan.records.map(() => marks).join(", ")} ${dialect.onKnownRecord}`,
      plan.records.flatMap(recordRow),
    );
    await db.query(`UPDATE ${progress} SET through = ?, task_id = ? WHERE session = ?`, [
      last.sequence,
      last.taskId,
      session,
    ]);
  }
  await db.query("COMMIT");
  return { kind: "delivered", through: last?.sequence ?? head?.sequence ?? 0 };
}

async function readHead(
  db: SqlConnection,
  { driver, session, lock }: { readonly driver: SqlDriver; readonly session: Bytes32; readonly lock: string },
): Promise<SinkHead | undefined> {
  const sql = `SELECT through, task_id FROM ${driver.dialect.table("progress")} WHERE session = ? ${lock}`;
  const [row] = await db.query(sql, [session]);
  const taskId = row?.task_id;
  return isBytes32(taskId) ? { sequence: numberOf(row, "through"), taskId } : undefined;
}

function refusalOrThrow(
  error: unknown,
  { driver, name }: { readonly driver: SqlDriver; readonly name: string },
): Refusal {
  if (error instanceof CodedError) throw error;
  const failure = driver.failureOf(error);
  if (failure.kind === "refused") return { kind: "refused", reason: failure.state };
  throw toSinkError(failure, name);
}

/** What a database's failure is called here. */
export function toSinkError(failure: SqlFailure, sink: string): SinkError {
  switch (failure.kind) {
    case "denied":
      return new SinkError({ code: "SINK_ACCESS_DENIED", sink, state: failure.state }, { isRetryable: true });
    case "unreachable":
      return new SinkError({ code: "SINK_UNREACHABLE", sink, reason: failure.reason }, { isRetryable: true });
    default:
      return databaseFailed(sink, failure.state);
  }
}

function databaseFailed(sink: string, state: string): SinkError {
  return new SinkError({ code: "SINK_DATABASE_FAILED", sink, state }, { isRetryable: true });
}
