import type { SqlDialect } from "../sql/sqlDriver.js";

export function sqliteDialect(names: { readonly prefix: string }): SqlDialect {
  const table = (name: string): string => `"${names.prefix}_${name}"`;
  return {
    kind: "sqlite",
    table,
    findVersionTable: {
      sql: "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = ?",
      values: [`${names.prefix}_schema`],
    },
    lockSchema: [],
    unlockSchema: [],
    createVersionTable: [
      `CREATE TABLE IF NOT EXISTS ${table("schema")} (
         version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
    ],
    migrations: [
      [
        `CREATE TABLE ${table("progress")} (
           session TEXT PRIMARY KEY, through INTEGER NOT NULL, task_id TEXT NOT NULL)`,
        `CREATE TABLE ${table("records")} (
           session TEXT NOT NULL,
           sequence INTEGER NOT NULL,
           task_id TEXT NOT NULL,
           model TEXT NOT NULL,
           prompt_kind TEXT,
           prompt TEXT,
           result TEXT,
           withheld TEXT,
           as_json TEXT,
           prompt_tokens INTEGER NOT NULL,
           completion_tokens INTEGER NOT NULL,
           fee_wei TEXT NOT NULL,
           receipt TEXT NOT NULL,
           asked_at_ms INTEGER NOT NULL,
           answered_at_ms INTEGER NOT NULL,
           PRIMARY KEY (session, sequence))`,
        `CREATE INDEX "${names.prefix}_records_by_task" ON ${table("records")} (task_id)`,
      ],
    ],
    // The lock of the whole file, from the beginning.
    begin: "BEGIN IMMEDIATE",
    onKnownSession: "ON CONFLICT (session) DO NOTHING",
    onKnownRecord: "ON CONFLICT (session, sequence) DO NOTHING",
    forUpdate: "",
    undoesSchemaChanges: true,
  };
}
