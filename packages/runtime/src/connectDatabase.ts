import pg from "pg";
import { type Logger, silentLogger } from "./createLogger.js";

/** Connections of one process, unless told otherwise: Postgres' default is 100 for all of them together. */
export const DATABASE_CONNECTIONS = 10;
/** A connection that isn't there by then won't help the request that waits for it. */
export const DATABASE_CONNECT_MS = 5_000;
/** No statement of ours takes seconds; one that does holds locks that others wait for. */
export const DATABASE_STATEMENT_MS = 30_000;
const DATABASE_IDLE_MS = 30_000;
/** A transaction left open by a bug lets go of its rows after this. */
const DATABASE_IDLE_IN_TRANSACTION_MS = 15_000;

export type DatabaseOptions = {
  readonly url: string;
  /** Most connections. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
  readonly log?: Logger;
};

/**
 * A bounded pool on one Postgres. It survives the server's death: broken connections are dropped and the next query dials
 * again. Release it with `pool.end()`.
 */
export function connectDatabase(options: DatabaseOptions): pg.Pool {
  const log = options.log ?? silentLogger;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? DATABASE_CONNECTIONS,
    application_name: options.name ?? "cortensor",
    connectionTimeoutMillis: DATABASE_CONNECT_MS,
    idleTimeoutMillis: DATABASE_IDLE_MS,
    statement_timeout: DATABASE_STATEMENT_MS,
    query_timeout: DATABASE_STATEMENT_MS + DATABASE_CONNECT_MS,
    idle_in_transaction_session_timeout: DATABASE_IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
  });
  // Without a listener, an idle connection's death would end the process.
  pool.on("error", (error) => log.warn("Idle database connection lost", {}, error));
  // A connection in use reports its death to its query; this second report of it has nothing to add.
  pool.on("connect", (client) => client.on("error", (error) => log.debug("Database connection lost", {}, error)));
  return pool;
}
