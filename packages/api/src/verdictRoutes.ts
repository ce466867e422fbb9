import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import type { FastifyInstance } from "fastify";
import { type ApiError, invalidRequest } from "./apiError.js";
import { sendBytes } from "./sendBytes.js";
import { sendProblem } from "./sendError.js";

/** Where a validator's documents are found: by their SHA-256, once they may be shown. */
export type VerdictSource = { findDocument(cid: Bytes32): Uint8Array | undefined };

/** `/v1/verdicts/{cid}`: a document of a validator's verdicts. Public: whoever reads it checks it. */
export function addVerdictRoutes(server: FastifyInstance, { verdicts }: { readonly verdicts: VerdictSource }): void {
  server.get<{ Params: { cid: string } }>("/v1/verdicts/:cid", (request, reply) => {
    const cid = request.params.cid.toLowerCase();
    if (!isBytes32(cid)) return sendProblem(reply, MALFORMED_CID);
    const bytes = verdicts.findDocument(cid);
    return bytes === undefined ? sendProblem(reply, NO_VERDICTS) : sendBytes(reply, bytes);
  });
}

const MALFORMED_CID = invalidRequest("A document's address is 32 bytes in hex with 0x.", "invalid_value", "cid");
const NO_VERDICTS: ApiError = {
  status: 404,
  type: "invalid_request_error",
  code: "verdicts_not_found",
  message: "No document of verdicts has that hash here, or it may not be shown yet.",
};
