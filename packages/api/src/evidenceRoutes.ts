import { encodeBodyDocument, encodeProvenCheckpoint, encodeResultProof, isBytes32 } from "@cortensor/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ApiError, INVALID_KEY, invalidRequest, UNAVAILABLE } from "./apiError.js";
import { findCaller, readBearer } from "./bearer.js";
import type { Caller, Gateway } from "./gateway.js";
import { EVIDENCE_LISTED_MAX, EVIDENCE_READS_MAX } from "./limits.js";
import { sendJson } from "./networkRoutes.js";
import { sendProblem } from "./sendError.js";

type Reader = "auditor" | Caller;

/**
 * `/api/v1/evidence/{task}`: what a checker needs of a task, prompt and answer included. For the operator's auditors, and for whoever asked it.
 * `/api/v1/evidence?last=n`: the latest tasks with a receipt, for auditors alone.
 */
export function addEvidenceRoutes(
  server: FastifyInstance,
  { gateway }: { readonly gateway: Pick<Gateway, "authenticate" | "evidence"> },
): void {
  const { evidence } = gateway;
  let reads = 0;
  const readerOf = (request: FastifyRequest): Reader | undefined | Promise<Reader | undefined> => {
    const bearer = readBearer(request.headers.authorization);
    if (bearer !== undefined && evidence.isAuditor(bearer)) return "auditor";
    return findCaller(gateway, request.headers.authorization);
  };
  server.get<{ Querystring: { last?: string } }>("/api/v1/evidence", async (request, reply) => {
    const bearer = readBearer(request.headers.authorization);
    if (bearer === undefined || !evidence.isAuditor(bearer)) return sendProblem(reply, INVALID_KEY);
    const last = Number(request.query.last);
    if (!Number.isInteger(last) || last < 1 || last > EVIDENCE_LISTED_MAX) return sendProblem(reply, BAD_LAST);
    return sendPrivate(reply, { taskIds: await evidence.recent(last) });
  });
  server.get<{ Params: { id: string } }>("/api/v1/evidence/:id", async (request, reply) => {
    const reader = await readerOf(request);
    if (reader === undefined) return sendProblem(reply, INVALID_KEY);
    const id = request.params.id.toLowerCase();
    if (!isBytes32(id)) return sendProblem(reply, MALFORMED_ID);
    if (reads >= EVIDENCE_READS_MAX) return sendProblem(reply, UNAVAILABLE);
    reads += 1;
    // Counted until the answer is gone, as a set's read is.
    reply.raw.once("close", () => {
      reads -= 1;
    });
    const outcome = await evidence.find(id, reader);
    if (outcome.kind === "unknown") return sendProblem(reply, NO_EVIDENCE);
    if (outcome.kind === "foreign") return sendProblem(reply, NOT_YOURS);
    const { taskId, bodies, missing, checkpoints, proofs } = outcome.evidence;
    return sendPrivate(reply, {
      taskId,
      bodies: bodies.map(encodeBodyDocument),
      missing,
      checkpoints: checkpoints.map(encodeProvenCheckpoint),
      proofs: proofs.map(encodeResultProof),
    });
  });
}

function sendPrivate(reply: FastifyReply, value: unknown): FastifyReply {
  return sendJson(reply.header("cache-control", "no-store"), value);
}

const MALFORMED_ID = invalidRequest("A task's id is 32 bytes in hex with 0x.", "invalid_value", "id");
const BAD_LAST = invalidRequest(`'last' is a whole number, 1 to ${EVIDENCE_LISTED_MAX}.`, "invalid_value", "last");
const NO_EVIDENCE: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "receipt_not_found",
  message: "No receipt of that task is known here: without one nothing was answered.",
};
const NOT_YOURS: ApiError = {
  status: 403,
  type: "invalid_request_error",
  code: "evidence_refused",
  message: "Prompt and answer are for whoever asked, and for the operator's auditors.",
};
