import type { SqlDialect } from "../sql/sqlDriver.js";

/** Any fixed number: whoever changes a sink's schema waits for it. */
const SCHEMA_LOCK = 4_711_028;

export function postgresDialect(names: { readonly schema?: string; readonly prefix: string }): SqlDialect {
  const within = names.schema === undefined ? "" : `"${names.schema}".`;
  const table = (name: string): string => `${within}"${names.prefix}_${name}"`;
  return {
    kind: "postgres",
    table,
    findVersionTable: { sql: "SELECT (to_regclass(?) IS NOT NULL)::int AS n", values: [table("schema")] },
    lockSchema: [`SELECT pg_advisory_xact_lock(${SCHEMA_LOCK})`],
    unlockSchema: [],
    createVersionTable: [
      ...(names.schema === undefined ? [] : [createSchema(names.schema)]),
      `CREATE TABLE IF NOT EXISTS ${table("schema")} (
         version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    ],
    migrations: [
      [
        `CREATE TABLE ${table("progress")} (
           session text PRIMARY KEY, through bigint NOT NULL, task_id text NOT NULL)`,
        `CREATE TABLE ${table("records")} (
           session text NOT NULL,
           sequence bigint NOT NULL,
           task_id text NOT NULL,
           model text NOT NULL,
           prompt_kind text,
           prompt text,
           result text,
           withheld text,
           as_json text,
           prompt_tokens bigint NOT NULL,
           completion_tokens bigint NOT NULL,
           fee_wei numeric(29) NOT NULL,
           receipt jsonb NOT NULL,
           asked_at_ms bigint NOT NULL,
           answered_at_ms bigint NOT NULL,
           PRIMARY KEY (session, sequence))`,
        `CREATE INDEX "${names.prefix}_records_by_task" ON ${table("records")} (task_id)`,
      ],
    ],
    begin: "BEGIN",
    onKnownSession: "ON CONFLICT (session) DO NOTHING",
    onKnownRecord: "ON CONFLICT (session, sequence) DO NOTHING",
    forUpdate: "FOR UPDATE",
    undoesSchemaChanges: true,
  };
}

/** Whoever may use a schema that is there need not be allowed to make one. */
function createSchema(schema: string): string {
  return `DO $$ BEGIN IF to_regnamespace('${schema}') IS NULL THEN CREATE SCHEMA "${schema}"; END IF; END $$`;
}
