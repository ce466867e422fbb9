import type { SqlDialect } from "../sql/sqlDriver.js";

/** Waits as long for another process that changes the schema. */
const SCHEMA_LOCK_SECONDS = 10;
const LOCK = "CONCAT('cortensor.', database())";

/**
 * MySQL and MariaDB. A change of the schema ends the transaction there: a step that was cut short is run again, and each of its
 * statements passes over what is there. Not INSERT IGNORE, which would also cut texts that are too long; and a row that breaks
 * another index than the primary key is made to fail, by a NULL where none may be.
 */
export function mysqlDialect(names: { readonly prefix: string }): SqlDialect {
  const table = (name: string): string => `\`${names.prefix}_${name}\``;
  return {
    kind: "mysql",
    table,
    findVersionTable: {
      sql: "SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
      values: [`${names.prefix}_schema`],
    },
    lockSchema: [`SELECT GET_LOCK(${LOCK}, ${SCHEMA_LOCK_SECONDS})`],
    unlockSchema: [`SELECT RELEASE_LOCK(${LOCK})`],
    createVersionTable: [
      `CREATE TABLE IF NOT EXISTS ${table("schema")} (
         version INT PRIMARY KEY, applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=InnoDB`,
    ],
    migrations: [
      [
        `CREATE TABLE IF NOT EXISTS ${table("progress")} (
           session ${HASH} PRIMARY KEY, through BIGINT NOT NULL, task_id ${HASH} NOT NULL) ENGINE=InnoDB`,
        `CREATE TABLE IF NOT EXISTS ${table("records")} (
           session ${HASH} NOT NULL,
           sequence BIGINT NOT NULL,
           task_id ${HASH} NOT NULL,
           model VARCHAR(256) NOT NULL,
           prompt_kind VARCHAR(8),
           prompt LONGTEXT,
           result LONGTEXT,
           withheld TEXT,
           as_json LONGTEXT,
           prompt_tokens BIGINT NOT NULL,
           completion_tokens BIGINT NOT NULL,
           fee_wei DECIMAL(29, 0) NOT NULL,
           receipt JSON NOT NULL,
           asked_at_ms BIGINT NOT NULL,
           answered_at_ms BIGINT NOT NULL,
           PRIMARY KEY (session, sequence),
           KEY records_by_task (task_id)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      ],
    ],
    begin: "START TRANSACTION",
    onKnownSession: "ON DUPLICATE KEY UPDATE session = VALUES(session)",
    onKnownRecord: `ON DUPLICATE KEY UPDATE sequence =
      IF(session = VALUES(session) AND sequence = VALUES(sequence), VALUES(sequence), NULL)`,
    forUpdate: "FOR UPDATE",
    undoesSchemaChanges: false,
  };
}

const HASH = "VARCHAR(66) CHARACTER SET ascii COLLATE ascii_bin";
