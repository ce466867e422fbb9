import { createPostgresOutbox, createPostgresSinkStore, createSinkMetrics, createSinkVault } from "@cortensor/data";
import type { RouterConfig, SinkParts } from "@cortensor/node";
import { hexToBytes } from "@cortensor/protocol";
import { connectDatabase, type Logger, type Metrics, Secret, type Shutdown, systemClock } from "@cortensor/runtime";

/** Connections for sinks alone: what they write never keeps a receipt waiting for one. */
const SINK_CONNECTIONS = 6;

/** By which a router records tasks for sessions' sinks, in the operator's Postgres. */
export async function openRouterSinks(parts: {
  readonly config: RouterConfig;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  readonly url: string;
  readonly metrics: Metrics;
}): Promise<SinkParts> {
  const { config, log, shutdown, url, metrics } = parts;
  const pool = connectDatabase({ url, name: "cortensor sinks", max: SINK_CONNECTIONS, log });
  shutdown.add("sinks' database pool", () => pool.end());
  const key = config.sinkKey ?? config.signerKey;
  return {
    store: await createPostgresSinkStore({ pool }),
    outbox: await createPostgresOutbox({ pool, clock: systemClock }),
    vault: createSinkVault(new Secret(hexToBytes(key.expose()))),
    policy: { allowsPrivateAddresses: config.sinkAllowsPrivate, allowsFiles: config.sinkAllowsFiles },
    metrics: createSinkMetrics(metrics),
  };
}
