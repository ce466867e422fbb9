import type { FastifyReply } from "fastify";
import { type ApiError, openAiErrorBody, problemBody } from "./apiError.js";

/** Answers in OpenAI's error shape. */
export function sendOpenAiError(reply: FastifyReply, error: ApiError): FastifyReply {
  return withHead(reply, error).header("content-type", "application/json; charset=utf-8").send(openAiErrorBody(error));
}

/** Answers by RFC 9457. */
export function sendProblem(reply: FastifyReply, error: ApiError): FastifyReply {
  return withHead(reply, error)
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(problemBody(error));
}

/** OpenAI's shape under `/v1`, RFC 9457 elsewhere. */
export function sendErrorFor(url: string, reply: FastifyReply, error: ApiError): FastifyReply {
  return url === "/v1" || url.startsWith("/v1/") ? sendOpenAiError(reply, error) : sendProblem(reply, error);
}

function withHead(reply: FastifyReply, error: ApiError): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", String(Math.ceil(error.retryAfterSeconds)));
  if (error.status === 401) reply.header("www-authenticate", "Bearer");
  return reply.code(error.status);
}
