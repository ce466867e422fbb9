import { SinkError } from "../sinkError.js";
import type { SqlConnection, SqlDialect, SqlRow } from "./sqlDriver.js";

export type SchemaReport = {
  /** Version found; 0 when there was none. */
  readonly found: number;
  /** Version that this program writes. */
  readonly known: number;
};

/** Which version a database has. Changes nothing. */
export async function readSchema(connection: SqlConnection, dialect: SqlDialect): Promise<SchemaReport> {
  const { sql, values } = dialect.findVersionTable;
  const [there] = await connection.query(sql, values);
  const known = dialect.migrations.length;
  if (numberOf(there, "n") === 0) return { found: 0, known };
  const [row] = await connection.query(`SELECT coalesce(max(version), 0) AS n FROM ${dialect.table("schema")}`);
  return { found: numberOf(row, "n"), known };
}

/**
 * Brings a database's tables up to date, forward only, each version in one transaction where the database can. Safe from many
 * processes at once. Throws SINK_NEWER_SCHEMA when a later program has been there.
 *
 * `end`: `ROLLBACK` tries it all and leaves nothing, where the database can undo changes of its schema.
 */
export async function migrateSchema(
  connection: SqlConnection,
  parts: { readonly dialect: SqlDialect; readonly sink: string; readonly end?: "COMMIT" | "ROLLBACK" },
): Promise<SchemaReport> {
  const { dialect, sink, end = "COMMIT" } = parts;
  const before = await readSchema(connection, dialect);
  refuseNewer(before, sink);
  if (before.found === before.known) return before;
  await connection.query(dialect.begin);
  await runAll(connection, dialect.lockSchema);
  await runAll(connection, dialect.createVersionTable);
  const { found, known } = await readSchema(connection, dialect);
  refuseNewer({ found, known }, sink);
  for (const [index, statements] of dialect.migrations.entries()) {
    if (index < found) continue;
    await runAll(connection, statements);
    await connection.query(`INSERT INTO ${dialect.table("schema")} (version) VALUES (${index + 1})`);
  }
  await runAll(connection, dialect.unlockSchema);
  await connection.query(end);
  return before;
}

function refuseNewer({ found, known }: SchemaReport, sink: string): void {
  if (found > known) throw new SinkError({ code: "SINK_NEWER_SCHEMA", sink, found, known });
}

async function runAll(connection: SqlConnection, statements: readonly string[]): Promise<void> {
  for (const sql of statements) await connection.query(sql);
}

/** A count that a database may give as text. */
export function numberOf(row: SqlRow | undefined, field: string): number {
  return Number(row?.[field] ?? 0);
}
