import { type Bytes32, hexToBytes, isBytes32, REQUEST_BYTES_MAX } from "@cortensor/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { type ApiError, INVALID_KEY, invalidRequest, UNAVAILABLE } from "./apiError.js";
import { findCaller } from "./bearer.js";
import type { Gateway } from "./gateway.js";
import { REQUEST_READS_MAX } from "./limits.js";
import { sendJson } from "./networkRoutes.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";

/** The contract's bound on parameters. */
const PARAMS_BYTES_MAX = 4_096;

const bytesField = (bytesMax: number) =>
  z
    .string()
    .max(2 + 2 * bytesMax)
    .regex(/^0x([0-9a-fA-F]{2})*$/, "must be bytes in hex with 0x")
    .transform((text) => hexToBytes(`0x${text.slice(2)}`));
const handed = z.object({ prompt: bytesField(REQUEST_BYTES_MAX), params: bytesField(PARAMS_BYTES_MAX) });

type TaskRoute = { Params: { id: string } };

/**
 * `POST /api/v1/queue/{task}`: the prompt of a task of the session queue that doesn't have it on chain, as it was hashed.
 * `GET /api/v1/requests/{sha256}`: such a prompt that a chain names by its CID, as bytes. Public; never changes.
 * `GET /api/v1/queue/{task}/answers`: what the miners answered that have committed.
 */
export function addQueueRoutes(
  server: FastifyInstance,
  { gateway }: { readonly gateway: Pick<Gateway, "authenticate" | "queue"> },
): void {
  server.post<TaskRoute>("/api/v1/queue/:id", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    const taskId = idOf(request);
    if (taskId === undefined) return sendProblem(reply, MALFORMED_ID);
    const parsed = handed.safeParse(request.body);
    if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
    const outcome = await gateway.queue.hand(caller, { taskId, ...parsed.data });
    if (outcome.kind === "unknown") return sendProblem(reply, UNKNOWN_TASK);
    if (outcome.kind === "taken") return sendJson(reply, { taken: true });
    const { code, message } = outcome;
    return sendProblem(reply, { status: 409, type: "invalid_request_error", code, message });
  });
  let reads = 0;
  server.get<TaskRoute>("/api/v1/requests/:id", async (request, reply) => {
    const digest = idOf(request);
    if (digest === undefined) return sendProblem(reply, MALFORMED_DIGEST);
    if (request.headers["if-none-match"] === `"${digest}"`) return reply.code(304).send();
    if (reads >= REQUEST_READS_MAX) return sendProblem(reply, UNAVAILABLE);
    reads += 1;
    reply.raw.once("close", () => {
      reads -= 1;
    });
    const body = await gateway.queue.request(digest);
    if (body === undefined) return sendProblem(reply, UNKNOWN_REQUEST);
    return reply
      .header("content-type", "application/octet-stream")
      .header("cache-control", "public, max-age=31536000, immutable")
      .header("etag", `"${digest}"`)
      .send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  });
  server.get<TaskRoute>("/api/v1/queue/:id/answers", async (request, reply) => {
    const caller = await findCaller(gateway, request.headers.authorization);
    if (caller === undefined) return sendProblem(reply, INVALID_KEY);
    const taskId = idOf(request);
    if (taskId === undefined) return sendProblem(reply, MALFORMED_ID);
    const answers = await gateway.queue.answers(caller, taskId);
    if (answers === undefined) return sendProblem(reply, UNKNOWN_TASK);
    return sendJson(reply.header("cache-control", "no-store"), { taskId, answers });
  });
}

function idOf(request: FastifyRequest<TaskRoute>): Bytes32 | undefined {
  const id = request.params.id.toLowerCase();
  return isBytes32(id) ? id : undefined;
}

const MALFORMED_ID = invalidRequest("A task's id is 32 bytes in hex with 0x.", "invalid_value", "id");
const MALFORMED_DIGEST = invalidRequest("A request's SHA-256 is 32 bytes in hex with 0x.", "invalid_value", "id");
const UNKNOWN_REQUEST: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "request_not_found",
  message: "No request of that SHA-256 was handed in here for everybody to read.",
};
const UNKNOWN_TASK: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "task_not_found",
  message: "No task of that id, paid by a session of this wallet, is in the session queue here.",
};
