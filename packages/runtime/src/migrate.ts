import { createHash } from "node:crypto";
import type pg from "pg";
import { RuntimeError } from "./runtimeError.js";

/** One step of a room's schema. Steps run in the order given; one that has run is never changed, only followed by another. */
export type Migration = { readonly id: string; readonly sql: string };

export type MigrateOptions = {
  /** Whose tables these are; each room counts its own steps. Default `main`. */
  readonly room?: string;
};

/** Any fixed number: all processes that migrate one database wait for each other on it. */
const MIGRATION_LOCK = 4_711_002;

/**
 * Brings the schema up to date, each step in its own transaction. Idempotent, and safe to run from many processes at once.
 * Returns the ids of the steps that ran now. Throws RUNTIME_MIGRATION_CHANGED when a step that has run reads differently.
 */
export async function migrate(
  pool: pg.Pool,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const room = options.room ?? "main";
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         room text NOT NULL, id text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (room, id))`,
    );
    const done = await readDone(client, room);
    const ran: string[] = [];
    for (const migration of migrations) {
      const checksum = checksumOf(migration.sql);
      const known = done.get(migration.id);
      if (known === checksum) continue;
      if (known !== undefined) throw new RuntimeError({ code: "RUNTIME_MIGRATION_CHANGED", room, id: migration.id });
      await runOne(client, { room, migration, checksum });
      ran.push(migration.id);
    }
    await client.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
    return ran;
  } catch (error) {
    // Closing the connection also lets go of the lock.
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function readDone(client: pg.PoolClient, room: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ id: string; checksum: string }>(
    "SELECT id, checksum FROM schema_migrations WHERE room = $1",
    [room],
  );
  return new Map(rows.map((row) => [row.id, row.checksum]));
}

async function runOne(
  client: pg.PoolClient,
  step: { readonly room: string; readonly migration: Migration; readonly checksum: string },
): Promise<void> {
  const { room, migration, checksum } = step;
  try {
    await client.query("BEGIN");
    await client.query(migration.sql);
    await client.query("INSERT INTO schema_migrations (room, id, checksum) VALUES ($1, $2, $3)", [
      room,
      migration.id,
      checksum,
    ]);
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new RuntimeError({ code: "RUNTIME_MIGRATION_FAILED", room, id: migration.id }, { cause });
  }
}

function checksumOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}
