import type { FastifyInstance } from "fastify";
import { createSmallServer } from "./createSmallServer.js";
import type { GuardGateway } from "./guardGateway.js";
import { addGuardRoutes } from "./guardRoutes.js";
import { addHealthRoutes, type MetricsSource } from "./healthRoutes.js";

/** 31 other guards that ask for five kinds at once, scrapers, and a few auditors. */
const CONNECTIONS_MAX = 256;

/** What a guard serves: signatures, virtual blocks, `/health`, `/ready` and `/metrics`. Call `listen`; `close` ends its connections. */
export function createGuardServer(parts: {
  readonly gateway: GuardGateway;
  readonly metrics: MetricsSource;
}): FastifyInstance {
  const server = createSmallServer(CONNECTIONS_MAX);
  addGuardRoutes(server, parts);
  addHealthRoutes(server, parts);
  return server;
}
