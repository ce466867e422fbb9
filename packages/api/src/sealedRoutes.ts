import {
  type Bytes32,
  type Envelope,
  envelopeFromJson,
  hasCode,
  isBytes32,
  type SealedEvent,
  sealedAskSchema,
  sealedAssignmentSchema,
  sealedEventSchema,
  sharedKeySchema,
} from "@cortensor/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { STREAM_HEADERS, TASK_HEADER, writable } from "./answerInference.js";
import { type ApiError, INVALID_KEY, invalidRequest, refusalError } from "./apiError.js";
import { findCaller } from "./bearer.js";
import { clientSignal } from "./clientSignal.js";
import type { Gateway } from "./gateway.js";
import { sendJson } from "./networkRoutes.js";
import { readChoice } from "./readChoice.js";
import { readTaskHeaders } from "./readTaskHeaders.js";
import { schemaError } from "./schemaError.js";
import { sendProblem } from "./sendError.js";

const sealed = z.object({ envelope: z.unknown() });
const shared = z.object({ shared: sharedKeySchema.optional() });
type TaskRoute = { Params: { id: string } };
type Parts = { readonly gateway: Pick<Gateway, "authenticate" | "sealed"> };

/**
 * `POST /api/v1/assignments`: a miner for a sealed task, and what to seal to. `POST /api/v1/assignments/{task}/envelope`: the sealed request, answered by a stream
 * of sealed frames, and again for the next miner when one is lost. `DELETE /api/v1/assignments/{task}`: one that its client won't seal to.
 */
export function addSealedRoutes(server: FastifyInstance, { gateway }: Parts): void {
  server.post("/api/v1/assignments", (request, reply) => assign(request, reply, gateway));
  server.post<TaskRoute>("/api/v1/assignments/:id/envelope", (request, reply) => take(request, reply, gateway));
  server.delete<TaskRoute>("/api/v1/assignments/:id", (request, reply) => drop(request, reply, gateway));
}

async function assign(request: FastifyRequest, reply: FastifyReply, gateway: Parts["gateway"]): Promise<FastifyReply> {
  const caller = await findCaller(gateway, request.headers.authorization);
  if (caller === undefined) return sendProblem(reply, INVALID_KEY);
  const asked = readTaskHeaders(request.headers);
  if (asked.kind === "refused") return sendProblem(reply, asked.error);
  const chosen = readChoice(request.headers, request.body);
  if (chosen.kind === "refused") return sendProblem(reply, chosen.error);
  const parsed = sealedAskSchema.safeParse(request.body);
  if (!parsed.success) return sendProblem(reply, schemaError(parsed.error, request.body));
  const choice = chosen.choice === undefined ? {} : { choice: chosen.choice };
  const options = { ...asked.options, ...choice, signal: clientSignal(reply) };
  const outcome = await gateway.sealed.assign(caller, parsed.data, options);
  if (outcome.kind === "refused") return sendProblem(reply, refusalError(outcome.refusal));
  reply.header(TASK_HEADER, outcome.assigned.assignment.taskId);
  return sendJson(reply, z.encode(sealedAssignmentSchema, outcome.assigned));
}

async function drop(
  request: FastifyRequest<TaskRoute>,
  reply: FastifyReply,
  gateway: Parts["gateway"],
): Promise<FastifyReply> {
  const caller = await findCaller(gateway, request.headers.authorization);
  if (caller === undefined) return sendProblem(reply, INVALID_KEY);
  const taskId = request.params.id.toLowerCase();
  if (!isBytes32(taskId)) return sendProblem(reply, MALFORMED_ID);
  if (!gateway.sealed.drop(caller, taskId)) return sendProblem(reply, UNKNOWN_ASSIGNMENT);
  return sendJson(reply, { dropped: true });
}

async function take(
  request: FastifyRequest<TaskRoute>,
  reply: FastifyReply,
  gateway: Parts["gateway"],
): Promise<FastifyReply | undefined> {
  const caller = await findCaller(gateway, request.headers.authorization);
  if (caller === undefined) return sendProblem(reply, INVALID_KEY);
  const taskId = request.params.id.toLowerCase();
  if (!isBytes32(taskId)) return sendProblem(reply, MALFORMED_ID);
  const envelope = readEnvelope(request.body);
  if (envelope === undefined) return sendProblem(reply, MALFORMED_ENVELOPE);
  const beside = shared.safeParse(request.body);
  if (!beside.success) return sendProblem(reply, schemaError(beside.error, request.body));
  const key = beside.data.shared === undefined ? {} : { shared: beside.data.shared };
  const sent = gateway.sealed.send(caller, { taskId, envelope, ...key }, { signal: clientSignal(reply) });
  if (sent.kind === "unknown") return sendProblem(reply, UNKNOWN_ASSIGNMENT);
  if (sent.kind === "refused") return sendProblem(reply, refusalError(sent.refusal));
  if (sent.kind === "resumed") return sendJson(reply, { resumed: true });
  await stream(reply, taskId, sent.events);
  return undefined;
}

function readEnvelope(body: unknown): Envelope | undefined {
  const parsed = sealed.safeParse(body);
  if (!parsed.success) return undefined;
  try {
    return envelopeFromJson(parsed.data.envelope);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_DOCUMENT") || hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}

/** Waits while the client reads slower than frames come. */
async function stream(reply: FastifyReply, taskId: Bytes32, events: AsyncIterable<SealedEvent>): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...STREAM_HEADERS, [TASK_HEADER]: taskId });
  for await (const event of events) {
    if (raw.destroyed) return;
    if (!raw.write(`data: ${JSON.stringify(z.encode(sealedEventSchema, event))}\n\n`)) await writable(reply);
  }
  raw.end();
}

const MALFORMED_ID = invalidRequest("A task's id is 32 bytes in hex with 0x.", "invalid_value", "id");
const MALFORMED_ENVELOPE = invalidRequest(
  "An envelope is one text, its bytes in base64url.",
  "invalid_value",
  "envelope",
);
const UNKNOWN_ASSIGNMENT: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "assignment_not_found",
  message: "No assignment of this key waits for an envelope of that task: it is another's, over, or has lapsed.",
};
