import type { FastifyInstance } from "fastify";
import type { CaseDesk } from "./caseDesk.js";
import { addCaseRoutes } from "./caseRoutes.js";
import { createSmallServer } from "./createSmallServer.js";
import type { Gateway } from "./gateway.js";
import { addHealthRoutes, type MetricsSource } from "./healthRoutes.js";
import { addVerdictRoutes, type VerdictSource } from "./verdictRoutes.js";

/** Scrapers and probes of one node: whoever comes beyond them is turned away by the system. */
const CONNECTIONS_MAX = 64;

/** `/health`, `/ready` and `/metrics` of a role that serves nothing else but what it found in its duties. Call `listen`; `close` ends its connections. */
export function createHealthServer(parts: {
  readonly health: Gateway["health"];
  readonly metrics: MetricsSource;
  /** What it found in its duties, where it does some. */
  readonly verdicts?: VerdictSource;
  /** Results that it had judged by others, for these. */
  readonly cases?: CaseDesk;
}): FastifyInstance {
  const server = createSmallServer(CONNECTIONS_MAX);
  addHealthRoutes(server, { gateway: { health: parts.health }, metrics: parts.metrics });
  if (parts.verdicts !== undefined) addVerdictRoutes(server, { verdicts: parts.verdicts });
  if (parts.cases !== undefined) addCaseRoutes(server, { cases: parts.cases, prefix: "/v1" });
  return server;
}
