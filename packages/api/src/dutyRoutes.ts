import { type Hex, isBytes32, isHex } from "@cortensor/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ApiError, invalidRequest, UNAVAILABLE } from "./apiError.js";
import type { Gateway } from "./gateway.js";
import { DUTY_READS_MAX } from "./limits.js";
import { sendJson } from "./networkRoutes.js";
import { sendProblem } from "./sendError.js";
import { taskJson } from "./taskJson.js";

/** `Duty ` and a signature of 64 bytes in hex. */
const AUTHORIZATION = /^duty (0x[0-9a-f]{128})$/i;

type Params = { readonly epoch: string; readonly settlement: string; readonly id: string };

/** `/api/v1/duties/{epoch}/{settlement}/{id}`: a settled task's receipt and bodies, and what is kept of one that was sealed; below it, `/sealed`, the same of a task that may be opened alone: for the validators of an epoch, who sign what they ask for. */
export function addDutyRoutes(
  server: FastifyInstance,
  { gateway }: { readonly gateway: Pick<Gateway, "duties"> },
): void {
  let reads = 0;
  const serve = async (request: FastifyRequest<{ Params: Params }>, reply: FastifyReply, isSealed: boolean) => {
    const signature = readSignature(request.headers.authorization);
    if (signature === undefined) return sendProblem(reply, UNSIGNED);
    const epoch = Number(request.params.epoch);
    const [settlementId, id] = [request.params.settlement.toLowerCase(), request.params.id.toLowerCase()];
    if (!/^\d{1,15}$/.test(request.params.epoch)) return sendProblem(reply, MALFORMED_EPOCH);
    if (!isBytes32(settlementId) || !isBytes32(id)) return sendProblem(reply, MALFORMED_ID);
    if (reads >= DUTY_READS_MAX) return sendProblem(reply, UNAVAILABLE);
    reads += 1;
    reply.raw.once("close", () => {
      reads -= 1;
    });
    const outcome = await gateway.duties.find({ epoch, settlementId, id, signature, isSealed });
    if (outcome.kind === "unknown") return sendProblem(reply, NO_TASK);
    if (outcome.kind === "foreign") return sendProblem(reply, NOT_YOURS);
    return sendJson(reply.header("cache-control", "no-store"), taskJson(outcome));
  };
  const path = "/api/v1/duties/:epoch/:settlement/:id";
  server.get<{ Params: Params }>(path, (request, reply) => serve(request, reply, false));
  server.get<{ Params: Params }>(`${path}/sealed`, (request, reply) => serve(request, reply, true));
}

function readSignature(authorization: string | undefined): Hex | undefined {
  const [, signature] = AUTHORIZATION.exec(authorization ?? "") ?? [];
  return signature !== undefined && isHex(signature) ? signature : undefined;
}

const MALFORMED_EPOCH = invalidRequest("An epoch is a whole number.", "invalid_value", "epoch");
const MALFORMED_ID = invalidRequest("Settlement and task are 32 bytes each, in hex with 0x.", "invalid_value", "id");
const UNSIGNED: ApiError = {
  status: 401,
  type: "invalid_request_error",
  code: "duty_unsigned",
  message: "Sign the request as a validator, and send it as 'authorization: Duty 0x…'.",
};
const NO_TASK: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "task_not_found",
  message: "No settlement of this operator's with that id has that task.",
};
const NOT_YOURS: ApiError = {
  status: 403,
  type: "invalid_request_error",
  code: "duty_refused",
  message: "Evidence is for validators of the epoch, while its verdicts may be committed to.",
};
