import type { SqlConnection, SqlDriver, SqlFailure, SqlRow } from "../sql/sqlDriver.js";
import type { FileTarget } from "../target/sinkTarget.js";
import { sqliteDialect } from "./sqliteDialect.js";

/** Codes about a row: too large, of a wrong kind, against a client's own constraint. */
const ABOUT_A_ROW = ["SQLITE_CONSTRAINT", "SQLITE_TOOBIG", "SQLITE_MISMATCH"];
/** The file can't be written, or isn't such a file. */
const DENIED = ["SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_NOTADB"];

/**
 * A file, written by SQLite in this process and on its thread: a batch takes milliseconds and a sync of the disk. A file that
 * another process writes just then is tried again later rather than waited for.
 */
export function createSqliteDriver(target: FileTarget): SqlDriver {
  return {
    dialect: sqliteDialect(target),
    connect: () => connect(target),
    failureOf: sqliteFailure,
  };
}

async function connect({ path }: FileTarget): Promise<SqlConnection> {
  // Loaded where it is used: it has native parts.
  const { default: Database } = await import("libsql");
  const database = new Database(path, { timeout: 0 });
  const close = (): void => {
    if (!database.open) return;
    // Closing alone keeps an open transaction's lock for as long as its statements wait to be collected.
    if (database.inTransaction) database.exec("ROLLBACK");
    database.close();
  };
  return {
    async query(sql, values = []) {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.all([...values]).filter(isRow);
      statement.run([...values]);
      return [];
    },
    close: async () => close(),
    destroy: close,
  };
}

export function sqliteFailure(error: unknown): SqlFailure {
  const state = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!state.startsWith("SQLITE_")) return { kind: "unreachable", reason: "the file can't be opened" };
  if (ABOUT_A_ROW.some((begin) => state.startsWith(begin))) return { kind: "refused", state };
  if (DENIED.some((begin) => state.startsWith(begin))) return { kind: "denied", state };
  return { kind: "failed", state };
}

function isRow(row: unknown): row is SqlRow {
  return typeof row === "object" && row !== null;
}
