import { type Hex, isBytes32, isHex } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { type ApiError, invalidRequest, UNAVAILABLE } from "./apiError.js";
import type { CaseDesk } from "./caseDesk.js";
import { CASE_READS_MAX } from "./limits.js";
import { sendJson } from "./networkRoutes.js";
import { sendProblem } from "./sendError.js";
import { taskJson } from "./taskJson.js";

/** `Seat ` and a signature of 64 bytes in hex. */
const AUTHORIZATION = /^seat (0x[0-9a-f]{128})$/i;

type Params = { readonly number: string; readonly result: string };

/** `{prefix}/disputes/{number}/{result}`: a disputed result, for the validators and jurors of its dispute, who sign what they ask for. */
export function addCaseRoutes(
  server: FastifyInstance,
  { cases, prefix }: { readonly cases: CaseDesk; readonly prefix: "/api/v1" | "/v1" },
): void {
  let reads = 0;
  server.get<{ Params: Params }>(`${prefix}/disputes/:number/:result`, async (request, reply) => {
    const signature = readSignature(request.headers.authorization);
    if (signature === undefined) return sendProblem(reply, UNSIGNED);
    const resultHash = request.params.result.toLowerCase();
    if (!/^[1-9]\d{0,14}$/.test(request.params.number)) return sendProblem(reply, MALFORMED_NUMBER);
    if (!isBytes32(resultHash)) return sendProblem(reply, MALFORMED_RESULT);
    if (reads >= CASE_READS_MAX) return sendProblem(reply, UNAVAILABLE);
    reads += 1;
    reply.raw.once("close", () => {
      reads -= 1;
    });
    const outcome = await cases.find({ number: Number(request.params.number), resultHash, signature });
    if (outcome.kind === "unknown") return sendProblem(reply, NO_RESULT);
    if (outcome.kind === "foreign") return sendProblem(reply, NOT_YOURS);
    return sendJson(reply.header("cache-control", "no-store"), taskJson(outcome));
  });
}

function readSignature(authorization: string | undefined): Hex | undefined {
  const [, signature] = AUTHORIZATION.exec(authorization ?? "") ?? [];
  return signature !== undefined && isHex(signature) ? signature : undefined;
}

const MALFORMED_NUMBER = invalidRequest("A dispute's number is a whole number from 1 on.", "invalid_value", "number");
const MALFORMED_RESULT = invalidRequest("A result is 32 bytes in hex with 0x.", "invalid_value", "result");
const UNSIGNED: ApiError = {
  status: 401,
  type: "invalid_request_error",
  code: "case_unsigned",
  message: "Sign the request as who sits in the dispute, and send it as 'authorization: Seat 0x…'.",
};
const NO_RESULT: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "result_not_found",
  message: "That result isn't known here.",
};
const NOT_YOURS: ApiError = {
  status: 403,
  type: "invalid_request_error",
  code: "case_refused",
  message: "A disputed result is for the validators and jurors of its dispute, while it goes on.",
};
