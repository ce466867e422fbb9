import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { CodedError } from "@cortensor/protocol";
import { SinkError } from "../sinkError.js";
import type { SqlRow, SqlValue } from "../sql/sqlDriver.js";
import { CLIENT_SCHEMA } from "./clientSchema.js";

/** Another process of the same home writes for milliseconds. */
const BUSY_MS = 5_000;

/** A client's own file. Each call is one transaction on this thread, on disk when it returns. What it throws is SINK_OUTBOX_FAILED. */
export type ClientDatabase = {
  readonly query: (sql: string, values?: readonly SqlValue[]) => readonly SqlRow[];
  /** Runs the work between BEGIN and COMMIT; the file is its alone until then. */
  readonly atomically: <Value>(work: () => Value) => Value;
  readonly close: () => void;
};

/** Opens it, for its owner's eyes alone: it holds what was asked and answered until a sink has it. Processes may share it. */
export async function openClientDatabase(path: string): Promise<ClientDatabase> {
  // Loaded where it is used: it has native parts.
  const { default: Database } = await import("libsql");
  const database = guarded(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
    return new Database(path, { timeout: BUSY_MS });
  });
  const query = (sql: string, values: readonly SqlValue[] = []): readonly SqlRow[] => {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all([...values]).filter(isRow);
    statement.run([...values]);
    return [];
  };
  const atomically = <Value>(work: () => Value): Value => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const value = work();
      database.exec("COMMIT");
      return value;
    } catch (error) {
      if (database.inTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
  guarded(() => {
    // What a sink has is overwritten, not only forgotten; what was committed outlives the machine's own end.
    for (const pragma of [
      `busy_timeout = ${BUSY_MS}`,
      "journal_mode = WAL",
      "synchronous = FULL",
      "secure_delete = ON",
    ])
      query(`PRAGMA ${pragma}`);
    atomically(() => database.exec(CLIENT_SCHEMA));
  });
  return {
    query: (sql, values) => guarded(() => query(sql, values)),
    atomically: (work) => guarded(() => atomically(work)),
    close: () => {
      if (database.open) database.close();
    },
  };
}

/** Without the error itself: it may quote a row. */
function guarded<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const state = error instanceof Error && "code" in error ? String(error.code) : "none";
    throw new SinkError({ code: "SINK_OUTBOX_FAILED", state }, { isRetryable: true });
  }
}

function isRow(row: unknown): row is SqlRow {
  return typeof row === "object" && row !== null;
}
