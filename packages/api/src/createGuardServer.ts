import type { FastifyInstance } from "fastify";
import type { CaseDesk } from "./caseDesk.js";
import { addCaseRoutes } from "./caseRoutes.js";
import { addContentRoute, type ContentPlace } from "./contentRoute.js";
import { createSmallServer } from "./createSmallServer.js";
import type { GuardGateway } from "./guardGateway.js";
import { addGuardRoutes } from "./guardRoutes.js";
import { addHealthRoutes, type MetricsSource } from "./healthRoutes.js";
import type { OpeningDesk } from "./openingDesk.js";
import { addOpeningRoutes } from "./openingRoutes.js";
import { addVerdictRoutes, type VerdictSource } from "./verdictRoutes.js";

/** 31 other guards that ask for five kinds at once, scrapers, and a few auditors. */
const CONNECTIONS_MAX = 256;

/** What a guard serves: signatures, virtual blocks, verdicts, `/health`, `/ready` and `/metrics`. Call `listen`; `close` ends its connections. */
export function createGuardServer(parts: {
  readonly gateway: GuardGateway;
  /** What it found in its duties, where it does some. */
  readonly verdicts?: VerdictSource;
  /** Its part in opening sampled tasks. */
  readonly openings?: OpeningDesk;
  /** Results that it had judged by others, for these. */
  readonly cases?: CaseDesk;
  /** Where its content is among peers. */
  readonly content?: ContentPlace;
  readonly metrics: MetricsSource;
}): FastifyInstance {
  const server = createSmallServer(CONNECTIONS_MAX);
  addGuardRoutes(server, parts);
  if (parts.verdicts !== undefined) addVerdictRoutes(server, { verdicts: parts.verdicts });
  if (parts.openings !== undefined) addOpeningRoutes(server, { openings: parts.openings });
  if (parts.cases !== undefined) addCaseRoutes(server, { cases: parts.cases, prefix: "/v1" });
  if (parts.content !== undefined) addContentRoute(server, parts.content);
  addHealthRoutes(server, parts);
  return server;
}
