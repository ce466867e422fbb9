import { type Clock, systemClock } from "@cortensor/runtime";
import Fastify, { type FastifyInstance } from "fastify";
import { addAdminRoutes } from "./adminRoutes.js";
import { addCaseRoutes } from "./caseRoutes.js";
import { addContentRoute, type ContentPlace } from "./contentRoute.js";
import { addCrossOrigin, type CrossOrigin } from "./crossOrigin.js";
import { addDutyRoutes } from "./dutyRoutes.js";
import type { EpochDesk } from "./epochDesk.js";
import { addEpochRoutes } from "./epochRoutes.js";
import { type ApiLog, addErrorAnswers, toApiError } from "./errorAnswers.js";
import { EventStream } from "./eventStream.js";
import { addEvidenceRoutes } from "./evidenceRoutes.js";
import { addFileRoutes } from "./files/fileRoutes.js";
import { addStoreFileRoutes } from "./files/storeFileRoutes.js";
import { addStoreRoutes } from "./files/storeRoutes.js";
import type { Gateway } from "./gateway.js";
import { addHealthRoutes, type MetricsSource } from "./healthRoutes.js";
import { createHttpServer, type TlsTexts } from "./httpServer.js";
import { BODY_BYTES_MAX, KEEP_ALIVE_MS, REQUEST_TIMEOUT_MS } from "./limits.js";
import { addMoneyRoutes } from "./moneyRoutes.js";
import { addNetworkRoutes, type RouterInfo } from "./networkRoutes.js";
import type { OnboardingDesk } from "./onboardingDesk.js";
import { addOnboardingRoutes } from "./onboardingRoutes.js";
import { addOpenAiRoutes } from "./openAiRoutes.js";
import { addQueueRoutes } from "./queueRoutes.js";
import { addQuoteRoute } from "./quoteRoute.js";
import { addConversationRoutes } from "./responses/conversationRoutes.js";
import { addResponseRoutes } from "./responses/responseRoutes.js";
import { addSealedRoutes } from "./sealedRoutes.js";
import { sendErrorFor } from "./sendError.js";
import { addSettlementRoutes } from "./settlementRoutes.js";
import { addSinkRoutes } from "./sinkRoutes.js";
import { addStaticPages } from "./staticPages.js";
import { trackConnections } from "./trackConnections.js";

export type ApiServerParts = {
  readonly gateway: Gateway;
  readonly log: ApiLog;
  readonly version: string;
  readonly cors: CrossOrigin;
  /** Served at `/metrics`; without it the route doesn't exist. */
  readonly metrics?: MetricsSource;
  /** PEM texts; without them the server speaks plain HTTP. */
  readonly tls?: TlsTexts;
  /** Folder of the dashboard's built files. */
  readonly staticFolder?: string;
  /** What is shown of epochs and guards; without it those routes don't exist. */
  readonly epochs?: EpochDesk;
  /** Where its content is among peers; without it the route doesn't exist. */
  readonly content?: ContentPlace;
  /** Brings wallets' orders to the chain at the operator's cost; without it those routes don't exist. */
  readonly onboarding?: OnboardingDesk;
  /** What `/api/v1/info` adds: the network's profile and where miners connect. */
  readonly info?: () => RouterInfo;
  /** Wall clock in milliseconds, for `created` alone. */
  readonly nowMs?: () => number;
  /** Measures a stream's silence. Default: the machine's. */
  readonly clock?: Pick<Clock, "sleep">;
};

/**
 * Every HTTP route of a router, over its `Gateway`. Call `listen`; `server.server` is the bare HTTP server, on which the router takes
 * its miners' upgrades; `close` ends event streams and waits for running answers.
 */
export function createApiServer(parts: ApiServerParts): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
    frameworkErrors: (error, request, reply) => sendErrorFor(request.url, reply, toApiError(error)),
    serverFactory: (handler) => createHttpServer(handler, parts.tls),
  });
  addErrorAnswers(server, parts.log);
  addCrossOrigin(server, parts.cors);
  const events = new EventStream(parts.gateway);
  const connections = trackConnections(server.server, { isTls: parts.tls !== undefined });
  server.addHook("preClose", (done) => {
    events.close();
    connections.close();
    done();
  });
  addOpenAiRoutes(server, {
    gateway: parts.gateway,
    nowMs: parts.nowMs ?? Date.now,
    clock: parts.clock ?? systemClock,
  });
  addDataRoutes(server, parts);
  addNetworkRoutes(server, { ...parts, events, info: parts.info ?? (() => ({})) });
  addMoneyRoutes(server, parts);
  addQuoteRoute(server, parts.gateway);
  addQueueRoutes(server, parts);
  addSinkRoutes(server, parts);
  addSealedRoutes(server, parts);
  addSettlementRoutes(server, parts);
  addEvidenceRoutes(server, parts);
  addDutyRoutes(server, parts);
  addCaseRoutes(server, { cases: parts.gateway.cases, prefix: "/api/v1" });
  if (parts.content !== undefined) addContentRoute(server, parts.content);
  if (parts.epochs !== undefined) addEpochRoutes(server, parts.epochs);
  if (parts.onboarding !== undefined) addOnboardingRoutes(server, parts.onboarding);
  addAdminRoutes(server, parts.gateway);
  addHealthRoutes(server, parts);
  if (parts.staticFolder !== undefined) addStaticPages(server, parts.staticFolder);
  return server;
}

function addDataRoutes(server: FastifyInstance, { gateway }: ApiServerParts): void {
  const { data } = gateway;
  if (data === undefined) return;
  const parts = { gateway, data };
  addFileRoutes(server, parts);
  addStoreRoutes(server, parts);
  addStoreFileRoutes(server, parts);
  addResponseRoutes(server, parts);
  addConversationRoutes(server, parts);
}
