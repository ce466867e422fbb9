import { type Clock, systemClock } from "@cortensor/runtime";
import type { FastifyInstance } from "fastify";
import { refusalError } from "./apiError.js";
import { createSmallServer } from "./createSmallServer.js";
import { type ApiLog, addErrorAnswers } from "./errorAnswers.js";
import type { Refusal } from "./gateway.js";
import { addOpenAiRoutes, type OpenAiGateway } from "./openAiRoutes.js";
import { sendOpenAiError } from "./sendError.js";

/** The programs of one machine, and their streams. */
const CONNECTIONS_MAX = 256;

/** OpenAI's routes alone, over whatever answers them. `refused`: paths below `/v1` that are known, and refused by name. Call `listen`; `close` ends its connections. */
export function createOpenAiServer(parts: {
  readonly gateway: OpenAiGateway;
  readonly log: ApiLog;
  readonly refused: { readonly paths: readonly string[]; readonly refusal: (path: string) => Refusal };
  /** Wall clock in milliseconds, for `created` alone. */
  readonly nowMs?: () => number;
  /** Measures a stream's silence. Default: the machine's. */
  readonly clock?: Pick<Clock, "sleep">;
}): FastifyInstance {
  const { gateway, log, refused } = parts;
  const server = createSmallServer(CONNECTIONS_MAX);
  addErrorAnswers(server, log);
  addOpenAiRoutes(server, { gateway, nowMs: parts.nowMs ?? Date.now, clock: parts.clock ?? systemClock });
  for (const path of refused.paths) {
    const error = refusalError(refused.refusal(path));
    for (const url of [`/v1/${path}`, `/v1/${path}/*`]) {
      // Before its body is read: what can't be sealed needn't be heard.
      server.all(url, { onRequest: (_request, reply) => void sendOpenAiError(reply, error) }, () => undefined);
    }
  }
  return server;
}
