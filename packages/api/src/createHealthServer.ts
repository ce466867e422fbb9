import Fastify, { type FastifyInstance } from "fastify";
import type { Gateway } from "./gateway.js";
import { addHealthRoutes, type MetricsSource } from "./healthRoutes.js";
import { BODY_BYTES_MAX, KEEP_ALIVE_MS, REQUEST_TIMEOUT_MS } from "./limits.js";
import { trackConnections } from "./trackConnections.js";

/** Scrapers and probes of one node: whoever comes beyond them is turned away by the system. */
const CONNECTIONS_MAX = 64;

/** `/health`, `/ready` and `/metrics` of a role that serves nothing else. Call `listen`; `close` ends its connections. */
export function createHealthServer(parts: {
  readonly health: Gateway["health"];
  readonly metrics: MetricsSource;
}): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: false,
  });
  server.server.maxConnections = CONNECTIONS_MAX;
  const connections = trackConnections(server.server, { isTls: false });
  server.addHook("preClose", (done) => {
    connections.close();
    done();
  });
  addHealthRoutes(server, { gateway: { health: parts.health }, metrics: parts.metrics });
  return server;
}
