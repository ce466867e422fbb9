import { CodedError } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { FastifyError, FastifyInstance } from "fastify";
import { type ApiError, INTERNAL_ERROR, invalidRequest, UNAVAILABLE } from "./apiError.js";
import { RefusedError, readJsonBody } from "./readJsonBody.js";
import { sendErrorFor } from "./sendError.js";

/** The log, as far as the routes use it. */
export type ApiLog = Pick<Logger, "error">;

/** Reads every body as JSON, and answers what no route does: failures, unknown routes. */
export function addErrorAnswers(server: FastifyInstance, log: ApiLog): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, payload, done) => readJsonBody(payload, done));
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const known = toApiError(error);
    if (known === INTERNAL_ERROR) log.error("Request failed", { route: request.routeOptions.url }, error);
    return sendErrorFor(request.url, reply, known);
  });
  server.setNotFoundHandler((request, reply) => sendErrorFor(request.url, reply, noRoute(request.method, request.url)));
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof RefusedError) return error.refused;
  if (error instanceof CodedError && error.isRetryable) return UNAVAILABLE;
  const status = statusOf(error);
  if (status >= 400 && status < 500)
    return { ...invalidRequest("The request is malformed.", "invalid_request"), status };
  return INTERNAL_ERROR;
}

/** The framework's own refusals (a bad URL, a bad header) carry their status. */
function statusOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return 500;
  return typeof error.statusCode === "number" ? error.statusCode : 500;
}

function noRoute(method: string, url: string): ApiError {
  const path = url.split("?", 1)[0] ?? url;
  return {
    status: 404,
    type: "invalid_request_error",
    code: "unknown_url",
    message: `There is no route ${method} ${path.slice(0, 200)}.`,
  };
}
