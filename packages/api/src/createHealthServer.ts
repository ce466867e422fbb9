import type { FastifyInstance } from "fastify";
import { createSmallServer } from "./createSmallServer.js";
import type { Gateway } from "./gateway.js";
import { addHealthRoutes, type MetricsSource } from "./healthRoutes.js";

/** Scrapers and probes of one node: whoever comes beyond them is turned away by the system. */
const CONNECTIONS_MAX = 64;

/** `/health`, `/ready` and `/metrics` of a role that serves nothing else. Call `listen`; `close` ends its connections. */
export function createHealthServer(parts: {
  readonly health: Gateway["health"];
  readonly metrics: MetricsSource;
}): FastifyInstance {
  const server = createSmallServer(CONNECTIONS_MAX);
  addHealthRoutes(server, { gateway: { health: parts.health }, metrics: parts.metrics });
  return server;
}
