import { Readable } from "node:stream";
import type { DataOwner } from "@cortensor/data";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type ApiError, INVALID_KEY, invalidRequest, refusalError } from "../apiError.js";
import { findCaller } from "../bearer.js";
import type { Gateway } from "../gateway.js";
import { sendOpenAiError } from "../sendError.js";
import type { DataGateway } from "./dataGateway.js";

export type DataParts = { readonly gateway: Pick<Gateway, "authenticate">; readonly data: DataGateway };

/** What a route answers: a body for JSON, or a refusal. */
export type Answered =
  | { readonly kind: "json"; readonly body: unknown; readonly pollMs?: number }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly type: string }
  /** As it comes: its client reads it as fast as it can. A failure cuts it off. */
  | { readonly kind: "stream"; readonly bytes: AsyncIterable<Uint8Array>; readonly type: string }
  | { readonly kind: "refused"; readonly error: ApiError };

/** Header by which OpenAI's clients are told how long to wait before they look again. */
const POLL_HEADER = "openai-poll-after-ms";

export function json(body: unknown, pollMs?: number): Answered {
  return { kind: "json", body, ...(pollMs === undefined ? {} : { pollMs }) };
}

export function refuse(error: ApiError): Answered {
  return { kind: "refused", error };
}

/** A route of one owner's data: finds who asks, answers in OpenAI's shape. */
export function dataRoute<Request extends FastifyRequest>(
  { gateway, data }: DataParts,
  act: (owner: DataOwner, request: Request, reply: FastifyReply) => Promise<Answered>,
): (request: Request, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendOpenAiError(reply, INVALID_KEY);
    const whose = await data.ownerOf(caller);
    if (whose.kind === "refused") return sendOpenAiError(reply, refusalError(whose.refusal));
    const answered = await act(whose.owner, request, reply);
    if (answered.kind === "refused") return sendOpenAiError(reply, answered.error);
    reply.header("cache-control", "no-store");
    if (answered.kind === "bytes") {
      return reply.header("content-type", answered.type).send(Buffer.from(answered.bytes));
    }
    if (answered.kind === "stream") {
      return reply.header("content-type", answered.type).send(Readable.from(answered.bytes, { objectMode: false }));
    }
    if (answered.pollMs !== undefined) reply.header(POLL_HEADER, String(answered.pollMs));
    return reply.header("content-type", "application/json; charset=utf-8").send(JSON.stringify(answered.body));
  };
}

export function fileNotFound(id: string): ApiError {
  return notFound("file_not_found", `No file '${id.slice(0, 100)}' of yours is known here.`);
}

export function storeNotFound(id: string): ApiError {
  return notFound("vector_store_not_found", `No vector store '${id.slice(0, 100)}' of yours is known here.`);
}

export function batchNotFound(id: string): ApiError {
  return notFound("file_batch_not_found", `No file batch '${id.slice(0, 100)}' of that store is known here.`);
}

export function responseNotFound(id: string): ApiError {
  return notFound("response_not_found", `No response '${id.slice(0, 100)}' of yours is kept here.`);
}

export function conversationNotFound(id: string): ApiError {
  return notFound("conversation_not_found", `No conversation '${id.slice(0, 100)}' of yours is kept here.`);
}

export function storeExpired(id: string): ApiError {
  return {
    ...invalidRequest(`The vector store '${id.slice(0, 100)}' has expired: it was emptied.`, "vector_store_expired"),
    status: 410,
  };
}

export function quotaReached(most: string): ApiError {
  return {
    status: 403,
    type: "invalid_request_error",
    code: "data_quota_reached",
    message: `There is room for ${most}, and no more.`,
  };
}

function notFound(
  code:
    | "file_not_found"
    | "vector_store_not_found"
    | "file_batch_not_found"
    | "response_not_found"
    | "conversation_not_found",
  message: string,
): ApiError {
  return { status: 404, type: "invalid_request_error", code, message };
}
