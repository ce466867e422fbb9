import { connect as connectSocket } from "node:net";
import { CONNECT_MS_MAX } from "../limits.js";
import type { ServerDriverParts } from "../postgres/createPostgresDriver.js";
import type { SqlConnection, SqlDriver, SqlRow } from "../sql/sqlDriver.js";
import { findAddress } from "../target/findAddress.js";
import { nameOfTarget } from "../target/sinkTarget.js";
import { mysqlDialect } from "./mysqlDialect.js";
import { mysqlFailure } from "./mysqlFailure.js";

/** Statements kept prepared: one for each length of a batch that is in use. */
const PREPARED_MAX = 16;
/** A text that doesn't fit is an error, not cut; so is a lock that isn't had in time. */
const SETUP = [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES', SESSION innodb_lock_wait_timeout = 10",
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
];

export function createMysqlDriver(parts: ServerDriverParts): SqlDriver {
  return {
    dialect: mysqlDialect(parts.target),
    connect: (signal) => connect(parts, signal),
    failureOf: mysqlFailure,
  };
}

async function connect({ target, policy, resolve }: ServerDriverParts, signal: AbortSignal): Promise<SqlConnection> {
  const { host, port, tls, database, user, password, ca } = target;
  const address = await findAddress({ sink: nameOfTarget(target), host, tls, policy, resolve });
  // Loaded where it is used: few processes write to one.
  const { default: mysql } = await import("mysql2/promise");
  const socket = connectSocket({ host: address, port, noDelay: true, keepAlive: true });
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const connection = await mysql.createConnection({
      host,
      stream: () => socket,
      user,
      password: password.expose(),
      database,
      charset: "utf8mb4_bin",
      supportBigNumbers: true,
      bigNumberStrings: true,
      connectTimeout: CONNECT_MS_MAX,
      maxPreparedStatements: PREPARED_MAX,
      // A server can ask for this machine's files.
      flags: ["-LOCAL_FILES"],
      ...(tls === "off"
        ? {}
        : { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(ca === undefined ? {} : { ca }) } }),
    });
    // The failure comes as the rejection of what was awaited.
    connection.on("error", () => undefined);
    for (const sql of SETUP) await connection.query(sql);
    return {
      async query(sql, values = []) {
        const answer = values.length === 0 ? await connection.query(sql) : await connection.execute(sql, [...values]);
        const rows: unknown = answer[0];
        return Array.isArray(rows) ? rows.filter(isRow) : [];
      },
      close: () => connection.end(),
      destroy: () => void socket.destroy(),
    };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function isRow(row: unknown): row is SqlRow {
  return typeof row === "object" && row !== null && !Array.isArray(row);
}
