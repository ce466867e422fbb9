import { Socket } from "node:net";
import pg from "pg";
import { CONNECT_MS_MAX, DELIVERY_MS_MAX } from "../limits.js";
import type { SqlConnection, SqlDriver } from "../sql/sqlDriver.js";
import { findAddress, type Resolve } from "../target/findAddress.js";
import type { SinkPolicy } from "../target/sinkPolicy.js";
import { nameOfTarget, type ServerTarget } from "../target/sinkTarget.js";
import { postgresDialect } from "./postgresDialect.js";
import { postgresFailure } from "./postgresFailure.js";

export type ServerDriverParts = {
  readonly target: ServerTarget;
  readonly policy: SinkPolicy;
  readonly resolve: Resolve;
};

export function createPostgresDriver(parts: ServerDriverParts): SqlDriver {
  return {
    dialect: postgresDialect(parts.target),
    connect: (signal) => connect(parts, signal),
    failureOf: postgresFailure,
  };
}

async function connect({ target, policy, resolve }: ServerDriverParts, signal: AbortSignal): Promise<SqlConnection> {
  const { host, port, tls, database, user, password, ca } = target;
  const address = await findAddress({ sink: nameOfTarget(target), host, tls, policy, resolve });
  const socket = new Socket();
  const client = new pg.Client({
    host: address,
    port,
    database,
    user,
    // A function even where there is none: otherwise this process's own PGPASSWORD or password file would be sent.
    password: () => password.expose(),
    ssl: tls === "off" ? false : { servername: host, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    stream: () => socket,
    application_name: "cortensor sink",
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: DELIVERY_MS_MAX,
    keepAlive: true,
  });
  // The failure comes as the rejection of what was awaited.
  client.on("error", () => undefined);
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return {
    async query(sql, values = []) {
      let count = 0;
      const text = sql.replaceAll("?", () => `$${++count}`);
      return (await client.query<Record<string, unknown>>(text, [...values])).rows;
    },
    close: () => client.end(),
    destroy: () => void socket.destroy(),
  };
}
